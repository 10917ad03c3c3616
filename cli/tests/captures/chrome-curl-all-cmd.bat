curl ^"https://hooks.example.com/sms?tenant=7^" ^
  -H ^"accept: */*^" ^
  -H ^"content-type: application/x-www-form-urlencoded^" ^
  -H ^"user-agent: SignalwireCallback/1.0^" ^
  -H ^"x-signalwire-signature: +Befqaq8J48KiI6OYo3cIYyuIYM=^" ^
  --data-raw ^"MessageSid=5c3ad2c1-6d1c-4d3e-a7de-0a1b2c3d4e5f^&SmsSid=5c3ad2c1-6d1c-4d3e-a7de-0a1b2c3d4e5f^&AccountSid=ea108133-d6b3-407c-9536-9fad8a929a6a^&From=^%^2B15551234567^&To=^%^2B15557654321^&Body=Two+caf^%^C3^%^A9s+^%^26+100^%^25+^%^22more^%^22^&NumMedia=0^&NumSegments=1^" &
curl ^"https://hooks.example.com/sms?tenant=7^" ^
  -H ^"accept: */*^" ^
  -H ^"content-type: application/x-www-form-urlencoded^" ^
  -H ^"user-agent: SignalwireCallback/1.0^" ^
  -H ^"x-signalwire-signature: +Befqaq8J48KiI6OYo3cIYyuIYM=^" ^
  --data-raw ^"MessageSid=5c3ad2c1-6d1c-4d3e-a7de-0a1b2c3d4e5f^&SmsSid=5c3ad2c1-6d1c-4d3e-a7de-0a1b2c3d4e5f^&AccountSid=ea108133-d6b3-407c-9536-9fad8a929a6a^&From=^%^2B15551234567^&To=^%^2B15557654321^&Body=Two+caf^%^C3^%^A9s+^%^26+100^%^25+^%^22more^%^22^&NumMedia=0^&NumSegments=1^"
