use http::{HeaderMap, header, request::Parts};

use crate::explain::body::messages::Message;
use crate::explain::cause::Cause;
use crate::explain::explanation::Explanation;
use crate::explain::key::candidates::CandidateKey;
use crate::explain::url::headers::hosts;
use crate::explain::url::text::{UrlText, host_and_port};

/// What is known of a request whose signature nothing explains.
pub(super) struct Unexplained<'a> {
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
    pub(super) tried: &'a [String],
    pub(super) dashboard: Option<&'a str>,
    pub(super) keys_tried: Vec<String>,
}

impl Unexplained<'_> {
    /// No signature was there to explain.
    pub(super) fn without_signature(self, has_header: bool) -> Explanation {
        let cause = if has_header {
            Cause::MalformedSignature
        } else {
            Cause::MissingSignature
        };
        let reasons = if has_header {
            malformed_reasons()
        } else {
            missing_reasons()
        };
        self.explanation(cause, cause.to_string(), reasons, Vec::new())
    }

    /// Nothing that was tried matches.
    pub(super) fn without_match(
        self,
        urls: &str,
        messages: &[Vec<Message>],
        keys: &[Vec<CandidateKey>],
        is_complete: bool,
    ) -> Explanation {
        let ruled_out = ruled_out(urls, messages, keys, is_complete);
        let reasons = self.mismatch_reasons();
        self.explanation(
            Cause::NoMatch,
            Cause::NoMatch.to_string(),
            reasons,
            ruled_out,
        )
    }

    fn explanation(
        self,
        cause: Cause,
        sentence: String,
        likeliest_reasons: Vec<String>,
        ruled_out: Vec<String>,
    ) -> Explanation {
        Explanation {
            causes: vec![cause],
            sentence,
            remedies: Vec::new(),
            scheme: None,
            ruled_out,
            keys_tried: self.keys_tried,
            likeliest_reasons,
            computations: 0,
        }
    }

    /// The three that this request speaks for most.
    fn mismatch_reasons(&self) -> Vec<String> {
        let headers = &self.parts.headers;
        let mut reasons: Vec<(u8, &str)> = vec![
            (
                if self.names_public_host() { 9 } else { 6 },
                "another Signing Key signed it: compare the fingerprint with that of the key in the \
                 dashboard's API Credentials, of the project that owns the number, and allow a \
                 minute after a reset",
            ),
            (
                4,
                "the request is forged, or was changed after it was signed, and is rightly refused",
            ),
            (
                self.body_suspicion(),
                "the body was changed in a way that cannot be undone, as by a proxy that rewrites it \
                 or a layer outside this one that parses it",
            ),
        ];
        if self.dashboard.is_none() {
            reasons.push((
                if self.names_public_host() { 5 } else { 9 },
                "the url in the dashboard is one that nothing in the request names: pass it with \
                 --dashboard-url to `signalwire-webhook explain`, or set SIGNALWIRE_WEBHOOK_URL to \
                 its part before the path",
            ));
        }
        if is_truncated(headers, self.body) {
            reasons.push((
                10,
                "the body is not as long as Content-Length says: something read or cut it off \
                 before it arrived here",
            ));
        }
        reasons.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        reasons
            .into_iter()
            .take(3)
            .map(|(_, reason)| reason.to_owned())
            .collect()
    }

    /// Whether a host that was tried can be one that SignalWire calls.
    fn names_public_host(&self) -> bool {
        let tried = self.tried.iter().filter_map(|url| UrlText::parse(url));
        tried
            .map(|url| url.host)
            .chain(hosts(&self.parts.headers).map(|host| host_and_port(host).0))
            .any(is_public)
    }

    fn body_suspicion(&self) -> u8 {
        let headers = &self.parts.headers;
        if headers.contains_key(header::CONTENT_ENCODING)
            || headers.contains_key(header::TRANSFER_ENCODING)
        {
            7
        } else {
            5
        }
    }
}

fn is_truncated(headers: &HeaderMap, body: &[u8]) -> bool {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .is_some_and(|length: usize| length != body.len())
}

fn is_public(host: &str) -> bool {
    const PRIVATE_ENDINGS: [&str; 5] = [".local", ".internal", ".localhost", ".lan", ".test"];
    let is_address = host.starts_with('[')
        || host
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    host.contains('.')
        && !is_address
        && !PRIVATE_ENDINGS.iter().any(|ending| host.ends_with(ending))
}

fn ruled_out(
    urls: &str,
    messages: &[Vec<Message>],
    keys: &[Vec<CandidateKey>],
    is_complete: bool,
) -> Vec<String> {
    let mut changes: Vec<Cause> = messages
        .iter()
        .flatten()
        .filter_map(|message| message.cause)
        .collect();
    changes.sort_unstable();
    changes.dedup();
    let mut corrections: Vec<Cause> = keys
        .iter()
        .flatten()
        .flat_map(|key| key.corrections.iter().map(|correction| correction.cause()))
        .collect();
    corrections.sort_unstable();
    corrections.dedup();
    let mut ruled_out = vec![format!("urls: {urls}")];
    let causes = changes.iter().chain(&corrections);
    ruled_out.extend(causes.map(|cause| format!("that {cause}")));
    if !is_complete {
        ruled_out
            .push("of their combinations, the likeliest alone: the budget is spent".to_owned());
    }
    ruled_out
}

fn missing_reasons() -> Vec<String> {
    [
        "the request is not from SignalWire, as one from a browser, a scanner or curl",
        "a proxy or gateway drops the header X-SignalWire-Signature: let it pass all headers on",
        "it is one that SignalWire does not sign (SWAIG functions, post_prompt_url, the SWML method \
         request): leave its route outside the layer and protect it with basic auth",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn malformed_reasons() -> Vec<String> {
    [
        "a proxy or gateway cut off or rewrote the signature header",
        "the request is signed by a tool of your own that writes neither hex nor base64 of an \
         HMAC-SHA1 or HMAC-SHA256: `signalwire-webhook sign` prints the right headers",
        "the request is forged, and is rightly refused",
    ]
    .map(str::to_owned)
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_host_is_a_name_of_which_nothing_says_that_it_is_private() {
        for host in ["hooks.example.com", "1.example", "a.b"] {
            assert!(is_public(host), "{host}");
        }
        for host in [
            "app",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "[::ffff:1.2.3.4]",
            "app.local",
            "app.internal",
            "app.localhost",
            "app.lan",
            "app.test",
            "",
        ] {
            assert!(!is_public(host), "{host}");
        }
    }
}
