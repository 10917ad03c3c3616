//! URL and body are signed without a separator. So whoever has captured a request to a longer URL
//! can cut it anywhere, and send the rest of the URL as the beginning of the body.

use axum::extract::Request;
use signalwire_webhook::{
    PublicUrl, RejectionReason,
    SignatureScheme::{self, BodyDigest, FormParameters, RawBodySha1, RawBodySha256},
};

use crate::support::{
    Judge, WebhookRequest, key,
    signed::{FORM, sign, with_body_digest},
};

const FIELDS: &str = "AccountSid=1&From=%2B1555";
const SIGNED_FIELDS: &str = "AccountSid1From+1555";
const JSON: &str = r#"{"call":{}}"#;

/// What SignalWire sent to a longer URL.
struct Captured {
    url: String,
    scheme: SignatureScheme,
    header: &'static str,
    signature: String,
}

impl Captured {
    fn of(url: &str, scheme: SignatureScheme) -> Self {
        let url = match scheme {
            BodyDigest => with_body_digest(url, JSON.as_bytes()),
            _ => url.to_owned(),
        };
        let body = if scheme == FormParameters {
            FIELDS
        } else {
            JSON
        };
        let (header, signature) = sign(scheme, &key(), &url, body.as_bytes());
        Self {
            url,
            scheme,
            header,
            signature,
        }
    }

    /// Sends it to the first bytes of its URL, with the rest in the body in every way in which the
    /// message stays the same.
    fn cut_at(&self, position: usize) -> Vec<Request> {
        let (url, rest) = self.url.split_at(position);
        let send = |content_type: &str, body: &str| {
            WebhookRequest::raw(url, content_type, body)
                .header(self.header, &self.signature)
                .unsigned()
        };
        match self.scheme {
            FormParameters => forms_of(rest, SIGNED_FIELDS, FIELDS)
                .iter()
                .map(|form| send(FORM, form))
                .collect(),
            BodyDigest => forms_of(rest, "", "")
                .iter()
                .map(|form| send(FORM, form))
                .collect(),
            _ => ["application/json", "text/plain", FORM]
                .map(|content_type| send(content_type, &format!("{rest}{JSON}")))
                .into(),
        }
    }
}

/// Forms whose canonical text is `rest` and what was signed of the captured one.
fn forms_of(rest: &str, signed: &str, captured: &str) -> Vec<String> {
    let form = |name: &str, value: &str| {
        form_urlencoded::Serializer::new(String::new())
            .append_pair(name, value)
            .finish()
    };
    let whole = format!("{rest}{signed}");
    let mut forms = vec![form(&whole, ""), form("", &whole)];
    let characters = rest.char_indices().map(|(index, _)| index);
    for index in characters.take(8).chain([rest.len()]) {
        let (name, value) = rest.split_at(index);
        forms.push(format!("{}&{captured}", form(name, value)));
        forms.push(form(name, &format!("{value}{signed}")));
    }
    forms
}

fn judge() -> Judge {
    Judge::new(key())
}

/// The settings under which the request is held against the URL that it was cut to.
fn settings_for(url: &str) -> Vec<Judge> {
    let (scheme, rest) = url.split_once("://").unwrap();
    let authority = rest.split(['/', '?']).next().unwrap();
    let base = PublicUrl::base(&format!("{scheme}://{authority}"));
    let urls = [PublicUrl::exact(url), base, Ok(PublicUrl::from_request())];
    let urls = urls.into_iter().flatten();
    urls.map(|url| judge().public_url(url)).collect()
}

const LONG: &str =
    "https://hooks.example.com:8443/v1/tenant-7/T9/sms.xml%20x/?lang=en&t=9:30#rt=5000";

/// After the scheme and the first letter of the host.
fn positions_before(url: &str, is_cut: impl Fn(char) -> bool) -> Vec<usize> {
    let host = "https://".len() + 1;
    let later = url.char_indices().skip(host);
    later
        .filter(|(_, character)| is_cut(*character))
        .map(|(position, _)| position)
        .collect()
}

#[test]
fn no_signature_of_a_longer_url_passes_where_the_rest_begins_with_a_delimiter_or_a_digit() {
    let mut delimiters = String::new();
    let mut refused = 0;
    for scheme in SignatureScheme::ALL {
        let captured = Captured::of(LONG, *scheme);
        let is_cut = |character: char| !character.is_ascii_alphabetic();
        for position in positions_before(&captured.url, is_cut) {
            delimiters.extend(captured.url[position..].chars().next());
            let url = &captured.url[..position];
            for judge in settings_for(url) {
                for request in captured.cut_at(position) {
                    let verdict = judge.scheme(request);
                    let expected = Err(RejectionReason::AmbiguousBoundary);
                    assert_eq!(verdict, expected, "{scheme} cut to {url}");
                    refused += 1;
                }
            }
        }
    }
    for delimiter in "/?&.:-%=#0123456789".chars() {
        assert!(delimiters.contains(delimiter), "{delimiter}");
    }
    assert!(refused > 2_000, "{refused}");
}

