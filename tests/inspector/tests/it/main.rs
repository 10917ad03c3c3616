//! The inspector in a real browser, as a developer uses it while webhooks arrive.

mod access;
mod acting;
mod ending;
mod hostile;
mod keyboard;
mod load;
mod looks;
mod reading;

use inspector_tests::Webhook;

const HOST: &str = "hooks.example.com";

const DOCUMENT: &str = "<Response><Say>Hello from the program.</Say></Response>";

const SMS: [(&str, &str); 4] = [
    ("MessageSid", "SM1"),
    ("From", "+15551230001"),
    ("To", "+15551230002"),
    ("Body", "Hello & more"),
];

/// A message that is genuine at `https://hooks.example.com/sms`.
fn message() -> Webhook<'static> {
    Webhook {
        signed_url: "https://hooks.example.com/sms",
        host: HOST,
        headers: &[],
        parameters: &SMS,
    }
}

/// The same, signed for another host and port, which a proxy has replaced and still names.
fn message_of_another_host() -> Webhook<'static> {
    Webhook {
        signed_url: "https://public.example.org:8443/sms",
        headers: &["X-Forwarded-Host: public.example.org:8443"],
        ..message()
    }
}
