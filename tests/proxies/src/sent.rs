use signalwire_webhook::SigningKey;

/// The key that the servers are given and genuine requests are signed with.
pub const SIGNING_KEY: &str = "PSKtest1234567890abcdef";

const FORM: &str = "AccountSid=11111111-2222-3333-4444-555555555555&Body=a+b&From=%2B15551234567";
const JSON: &str = r#"{"call":{}}"#;

/// What SignalWire sends.
#[derive(Clone, Copy, Debug)]
pub enum Sent {
    /// cXML by GET: no body.
    Get,
    /// cXML by POST.
    Form,
    /// SWML.
    Json,
}

impl Sent {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Get, Self::Form, Self::Json];

    /// The content type and the body.
    #[must_use]
    pub fn body(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Get => None,
            Self::Form => Some(("application/x-www-form-urlencoded", FORM)),
            Self::Json => Some(("application/json", JSON)),
        }
    }

    /// The signature of this request to this URL.
    #[must_use]
    pub fn signature(self, url: &str) -> String {
        self.signature_by(&signing_key(), url, "+15551234567", JSON)
    }

    /// Signatures that do not belong to this request: by another key, of another body, and of
    /// another host, path and query.
    #[must_use]
    pub fn forged_signatures(self, url: &str) -> Vec<String> {
        let another_key = SigningKey::new("PSKanother1234567890").expect("a key");
        let of_another_body = match self {
            Self::Get => signing_key().sign_form(url, [("Body", "a b")]),
            Self::Form | Self::Json => {
                self.signature_by(&signing_key(), url, "+15557654321", r#"{"call":{"a":1}}"#)
            }
        };
        let mut forged = vec![
            self.signature_by(&another_key, url, "+15551234567", JSON),
            of_another_body,
        ];
        forged.extend(urls_like(url).map(|url| self.signature(&url)));
        forged
    }

    fn signature_by(self, key: &SigningKey, url: &str, from: &str, json: &str) -> String {
        let account = "11111111-2222-3333-4444-555555555555";
        match self {
            Self::Get => key.sign_form(url, [("", ""); 0]),
            Self::Form => key.sign_form(
                url,
                [("AccountSid", account), ("Body", "a b"), ("From", from)],
            ),
            Self::Json => key.sign_body_sha1(url, json.as_bytes()),
        }
    }
}

/// [`SIGNING_KEY`], as the library has it.
#[must_use]
pub fn signing_key() -> SigningKey {
    SigningKey::new(SIGNING_KEY).expect("a key")
}

/// Another host, another path, another query.
fn urls_like(url: &str) -> impl Iterator<Item = String> {
    let (_, rest) = url.split_once("://").expect("an absolute url");
    let (authority, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let another_query = match url.split_once('?') {
        Some((without, _)) => format!("{without}?added=1"),
        None => format!("{url}?added=1"),
    };
    [
        format!("https://unnamed.example.com{target}"),
        format!("https://{authority}/another{target}"),
        another_query,
    ]
    .into_iter()
}
