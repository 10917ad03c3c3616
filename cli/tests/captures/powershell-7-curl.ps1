curl.exe -X POST "https://hooks.example.com/swml" `
  -H "content-type: application/json" `
  -H "x-signalwire-signature: f16775490c418acb587e2d35866f88dfbc2be56e" `
  --data-raw "{`"message`":{`"message_id`":`"5c3ad2c1-6d1c-4d3e-a7de-0a1b2c3d4e5f`",`"project_id`":`"ea108133-d6b3-407c-9536-9fad8a929a6a`",`"direction`":`"inbound`",`"type`":`"sms`",`"from`":`"+15551234567`",`"to`":`"+15557654321`",`"body`":`"Two cafés & 100% \`"more\`"`",`"media`":[],`"segments`":1},`"params`":{}}"
