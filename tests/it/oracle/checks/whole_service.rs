//! Any request to any layer: it passes only if a naive oracle says so, and what was signed as
//! SignalWire signs passes.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Request, Uri, request::Parts},
};
use signalwire_webhook::{RejectionReason, SignatureScheme};

use super::{
    input::{FORGERS_KEY, Input, KEYS},
    oracle::{
        body_digest_matches, canonical, first_name, is_form, may_be_first_name, may_be_raw_body,
        named_hosts, parameters,
    },
    service::{Passed, send},
    signed::Signed,
};

const MAX_PARAMETERS: usize = 1_000;

pub(crate) fn check(input: &[u8]) {
    let Some(input) = Input::read(input) else {
        return;
    };
    let Some(mut parts) = input.parts() else {
        return;
    };
    let candidates = input.public_url().candidates(&parts);
    let url = input.signed_url(&candidates);
    let signature = input.how().sign(input.signing_key(), url, input.signed);
    let signature = signature.parse().unwrap();
    parts.headers.append(input.signature_header(), signature);

    let mut received = parts.clone();
    input.nest(&mut received);
    let body = Body::from(Bytes::copy_from_slice(input.sent));
    let verdict = send(&input.layer(), Request::from_parts(received, body));

    if let Ok(passed) = &verdict {
        let oracle = Oracle::of(&input, &parts, passed.verified.url());
        assert!(candidates.iter().any(|url| url == passed.verified.url()));
        oracle.is_genuine(passed);
        reads_what_was_signed(&parts.uri, passed);
    }
    let oracle = Oracle::of(&input, &parts, url);
    if candidates.iter().any(|candidate| candidate == url) && oracle.is_signalwires() {
        assert!(verdict.is_ok(), "{:?}", verdict.err());
    }
    if input.takes_host_from_request() && named_hosts(&parts).len() > 1 {
        let reason = verdict.as_ref().err().copied();
        assert!(reason.is_some_and(may_come_of_two_hosts), "{reason:?}");
    }
    if input.signing_key() == FORGERS_KEY {
        assert!(verdict.is_err());
    }
}

/// What is looked at before the host, or the host.
fn may_come_of_two_hosts(reason: RejectionReason) -> bool {
    matches!(
        reason,
        RejectionReason::SchemeNotAccepted
            | RejectionReason::BodyTooLarge
            | RejectionReason::AmbiguousHost
    )
}

/// The handler reads the query that was signed and the path that was received, from either URI.
fn reads_what_was_signed(received: &Uri, passed: &Passed) {
    let signed = passed
        .verified
        .url()
        .split_once('?')
        .map(|(_, query)| query);
    assert_eq!(passed.uri.query(), signed);
    match &passed.original_uri {
        Some(original) => {
            assert_eq!(passed.uri.path(), "/nested");
            assert_eq!(
                (original.path(), original.query(), original.authority()),
                (received.path(), signed, received.authority())
            );
        }
        None => assert_eq!(passed.uri.path(), received.path()),
    }
}

/// What SignalWire's rules say of a request that was signed for this URL.
struct Oracle<'a> {
    input: &'a Input<'a>,
    parts: &'a Parts,
    url: &'a str,
    /// Whether the URL's `bodySHA256` is the body's, where it has one.
    digest: Option<bool>,
    is_form: bool,
}

impl<'a> Oracle<'a> {
    fn of(input: &'a Input<'a>, parts: &'a Parts, url: &'a str) -> Self {
        let content_type = parts.headers.get("content-type").map(HeaderValue::as_bytes);
        Self {
            input,
            parts,
            url,
            digest: body_digest_matches(url, input.sent),
            is_form: is_form(content_type),
        }
    }

    /// A request that passed has the body that was sent, and a signature that covers it.
    fn is_genuine(&self, passed: &Passed) {
        let scheme = passed.verified.scheme();
        let key = passed.verified.key_id();
        assert_eq!(passed.body, self.input.sent);
        assert!(KEYS.contains(&key));
        assert!(self.input.accepted().contains(&scheme));
        let either = ["x-signalwire-signature", "x-twilio-signature"];
        let is_presented =
            |how: Signed| self.presents(&either, &how.sign(key, self.url, self.input.sent));
        let sha256 = Signed::Sha256.sign(key, self.url, self.input.sent);
        assert!(match scheme {
            SignatureScheme::RawBodySha256 =>
                self.presents(&["x-signalwire-sha256-signature"], &sha256) && self.is_raw_body(),
            SignatureScheme::RawBodySha1 => is_presented(Signed::Sha1) && self.is_raw_body(),
            SignatureScheme::FormParameters if self.is_whole_form() =>
                is_presented(Signed::Form) && self.digest != Some(false),
            SignatureScheme::FormParameters =>
                is_presented(Signed::UrlAlone)
                    && self.input.sent.is_empty()
                    && self.digest.is_none(),
            SignatureScheme::BodyDigest =>
                is_presented(Signed::UrlAlone) && self.digest == Some(true),
            _ => false,
        });
    }

    fn presents(&self, names: &[&str], signature: &str) -> bool {
        let values = names
            .iter()
            .filter_map(|name| self.parts.headers.get(*name));
        values.into_iter().any(|value| value == signature)
    }

    /// A body that may follow the URL in the message as it is: where the first name of every form is
    /// known, JSON alone.
    fn is_raw_body(&self) -> bool {
        let body = self.input.sent;
        let is_json = matches!(body.first(), None | Some(b'{' | b'['));
        is_json || self.input.forms_begin_with().is_none() && may_be_raw_body(body)
    }

    /// A form whose parameters may follow the URL in the message.
    fn is_whole_form(&self) -> bool {
        let form = parameters(self.input.sent);
        let first = first_name(&form);
        let expected = self.input.forms_begin_with();
        self.is_form
            && form.len() <= MAX_PARAMETERS
            && !canonical(&form).is_empty()
            && may_be_first_name(&first)
            && expected.is_none_or(|name| first == name.as_bytes())
    }

    /// Whether SignalWire signs like this, so that the layer must let the request through.
    fn is_signalwires(&self) -> bool {
        let headers = &self.parts.headers;
        let is_whole =
            self.input.sent == self.input.signed && !headers.contains_key("content-length");
        // A URI without a path can take no query, so a configured one cannot reach the handler.
        let can_have_query = self.parts.uri.path().starts_with('/');
        is_whole
            && can_have_query
            && self.input.signing_key() != FORGERS_KEY
            && self
                .scheme()
                .is_some_and(|scheme| self.input.accepted().contains(&scheme))
    }

    fn scheme(&self) -> Option<SignatureScheme> {
        let body = self.input.sent;
        match self.input.how() {
            Signed::Sha256 => self.is_raw_body().then_some(SignatureScheme::RawBodySha256),
            Signed::Sha1 => self.is_raw_body().then_some(SignatureScheme::RawBodySha1),
            _ if self.digest == Some(false) => None,
            Signed::UrlAlone if self.digest.is_some() => Some(SignatureScheme::BodyDigest),
            Signed::UrlAlone if body.is_empty() => Some(SignatureScheme::FormParameters),
            Signed::Form if self.is_whole_form() => Some(SignatureScheme::FormParameters),
            _ => None,
        }
    }
}
