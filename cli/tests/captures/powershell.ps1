$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession
Invoke-WebRequest -UseBasicParsing -Uri "https://hooks.example.com/sms?tenant=7" `
-Method "POST" `
-Body "a=b"
