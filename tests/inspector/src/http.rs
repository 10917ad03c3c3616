use std::process::Command;

use signalwire_webhook::SigningKey;

/// The key that the program verifies with.
pub const KEY: &str = "PSKtest1234567890abcdef";

/// Runs curl, and answers what it prints.
#[track_caller]
#[must_use]
pub fn curl(arguments: &[&str]) -> String {
    let output = Command::new("curl")
        .args(["--silent", "--show-error"])
        .args(arguments)
        .output()
        .expect("curl is installed: tests/inspector/install");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command line as a user pastes it into a shell.
#[track_caller]
#[must_use]
pub fn sh(command_line: &str) -> String {
    let output = Command::new("bash")
        .args(["-c", command_line])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A form as SignalWire sends it, by curl.
#[derive(Clone, Debug)]
pub struct Webhook<'a> {
    /// The URL that was signed.
    pub signed_url: &'a str,
    /// The host that the request names.
    pub host: &'a str,
    /// Lines of headers beside the usual ones.
    pub headers: &'a [&'a str],
    /// Decoded names and values.
    pub parameters: &'a [(&'a str, &'a str)],
}

impl Webhook<'_> {
    /// Sends it to a URL, and answers the status.
    #[track_caller]
    #[must_use]
    pub fn send(&self, url: &str) -> String {
        let key = SigningKey::new(KEY).unwrap();
        let parameters = self.parameters.iter().copied();
        let signature = key.sign_form(self.signed_url, parameters);
        let signature = format!("X-SignalWire-Signature: {signature}");
        let host = format!("Host: {}", self.host);
        let mut arguments = vec!["--output", "/dev/null", "--write-out", "%{http_code}"];
        arguments.extend(["--header", &signature, "--header", &host, url]);
        for header in self.headers {
            arguments.extend(["--header", header]);
        }
        let parameters: Vec<String> = self
            .parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        for parameter in &parameters {
            arguments.extend(["--data-urlencode", parameter]);
        }
        curl(&arguments)
    }
}
