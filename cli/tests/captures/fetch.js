fetch("https://hooks.example.com/sms?tenant=7", {
  "headers": {},
  "body": "a=b",
  "method": "POST"
});