/// The candidate without the slash is no way around it. What the slash itself leaves is that of the same
/// segment: `/` and `/sms`.
#[test]
fn at_the_root_the_url_without_its_slash_admits_no_longer_one() {
    for longer in [
        "https://h.example/sms",
        "https://h.example/?a=b",
        "https://h.example?a=b",
        "https://h.example:8443/sms",
        "https://h.example.evil.example/sms",
        "https://h.example-evil.example/sms",
    ] {
        for scheme in [RawBodySha256, RawBodySha1, FormParameters] {
            let captured = Captured::of(longer, scheme);
            let cut = "https://h.example".len();
            for judge in settings_for("https://h.example/") {
                for request in captured.cut_at(cut) {
                    let verdict = judge.scheme(request);
                    assert_eq!(verdict, Err(RejectionReason::AmbiguousBoundary), "{longer}");
                }
            }
        }
    }
}

/// A capital letter sorts as the names of SignalWire's fields do.
#[test]
fn a_name_with_a_delimiter_in_it_is_refused_though_it_begins_with_a_letter() {
    let captured = Captured::of("https://h.example/tenant/7A/sms", FormParameters);
    let url = "https://h.example/tenant/7";
    for form in [
        "A%2Fsms=&AccountSid=1&From=%2B1555",
        "A%2Fsm=s&AccountSid=1&From=%2B1555",
        "A%2FsmsAccountSid1From%2B1555",
        "A%2Fsms&AccountSid=1&From=%2B1555",
    ] {
        for judge in settings_for(url) {
            let request =
                WebhookRequest::raw(url, FORM, form).header(captured.header, &captured.signature);
            let verdict = judge.scheme(request.unsigned());
            assert_eq!(verdict, Err(RejectionReason::AmbiguousBoundary), "{form}");
        }
    }
}

/// What is left: the rest goes on with letters in the same segment.
fn of_the_same_segment() -> [(&'static str, &'static str); 4] {
    [
        ("https://h.example/tenant/7", "A"),
        ("https://h.example/tenant/7", "A/sms"),
        ("https://h.example/tenant/7", "Abc?lang=en"),
        ("https://h.example/tenant/7", "abc"),
    ]
}

#[test]
fn a_longer_url_of_the_same_segment_passes_where_its_rest_begins_with_a_letter() {
    for (url, rest) in of_the_same_segment() {
        for scheme in [RawBodySha256, RawBodySha1, FormParameters] {
            let captured = Captured::of(&format!("{url}{rest}"), scheme);
            for judge in settings_for(url) {
                let mut requests = captured.cut_at(url.len()).into_iter();
                assert!(requests.any(|request| judge.passes(request)), "{rest}");
            }
        }
    }
}

#[test]
fn a_host_that_is_the_beginning_of_another_is_no_better() {
    let captured = Captured::of("https://hooks.example.com/sms", FormParameters);
    let url = "https://hooks.example.co";
    let base = judge().public_url(PublicUrl::base(url).unwrap());
    let cut = captured.cut_at(url.len());
    assert!(cut.into_iter().any(|request| base.passes(request)));
    let cut = captured.cut_at(url.len());
    let closed = base.forms_begin_with("AccountSid");
    assert!(!cut.into_iter().any(|request| closed.passes(request)));
}

#[test]
fn forms_begin_with_closes_it_for_forms() {
    for (url, rest) in of_the_same_segment() {
        let captured = Captured::of(&format!("{url}{rest}"), FormParameters);
        for judge in settings_for(url) {
            let judge = judge.forms_begin_with("AccountSid");
            let genuine = Captured::of(url, FormParameters);
            let genuine =
                WebhookRequest::raw(url, FORM, FIELDS).header(genuine.header, genuine.signature);
            assert!(judge.passes(genuine.unsigned()));
            let mut requests = captured.cut_at(url.len()).into_iter();
            assert!(!requests.any(|request| judge.passes(request)), "{rest}");
        }
    }
}

#[test]
fn a_fixed_segment_at_the_end_of_each_url_closes_it_for_every_scheme() {
    let (tenant_7, tenant_7a) = (
        "https://h.example/tenant/7/sms",
        "https://h.example/tenant/7A/sms",
    );
    for scheme in [RawBodySha256, RawBodySha1, FormParameters] {
        let captured = Captured::of(tenant_7a, scheme);
        let shared = "https://h.example/tenant/7".len();
        for judge in settings_for(tenant_7) {
            for cut in shared..tenant_7a.len() {
                for request in captured.cut_at(cut) {
                    let (mut parts, body) = request.into_parts();
                    parts.uri = "/tenant/7/sms".parse().unwrap();
                    assert!(!judge.passes(Request::from_parts(parts, body)));
                }
            }
        }
    }
}

