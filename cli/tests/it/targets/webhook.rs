use crate::support::key;

const HOST: &str = "hooks.example.com";

/// A request as SignalWire sends it, line by line.
pub(super) struct Webhook {
    path: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Webhook {
    /// With what an encoder of forms writes as it likes: spaces, escapes in either case, and names
    /// in no order.
    pub(super) fn form(path: &'static str) -> Self {
        let body =
            "To=%2B15557654321&From=%2B15551234567&Body=50%25+gr%c3%BC%C3%9fe%20%26+more&Empty=";
        let parameters = [
            ("To", "+15557654321"),
            ("From", "+15551234567"),
            ("Body", "50% grüße & more"),
            ("Empty", ""),
        ];
        let signature = key().sign_form(&url(path), parameters);
        let signatures = vec![("X-SignalWire-Signature", signature)];
        Self::new(path, "application/x-www-form-urlencoded", signatures, body)
    }

    /// With white space, escapes and a number that no parser writes as they are here.
    pub(super) fn swml(path: &'static str) -> Self {
        let body = "{ \"call\": {\"from\":\"+15551234567\",\"note\":\"gr\\u00fc\u{df}e\\/\" },\r\n \"rate\":1.50 }";
        let (url, body_bytes) = (url(path), body.as_bytes());
        let signatures = vec![
            (
                "X-SignalWire-Signature",
                key().sign_body_sha1(&url, body_bytes),
            ),
            (
                "X-SignalWire-SHA256-Signature",
                key().sign_body_sha256(&url, body_bytes),
            ),
        ];
        Self::new(path, "application/json", signatures, body)
    }

    fn new(
        path: &'static str,
        content_type: &str,
        signatures: Vec<(&'static str, String)>,
        body: &str,
    ) -> Self {
        let mut headers = vec![
            ("Host", HOST.to_owned()),
            ("User-Agent", "SignalwireCallback/1.0".to_owned()),
            ("Content-Length", body.len().to_string()),
            ("Accept", "*/*".to_owned()),
            ("Content-Type", content_type.to_owned()),
        ];
        headers.extend(signatures);
        headers.extend([
            ("X-Twice", "one".to_owned()),
            ("X-Twice", "two".to_owned()),
            ("X-Latin-1", "gr\u{fc}\u{df}e".to_owned()),
        ]);
        Self {
            path,
            headers,
            body: body.to_owned(),
        }
    }

    /// By one digit, and by nothing that a parser minds.
    pub(super) fn altered(mut self) -> Self {
        self.body = self.body.replace("4567", "4568");
        self
    }

    pub(super) fn path(&self) -> &str {
        self.path
    }

    pub(super) fn body(&self) -> &[u8] {
        self.body.as_bytes()
    }

    /// Those of the message.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let headers = self.headers.iter();
        headers
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    }

    /// On a connection that ends with it, as its second header says.
    pub(super) fn raw(&self) -> Vec<u8> {
        let mut raw = format!("POST {} HTTP/1.1\r\n", self.path).into_bytes();
        for (index, (name, value)) in self.headers.iter().enumerate() {
            if index == 1 {
                raw.extend_from_slice(b"Connection: close\r\n");
            }
            raw.extend_from_slice(format!("{name}: ").as_bytes());
            // Each character is a byte of Latin-1.
            raw.extend(value.chars().map(|character| character as u8));
            raw.extend_from_slice(b"\r\n");
        }
        raw.extend_from_slice(b"\r\n");
        raw.extend_from_slice(self.body());
        raw
    }
}

fn url(path: &str) -> String {
    format!("https://{HOST}{path}")
}
