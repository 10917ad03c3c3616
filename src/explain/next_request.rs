//! The next request of the same deployment: another body, other parameters, another digest, and the
//! same way through the same proxies.

use std::borrow::Cow;

use http::{Method, Uri};

use super::trial::{Arrival, body_digest};
use crate::verify::{Policy, SignatureScheme, names_body_digest};

/// A request that follows, and the URL that it is signed for.
pub(super) struct Next {
    pub(super) url: String,
    pub(super) arrival: Arrival<'static>,
}

/// What SignalWire puts into the query of a cXML GET, another value each time.
pub(super) const CALL_PARAMETERS: [&str; 14] = [
    "AccountSid",
    "CallSid",
    "MessageSid",
    "SmsSid",
    "CallStatus",
    "MessageStatus",
    "From",
    "To",
    "Caller",
    "Called",
    "Digits",
    "SpeechResult",
    "RecordingSid",
    "RecordingUrl",
];

impl Arrival<'_> {
    /// `None` where its target would not be one.
    pub(super) fn next(&self, policy: &Policy, signed: &str) -> Option<Next> {
        let body = self.next_body(policy);
        let digest = names_body_digest(signed).then(|| body_digest(&body));
        let is_called = has_call_parameters(&self.method, signed);
        let change = |text: &str| {
            let text = match &digest {
                Some(digest) => with_digest(text, digest),
                None => text.to_owned(),
            };
            if is_called {
                with_other_parameters(&text)
            } else {
                text
            }
        };
        let uri: Uri = change(&self.uri.to_string()).parse().ok()?;
        Some(Next {
            url: change(signed),
            arrival: Arrival {
                method: self.method.clone(),
                uri,
                headers: self.headers.clone(),
                body: Some(Cow::Owned(body)),
                scheme: self.scheme,
                key: self.key.clone(),
                is_signed_anew: true,
            },
        })
    }

    fn next_body(&self, policy: &Policy) -> Vec<u8> {
        let has_none = [Method::GET, Method::HEAD].contains(&self.method) || !self.says_form();
        match self.scheme {
            SignatureScheme::FormParameters if has_none => Vec::new(),
            SignatureScheme::FormParameters => {
                let name = policy.first_name.as_deref().unwrap_or("AccountSid");
                format!("{name}=next&To=%2B15550000000").into_bytes()
            }
            _ => br#"{"next":true}"#.to_vec(),
        }
    }
}

/// Whether the query holds what belongs to one call or message alone.
pub(super) fn has_call_parameters(method: &Method, url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
    [Method::GET, Method::HEAD].contains(method)
        && names.any(|name| CALL_PARAMETERS.contains(&name))
}

/// Every value that SignalWire writes, made another one.
fn with_other_parameters(text: &str) -> String {
    let Some((start, query)) = text.split_once('?') else {
        return text.to_owned();
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if name.starts_with(|first: char| first.is_ascii_uppercase()) => {
            format!("{name}={value}9")
        }
        _ => pair.to_owned(),
    });
    format!("{start}?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn with_digest(text: &str, digest: &str) -> String {
    const NAME: &str = "bodySHA256=";
    let mut pieces = text.split(NAME);
    let mut changed = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(['&', '#']).unwrap_or(piece.len());
        changed.extend([NAME, digest, &piece[end..]]);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_with_each_request_is_changed() {
        assert_eq!(
            with_digest("https://h/x?a=b&bodySHA256=00&c#d", "11"),
            "https://h/x?a=b&bodySHA256=11&c#d"
        );
        assert_eq!(with_digest("/x?bodySHA256=00", "11"), "/x?bodySHA256=11");
        assert_eq!(
            with_other_parameters("/x?tenant=7&CallSid=1&To=2"),
            "/x?tenant=7&CallSid=19&To=29"
        );
    }

    #[test]
    fn the_parameters_of_a_get_belong_to_one_call() {
        let url = "https://h/x?tenant=7&CallSid=1";
        assert!(has_call_parameters(&Method::GET, url));
        assert!(!has_call_parameters(&Method::POST, url));
        assert!(!has_call_parameters(&Method::GET, "https://h/x?tenant=7"));
    }
}
