//! The likeliest reasons where nothing matches: what the request and the keys speak for.

mod body;
mod key;
mod url;

use http::{HeaderMap, header, request::Parts};

use crate::key::SigningKeys;

/// No more are told.
const MAX_REASONS: usize = 3;

/// A reason, and how much speaks for it: the higher, the more.
struct Reason {
    weight: u8,
    text: String,
}

/// What there is to see of a request that nothing explains.
pub(super) struct Visible<'a> {
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
    pub(super) tried: &'a [String],
    pub(super) dashboard: Option<&'a str>,
    pub(super) keys: &'a SigningKeys,
}

impl Visible<'_> {
    /// Of a request whose signature nothing explains: the three that most speaks for.
    pub(super) fn of_mismatch(&self) -> Vec<String> {
        let mut reasons = vec![self.key(), self.url(), forged()];
        reasons.extend(self.body());
        reasons.extend(self.web_socket());
        reasons.extend(self.redirect());
        reasons.extend(self.emptiness());
        reasons.extend(self.encoding());
        reasons.extend(self.length());
        reasons.extend(self.content_type());
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.weight));
        reasons
            .into_iter()
            .take(MAX_REASONS)
            .map(|reason| reason.text)
            .collect()
    }

    /// Of a request without a signature.
    pub(super) fn of_missing_signature(&self) -> Vec<String> {
        let mut reasons: Vec<String> = self.web_socket().into_iter().map(|one| one.text).collect();
        reasons.extend(
            [
                "the request is not from SignalWire, as one from a browser, a scanner or curl",
                "a proxy or gateway drops the header X-SignalWire-Signature: let it pass all headers on",
                "it is one that SignalWire may not sign (SWAIG functions, post_prompt_url, the SWML \
                 method request): leave its route outside the layer and protect it with basic auth",
            ]
            .map(str::to_owned),
        );
        reasons.truncate(MAX_REASONS);
        reasons
    }

    fn web_socket(&self) -> Option<Reason> {
        let is_upgrade = has_token(&self.parts.headers, header::UPGRADE, "websocket");
        let is_configured = self.dashboard.is_some_and(|url| {
            url.get(..2)
                .is_some_and(|start| start.eq_ignore_ascii_case("ws"))
        });
        (is_upgrade || is_configured).then(|| Reason {
            weight: 12,
            text: "it is the WebSocket handshake of a <Stream>, which SignalWire does not sign: route \
                   it outside the layer and check its bearer token"
                .to_owned(),
        })
    }
}

fn forged() -> Reason {
    Reason {
        weight: 4,
        text: "the request is forged, or was changed after it was signed, and is rightly refused"
            .to_owned(),
    }
}

fn has_token(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case(token))
}

/// Of a signature that is not one.
pub(super) fn of_malformed_signature() -> Vec<String> {
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
    use http::{Method, Request};

    use super::*;
    use crate::{key::SigningKey, url::PublicUrl};

    fn reasons(
        method: Method,
        headers: &[(&str, &str)],
        body: &str,
        key: &str,
        dashboard: Option<&str>,
    ) -> Vec<String> {
        let mut request = Request::builder().method(method).uri("/sms");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let visible = Visible {
            parts: &parts,
            body: body.as_bytes(),
            tried: &PublicUrl::from_request().candidates(&parts),
            dashboard,
            keys: &SigningKey::new(key).unwrap().into(),
        };
        visible.of_mismatch()
    }

    #[test]
    fn the_likeliest_reason_is_the_one_that_the_request_speaks_for() {
        let public = ("host", "hooks.example.com");
        let url = Some("https://hooks.example.com/sms");
        for (headers, key, dashboard, first) in [
            (&[public][..], "PSKa", None, "the url in the dashboard"),
            (&[public], "PSKa", url, "another Signing Key"),
            (
                &[public],
                "PT1234",
                None,
                "the configured key begins with PT",
            ),
            (
                &[public],
                "op://vault/signalwire/key",
                url,
                "the configured key is a placeholder or a reference",
            ),
            (
                &[public],
                "${KEY}",
                None,
                "the configured key is a placeholder",
            ),
            (&[public], "abcd", url, "no configured key begins with PSK"),
            (
                &[("host", "app:3000")],
                "PSKa",
                None,
                "the url in the dashboard",
            ),
            (
                &[public, ("content-length", "100")],
                "PSKa",
                None,
                "the body is not as long",
            ),
            (
                &[public, ("content-encoding", "br")],
                "PSKa",
                None,
                "the body is compressed",
            ),
            (
                &[public, ("upgrade", "websocket")],
                "PSKa",
                None,
                "it is the WebSocket",
            ),
            (
                &[public],
                "PSKa",
                Some("wss://hooks.example.com/s"),
                "it is the WebSocket",
            ),
            (
                &[public, ("content-type", "multipart/form-data; b=1")],
                "PSKa",
                None,
                "SignalWire does not send",
            ),
        ] {
            let found = reasons(Method::POST, headers, "a=b", key, dashboard);
            assert!(found[0].starts_with(first), "{headers:?} {key}: {found:?}");
            assert_eq!(found.len(), 3);
        }
    }

    #[test]
    fn a_body_that_is_the_name_of_an_object_is_told_first() {
        let host = ("host", "hooks.example.com");
        let found = reasons(Method::POST, &[host], "[object Object]", "PSKa", None);
        assert!(
            found[0].starts_with("the body is `[object Object]`"),
            "{found:?}"
        );
    }

    #[test]
    fn the_url_is_doubted_for_what_its_host_is() {
        for (headers, why) in [
            (
                &[("host", "app:3000")][..],
                "app is not a name that SignalWire can call",
            ),
            (
                &[("host", "x.cloudfront.net")],
                "x.cloudfront.net is a name that a provider gave",
            ),
            (
                &[
                    ("host", "a.example"),
                    ("via", "1.1 x.cloudfront.net (CloudFront)"),
                ],
                "it came through `Via: 1.1 x.cloudfront.net (CloudFront)`",
            ),
            (&[], "the request names no host"),
        ] {
            let found = reasons(Method::POST, headers, "a=b", "PSKa", None);
            assert!(found[0].contains(why), "{found:?}");
        }
    }

    #[test]
    fn a_get_without_a_body_has_no_reason_of_its_body_and_may_have_been_a_post() {
        let found = reasons(Method::GET, &[("host", "a.example")], "", "PSKa", None);
        assert!(
            found.iter().all(|reason| !reason.starts_with("the body")),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .any(|reason| reason.starts_with("it was a POST")),
            "{found:?}"
        );
    }
}
