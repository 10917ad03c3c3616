#!/bin/bash
# What the tunnel showed, sent again.
set -e
HOST=127.0.0.1

curl -sS -X POST 'https://hooks.example.com/sms?tenant=7' \
  -H 'Content-Type: application/x-www-form-urlencoded' \
  -H 'X-SignalWire-Signature: +Befqaq8J48KiI6OYo3cIYyuIYM=' \
  --data-binary 'MessageSid=5c3ad2c1-6d1c-4d3e-a7de-0a1b2c3d4e5f&SmsSid=5c3ad2c1-6d1c-4d3e-a7de-0a1b2c3d4e5f&AccountSid=ea108133-d6b3-407c-9536-9fad8a929a6a&From=%2B15551234567&To=%2B15557654321&Body=Two+caf%C3%A9s+%26+100%25+%22more%22&NumMedia=0&NumSegments=1' 2>&1 | tee answer.xml
echo done