/// What SignalWire sends passes everywhere.
#[test]
fn the_captured_requests_pass_where_they_were_sent() {
    for scheme in SignatureScheme::ALL {
        let url = LONG.split('#').next().unwrap();
        let captured = Captured::of(url, *scheme);
        let (content_type, body) = match scheme {
            FormParameters => (FORM, FIELDS),
            _ => ("application/json", JSON),
        };
        for judge in settings_for(&captured.url) {
            let request = WebhookRequest::raw(&captured.url, content_type, body)
                .header(captured.header, &captured.signature);
            assert_eq!(judge.scheme(request.unsigned()), Ok(*scheme));
        }
    }
}

#[cfg(feature = "axum")]
mod on_a_socket {
    use axum::{Router, routing::post};
    use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer};

    use crate::support::{
        key,
        server::{RawRequest, Server},
        signed::{SIGNATURE, sign_url},
    };

    /// Answers with what a handler makes of the body.
    async fn server(url: PublicUrl) -> Server {
        let handler = async |body: String| format!("handled {body}");
        let app = Router::new()
            .route("/", post(handler))
            .route("/{*path}", post(handler))
            .layer(SignalWireWebhookLayer::new(key()).public_url(url));
        Server::start(app).await
    }

    fn form(path: &str, host: &str, body: &str, signature: &str) -> RawRequest {
        RawRequest::post(path)
            .host(host)
            .header(SIGNATURE, signature)
            .form(body)
    }

    #[tokio::test]
    async fn a_form_captured_at_a_longer_url_is_refused_at_each_of_its_beginnings() {
        let exact = |url| PublicUrl::exact(url).unwrap();
        let base = |url| PublicUrl::base(url).unwrap();
        for (captured_at, url, path, rest) in [
            (
                "https://h.example/sms/status",
                exact("https://h.example/sms"),
                "/sms",
                "%2Fstatus",
            ),
            (
                "https://h.example/sms-status",
                exact("https://h.example/sms"),
                "/sms",
                "-status",
            ),
            (
                "https://h.example/sms?tenant=7",
                exact("https://h.example/sms"),
                "/sms",
                "%3Ftenant%3D7",
            ),
            (
                "https://h.example/tenant/12",
                base("https://h.example"),
                "/tenant/1",
                "2",
            ),
            (
                "https://h.example/any/path",
                exact("https://h.example/"),
                "/",
                "any%2Fpath",
            ),
            (
                "https://h.example/any/path",
                base("https://h.example"),
                "/",
                "%2Fany%2Fpath",
            ),
            (
                "https://h.example.com/sms",
                base("https://h.example.co"),
                "/",
                "m%2Fsms",
            ),
        ] {
            let server = server(url).await;
            let signature = key().sign_form(captured_at, [("From", "+1555")]);
            for body in [
                format!("{rest}=&From=%2B1555"),
                format!("={rest}&From=%2B1555"),
                format!("{rest}From%2B1555"),
            ] {
                let request = form(path, "h.example", &body, &signature);
                server.send(&request).await.assert_refused();
            }
        }
    }

    #[tokio::test]
    async fn a_raw_body_does_not_reach_a_handler_with_the_rest_of_a_url_before_it() {
        let server = server(PublicUrl::base("https://h.example").unwrap()).await;
        let json = r#"{"call":{}}"#;
        let captured_at = "https://h.example/sms/next";
        let signature = key().sign_body_sha1(captured_at, json.as_bytes());
        let request = |path: &str, body: &str| {
            RawRequest::post(path)
                .host("h.example")
                .header(SIGNATURE, &signature)
                .body("text/plain", body)
        };
        let genuine = server.send(&request("/sms/next", json)).await;
        assert_eq!(
            (genuine.status, genuine.body),
            (200, format!("handled {json}"))
        );
        let moved = request("/sms", &format!("/next{json}"));
        server.send(&moved).await.assert_refused();
    }

    #[tokio::test]
    async fn the_signature_of_a_get_passes_as_no_form_at_a_beginning_of_its_url() {
        let server = server(PublicUrl::from_request()).await;
        let signature = sign_url(&key(), "https://h.example/voice?a=b");
        for body in ["%3Fa%3Db", "=%3Fa%3Db", "%3Fa=%3Db"] {
            let request = form("/voice", "h.example", body, &signature);
            server.send(&request).await.assert_refused();
        }
    }
}
