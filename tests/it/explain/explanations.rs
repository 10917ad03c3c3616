//! Broken deployments: each a request as SignalWire sent it, what happened to it or to the
//! configuration, and the cause and fix that the rejection's explanation must name. Each fix is
//! then applied as its remedies say, and the real layer must accept what it refused.

use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
    routing::post,
};
use http_body_util::BodyExt as _;
use signalwire_webhook::{
    ForwardingHeader, KeySource, PublicUrl, Rejection, RejectionReason, SignalWireWebhookLayer,
    SignatureScheme, SigningKey,
    explain::{Cause, Explainer, Explanation, Remedy},
};
use tower::ServiceExt as _;

use super::deployment::{self, Deployment, Way};
use crate::support::{Echo, KEY, Log, WebhookRequest, key, send};

const SMS: &str = "https://hooks.example.com/sms";
const FORM: &str = "From=%2B15551234567&To=%2B15557654321&Body=Is+it+you%3F";
const JSON: &str = r#"{"call":{"to":"+15557654321","from":"+15551234567"},"vars":{}}"#;

fn sms() -> Deployment {
    Deployment::of_form(SMS, FORM)
}

fn swml() -> Deployment {
    Deployment::of_json("https://hooks.example.com/swml", JSON)
}

fn from_all_headers() -> PublicUrl {
    PublicUrl::from_headers([
        ForwardingHeader::XForwardedProto,
        ForwardingHeader::XForwardedHost,
        ForwardingHeader::XForwardedPort,
        ForwardingHeader::XForwardedPrefix,
        ForwardingHeader::Forwarded,
    ])
}

/// What a reverse proxy leaves of a request by default: its own name for the server.
fn proxied(deployment: Deployment) -> Deployment {
    deployment.way(Way::host("app:3000"))
}

fn hosts() -> Vec<Deployment> {
    let base = r#"PublicUrl::base("https://hooks.example.com")?"#;
    vec![
        proxied(sms())
            .named("nginx without proxy_set_header Host, with X-Forwarded-Host")
            .way(Way::header("x-forwarded-host", "hooks.example.com"))
            .explained(Cause::Host, base),
        proxied(sms())
            .named("a gateway that writes Forwarded")
            .way(Way::header(
                "forwarded",
                "for=192.0.2.1;host=\"hooks.example.com\";proto=https",
            ))
            .explained(
                Cause::Host,
                "SIGNALWIRE_WEBHOOK_URL=https://hooks.example.com",
            ),
        proxied(sms())
            .named("two proxies, the inner one's host first")
            .way(Way::header(
                "x-forwarded-host",
                "inner.local, hooks.example.com",
            ))
            .explained(Cause::Host, base),
        proxied(sms())
            .named("Azure's X-Original-Host")
            .way(Way::header("x-original-host", "hooks.example.com"))
            .explained(Cause::Host, base),
        proxied(swml())
            .named("a SWML request behind a proxy")
            .way(Way::header("x-forwarded-host", "hooks.example.com"))
            .explained(Cause::Host, base),
        proxied(sms())
            .named("forwarded headers that are there but not trusted")
            .way(Way::header("x-forwarded-host", "hooks.example.com"))
            .way(Way::header("x-forwarded-proto", "https"))
            .explained(
                Cause::Host,
                "PublicUrl::from_headers([ForwardingHeader::XForwardedHost])) would do too",
            ),
        sms()
            .named("the base of the staging server")
            .configured(PublicUrl::base("https://staging.example.com").unwrap())
            .explained(Cause::Host, base),
        sms()
            .named("yesterday's tunnel in the configuration")
            .configured(PublicUrl::base("https://yesterday.example.com").unwrap())
            .explained(
                Cause::Host,
                "no .public_url and no SIGNALWIRE_WEBHOOK_URL would do too",
            ),
        Deployment::of_form("http://hooks.example.com/sms", FORM)
            .named("http in the dashboard, https in the configuration")
            .configured(PublicUrl::base("https://hooks.example.com").unwrap())
            .explained(
                Cause::Scheme,
                r#"PublicUrl::base("http://hooks.example.com")?"#,
            ),
        sms()
            .named("http in the configuration")
            .configured(PublicUrl::base("http://hooks.example.com").unwrap())
            .explained(Cause::Scheme, base),
        sms()
            .named("a trusted X-Forwarded-Host that names the inner host")
            .configured(from_all_headers())
            .way(Way::header("x-forwarded-host", "inner.local"))
            .explained(Cause::Host, base),
        Deployment::of_form("https://user:hunter2@hooks.example.com/sms", FORM)
            .named("a proxy that replaces Host, credentials in the dashboard")
            .way(Way::host("app:3000"))
            .way(Way::header("x-forwarded-host", "hooks.example.com"))
            .explained(Cause::Host, base),
        sms()
            .named("no Host at all, as from an HTTP/1.0 proxy")
            .way(Way::without_header("host"))
            .way(Way::header("x-forwarded-host", "hooks.example.com"))
            .explained(Cause::UnknownUrl, base),
    ]
}

fn ports() -> Vec<Deployment> {
    let base = r#"PublicUrl::base("https://hooks.example.com")?"#;
    vec![
        Deployment::of_form("https://hooks.example.com:8443/sms", FORM)
            .named("nginx with Host $host, which has no port")
            .way(Way::host("hooks.example.com"))
            .explained(
                Cause::Port,
                r#"PublicUrl::base("https://hooks.example.com:8443")?"#,
            ),
        Deployment::of_form("https://hooks.example.com:8443/sms", FORM)
            .named("a port that the proxy forwards in a header of its own")
            .way(Way::host("hooks.example.com"))
            .way(Way::header("x-forwarded-port", "8443"))
            .explained(
                Cause::Port,
                r#"PublicUrl::base("https://hooks.example.com:8443")?"#,
            ),
        Deployment::of_form("https://hooks.example.com:3000/sms", FORM)
            .named("the listening port in the dashboard, another one forwarded")
            .way(Way::host("app:3000"))
            .way(Way::header("x-forwarded-host", "hooks.example.com:9000"))
            .explained(
                Cause::Host,
                r#"PublicUrl::base("https://hooks.example.com:3000")?"#,
            ),
        Deployment::of_form("https://hooks.example.com:443/sms", FORM)
            .named("the default port signed, another host seen")
            .way(Way::host("app:3000"))
            .way(Way::header("x-forwarded-host", "hooks.example.com"))
            .explained(Cause::Host, base),
    ]
}

fn hosts_and_ports() -> Vec<Deployment> {
    hosts().into_iter().chain(ports()).collect()
}

fn paths() -> Vec<Deployment> {
    vec![
        Deployment::of_form("https://hooks.example.com/hooks/sms", FORM)
            .named("a proxy that strips a prefix and says so")
            .way(Way::target("/sms"))
            .way(Way::header("x-forwarded-prefix", "/hooks"))
            .explained(
                Cause::PathPrefix,
                r#"PublicUrl::base("https://hooks.example.com/hooks")?"#,
            ),
        Deployment::of_form("https://hooks.example.com/hooks/sms", FORM)
            .named("a stripped prefix and a replaced host")
            .way(Way::target("/sms"))
            .way(Way::host("app:3000"))
            .way(Way::header("x-forwarded-host", "hooks.example.com"))
            .way(Way::header("x-forwarded-prefix", "/hooks"))
            .explained(
                Cause::Host,
                r#"PublicUrl::base("https://hooks.example.com/hooks")?"#,
            ),
        sms()
            .named("a prefix configured that nothing strips")
            .configured(PublicUrl::base("https://hooks.example.com/hooks").unwrap())
            .explained(
                Cause::PathPrefix,
                r#"PublicUrl::base("https://hooks.example.com")?"#,
            ),
        Deployment::of_form("https://hooks.example.com/api/sms", FORM)
            .named("an ingress that rewrites the path and keeps it in X-Original-URI")
            .way(Way::target("/internal"))
            .way(Way::header("x-original-uri", "/api/sms"))
            .explained(
                Cause::Path,
                r#"PublicUrl::exact("https://hooks.example.com/api/sms")?"#,
            ),
        Deployment::of_form("https://hooks.example.com/api/sms", FORM)
            .named("IIS, which keeps the whole url in X-Original-URL")
            .way(Way::target("/internal"))
            .way(Way::host("app:3000"))
            .way(Way::header(
                "x-original-url",
                "https://hooks.example.com/api/sms",
            ))
            .explained(
                Cause::Host,
                r#"PublicUrl::exact("https://hooks.example.com/api/sms")?"#,
            ),
        Deployment::of_form("https://hooks.example.com/sms%2Fin", FORM)
            .named("a proxy that decodes the path")
            .way(Way::target("/sms/in"))
            .way(Way::header("x-original-uri", "/sms%2Fin"))
            .explained(
                Cause::PathEncoding,
                r#"PublicUrl::exact("https://hooks.example.com/sms%2Fin")?"#,
            ),
        Deployment::of_form("https://hooks.example.com/caf%C3%A9", FORM)
            .named("a proxy that writes escapes in lower case")
            .way(Way::target("/caf%c3%a9"))
            .explained(
                Cause::PathEncoding,
                r#"PublicUrl::exact("https://hooks.example.com/caf%C3%A9")?"#,
            ),
        Deployment::of_form("https://hooks.example.com/my sms", FORM)
            .named("a space in the dashboard's url")
            .way(Way::target("/my%20sms"))
            .explained(
                Cause::PathEncoding,
                "configure https://hooks.example.com/my%20sms at SignalWire",
            ),
    ]
}

fn slashes() -> Vec<Deployment> {
    vec![
        Deployment::of_form("https://hooks.example.com/sms/", FORM)
            .named("a slash at the end of the path, removed by a normalising layer")
            .way(Way::target("/sms"))
            .explained(
                Cause::TrailingSlash,
                r#"PublicUrl::exact("https://hooks.example.com/sms/")?"#,
            ),
        Deployment::of_form("https://hooks.example.com:443/sms/", FORM)
            .named("a slash at the end of the path, behind the default port")
            .way(Way::target("/sms"))
            .explained(
                Cause::TrailingSlash,
                r#"PublicUrl::exact("https://hooks.example.com/sms/")?"#,
            ),
        Deployment::of_form("https://hooks.example.com:8443/sms/", FORM)
            .named("a slash at the end of the path, behind another port")
            .way(Way::target("/sms"))
            .explained(
                Cause::TrailingSlash,
                r#"PublicUrl::exact("https://hooks.example.com:8443/sms/")?"#,
            ),
        sms()
            .named("a slash at the end of the path, added by a redirecting proxy")
            .way(Way::target("/sms/"))
            .explained(
                Cause::TrailingSlash,
                r#"PublicUrl::exact("https://hooks.example.com/sms")?"#,
            ),
        Deployment::of_form("https://hooks.example.com//sms", FORM)
            .named("nginx, which merges slashes")
            .way(Way::target("/sms"))
            .explained(
                Cause::MergedSlashes,
                r#"PublicUrl::base("https://hooks.example.com/")?"#,
            )
            .or_fix(r#"PublicUrl::exact("https://hooks.example.com//sms")?"#),
    ]
}

fn queries_and_the_rest_of_the_url() -> Vec<Deployment> {
    vec![
        Deployment::of_form("https://hooks.example.com/sms?a=1&b=2", FORM)
            .named("a gateway that sorts the query")
            .way(Way::target("/sms?b=2&a=1"))
            .explained(
                Cause::QueryOrder,
                r#"PublicUrl::exact("https://hooks.example.com/sms?…")?"#,
            ),
        Deployment::of_form("https://hooks.example.com/sms?name=a%20b", FORM)
            .named("a gateway that encodes the query again")
            .way(Way::target("/sms?name=a+b"))
            .explained(Cause::QueryEncoding, "PublicUrl::exact("),
        Deployment::of_form("https://hooks.example.com/sms?token=secret", FORM)
            .named("a proxy that drops the query and keeps it in a header")
            .way(Way::target("/sms"))
            .way(Way::header("x-original-uri", "/sms?token=secret"))
            .explained(Cause::QueryDropped, "PublicUrl::exact("),
        sms()
            .named("a proxy that adds a parameter")
            .way(Way::target("/sms?via=proxy"))
            .explained(
                Cause::Query,
                r#"PublicUrl::exact("https://hooks.example.com/sms")?"#,
            ),
        Deployment::of_form("https://hooks.example.com/sms#top", FORM)
            .named("a fragment in the dashboard's url")
            .dashboard("https://hooks.example.com/sms#top")
            .explained(
                Cause::Fragment,
                "configure https://hooks.example.com/sms at SignalWire",
            ),
        Deployment::of_form("https://user:hunter2@hooks.example.com/sms", FORM)
            .named("credentials that a proxy checked and removed")
            .way(Way::without_header("authorization"))
            .dashboard("https://user:hunter2@hooks.example.com/sms")
            .explained(
                Cause::Credentials,
                r#"PublicUrl::base("https://***@hooks.example.com")?"#,
            ),
        proxied(sms())
            .named("nothing in the request names the host")
            .dashboard(SMS)
            .explained(
                Cause::Host,
                r#"PublicUrl::base("https://hooks.example.com")?"#,
            ),
    ]
}

fn raw_bodies() -> Vec<Deployment> {
    let outside = ".layer(what_changes_the_body).layer(webhook())";
    let written = |named, body: &str, cause| {
        swml()
            .named(named)
            .way(Way::body(body.as_bytes()))
            .explained(cause, outside)
    };
    let spaced = r#"{"call": {"to": "+15557654321", "from": "+15551234567"}, "vars": {}}"#;
    vec![
        written(
            "a line break put behind the body",
            &format!("{JSON}\n"),
            Cause::LineBreak,
        ),
        written("JSON written back by Python", spaced, Cause::JsonLayout),
        written(
            "JSON written back for people",
            "{\n  \"call\": {\n    \"to\": \"+15557654321\",\n    \"from\": \"+15551234567\"\n  },\n  \"vars\": {}\n}",
            Cause::JsonLayout,
        ),
        Deployment::of_json("https://hooks.example.com/swml", spaced)
            .named("JSON of a spacing sender written back by JavaScript")
            .way(Way::body(JSON.as_bytes()))
            .explained(Cause::JsonLayout, outside),
        Deployment::of_json(
            "https://hooks.example.com/swml",
            r#"{"a":1,"b":{"c":2,"d":3}}"#,
        )
        .named("JSON whose keys a hash map reordered")
        .way(Way::body(br#"{"b":{"d":3,"c":2},"a":1}"#))
        .explained(Cause::JsonKeyOrder, outside),
        Deployment::of_json("https://hooks.example.com/swml", r#"{"name":"Caf\u00e9"}"#)
            .named("JSON whose escapes were resolved")
            .way(Way::body(r#"{"name":"Café"}"#.as_bytes()))
            .explained(Cause::JsonEscapes, outside),
        written(
            "a byte order mark",
            &format!("\u{feff}{JSON}"),
            Cause::ByteOrderMark,
        ),
        Deployment::of_json("https://hooks.example.com/swml", "{\n\"a\": 1\n}")
            .named("line endings of Windows")
            .way(Way::body(b"{\r\n\"a\": 1\r\n}"))
            .explained(Cause::LineEndings, outside),
        proxied(swml())
            .named("JSON written back behind a proxy that replaces the host")
            .way(Way::header("x-forwarded-host", "hooks.example.com"))
            .way(Way::body(spaced.as_bytes()))
            .explained(Cause::Host, outside),
        swml()
            .named("a gateway that compresses bodies")
            .way(Way::gzip())
            .explained(Cause::Compressed, "RequestDecompressionLayer"),
        sms()
            .named("a gateway that compresses forms")
            .way(Way::gzip())
            .explained(Cause::Compressed, "RequestDecompressionLayer"),
        Deployment::of_json_digest("https://hooks.example.com/status", JSON)
            .named("bodySHA256 of JSON that was written back")
            .way(Way::body(spaced.as_bytes()))
            .explained(Cause::JsonLayout, outside),
        Deployment::of_json_digest("https://hooks.example.com/status", JSON)
            .named("bodySHA256 of a body that was replaced")
            .way(Way::body(b"{}"))
            .explained(Cause::BodyDigest, outside),
    ]
}

fn forms() -> Vec<Deployment> {
    let outside = ".layer(what_changes_the_body).layer(webhook())";
    vec![
        sms()
            .named("a form whose plus signs were not escaped again")
            .way(Way::body(
                b"From=+15551234567&To=+15557654321&Body=Is it you?",
            ))
            .explained(Cause::FormEncoding, outside),
        Deployment::of_json(SMS, FORM)
            .named("a form signed byte for byte, and encoded again")
            .way(Way::body(
                b"From=%2b15551234567&To=%2b15557654321&Body=Is+it+you%3f",
            ))
            .explained(Cause::FormEncoding, outside),
        sms()
            .named("a form that was escaped twice")
            .way(Way::body(
                b"From=%252B15551234567&To=%252B15557654321&Body=Is%2Bit%2Byou%253F",
            ))
            .explained(Cause::FormEncoding, outside),
        sms()
            .named("a line break behind a form")
            .way(Way::body(format!("{FORM}\n").as_bytes()))
            .explained(Cause::LineBreak, outside),
        Deployment::of_form(SMS, "Body=Line+1%0ALine+2&From=%2B1")
            .named("a text's line feeds rewritten")
            .way(Way::body(b"Body=Line+1%0D%0ALine+2&From=%2B1"))
            .explained(Cause::LineEndings, outside),
        Deployment::of_form(SMS, "Body=Caf%C3%A9")
            .named("a text read as UTF-8 and written as Latin-1")
            .way(Way::body(b"Body=Caf%E9"))
            .explained(Cause::FormCharset, outside),
        sms()
            .named("a form with parameters that were added empty")
            .way(Way::form(&format!("{FORM}&MediaUrl0=")))
            .explained(Cause::EmptyFormValues, "SigningKey::sign_form"),
        sms()
            .named("a gateway that sets the content type to JSON")
            .way(Way::content_type("application/json"))
            .explained(
                Cause::ContentType,
                "`Content-Type: application/x-www-form-urlencoded`",
            ),
        sms()
            .named("a gateway that sets the content type to text")
            .way(Way::content_type("text/plain"))
            .explained(
                Cause::ContentType,
                "`Content-Type: application/x-www-form-urlencoded`",
            ),
        Deployment::of_form(SMS, "")
            .named("a body under the signature of an empty form")
            .way(Way::body(b"From=%2B1evil"))
            .explained(Cause::UnsignedBody, "rightly refused"),
    ]
}

fn keys() -> Vec<Deployment> {
    let with_key =
        |named, key: String, cause, fix| sms().named(named).key(&key).explained(cause, fix);
    vec![
        with_key(
            "a key in double quotes",
            format!("\"{KEY}\""),
            Cause::QuotedKey,
            "remove the quotes",
        ),
        with_key(
            "a key in single quotes",
            format!("'{KEY}'"),
            Cause::QuotedKey,
            "remove the quotes",
        ),
        with_key(
            "an escaped line break",
            format!("{KEY}\\n"),
            Cause::KeyWhiteSpace,
            "escaped line breaks",
        ),
        with_key(
            "a space in the key",
            KEY.replace("test", "te st"),
            Cause::KeyWhiteSpace,
            "white space",
        ),
        with_key(
            "an invisible character",
            format!("\u{200b}{KEY}"),
            Cause::KeyWhiteSpace,
            "invisible",
        ),
        with_key(
            "the variable's name too",
            format!("SIGNALWIRE_SIGNING_KEY={KEY}"),
            Cause::KeyVariableName,
            "variable's name",
        ),
        with_key(
            "several keys as one",
            format!("PSKother,{KEY}"),
            Cause::KeyList,
            "SigningKeys::new",
        ),
        with_key(
            "a percent-encoded key",
            KEY.replace('P', "%50"),
            Cause::PercentEncodedKey,
            "decode its percent",
        ),
        with_key(
            "a key in hex",
            hex(KEY),
            Cause::HexKey,
            "decode it from hex",
        ),
        with_key(
            "a key in base64, as Kubernetes stores it",
            base64(KEY),
            Cause::Base64Key,
            "decode it from base64",
        ),
        with_key(
            "the variable's name and quotes",
            format!("KEY=\"{KEY}\""),
            Cause::QuotedKey,
            "then",
        ),
        proxied(sms())
            .named("a key in quotes behind a proxy")
            .key(&format!("\"{KEY}\""))
            .way(Way::header("x-forwarded-host", "hooks.example.com"))
            .explained(Cause::Host, "remove the quotes"),
    ]
}

fn signatures() -> Vec<Deployment> {
    let form_signature = key().sign_form(SMS, deployment::pairs(FORM));
    let hex_of_form = hex_bytes(&unbase64(&form_signature));
    vec![
        sms()
            .named("hex where base64 belongs")
            .way(Way::signature("x-signalwire-signature", &hex_of_form))
            .explained(Cause::SignatureEncoding, "28 characters of base64"),
        sms()
            .named("a signature without its padding")
            .way(Way::signature(
                "x-signalwire-signature",
                form_signature.trim_end_matches('='),
            ))
            .explained(Cause::SignatureEncoding, "28 characters of base64"),
        sms()
            .named("a signature in a gateway's header")
            .way(Way::without_signature())
            .way(Way::signature("x-webhook-signature", &form_signature))
            .explained(Cause::SignatureHeader, "X-SignalWire-Signature"),
        swml()
            .named("the SHA-256 in the SHA-1's header")
            .way(Way::without_signature())
            .way(Way::signature(
                "x-signalwire-signature",
                &key().sign_body_sha256("https://hooks.example.com/swml", JSON.as_bytes()),
            ))
            .explained(Cause::SignatureHeader, "X-SignalWire-SHA256-Signature"),
        sms()
            .named("a second signature header")
            .way(Way::another_signature())
            .explained(
                Cause::AmbiguousSignature,
                "remove what adds the second value",
            ),
        sms()
            .named("a form where SHA-256 alone is accepted")
            .accepting(SignatureScheme::RawBodySha256)
            .explained(Cause::SchemeNotAccepted, "SignatureScheme::FormParameters"),
        Deployment::of_json_digest("https://hooks.example.com/status", JSON)
            .named("a body digest where forms alone are accepted")
            .accepting(SignatureScheme::FormParameters)
            .explained(Cause::SchemeNotAccepted, "SignatureScheme::BodyDigest"),
    ]
}

fn hex(text: &str) -> String {
    hex_bytes(text.as_bytes())
}

fn hex_bytes(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn unbase64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

#[tokio::test]
async fn a_broken_host_or_port_is_explained_and_the_fix_works() {
    deployment::prove(hosts_and_ports()).await;
}

#[tokio::test]
async fn a_broken_path_or_query_is_explained_and_the_fix_works() {
    deployment::prove(paths()).await;
    deployment::prove(slashes()).await;
    deployment::prove(queries_and_the_rest_of_the_url()).await;
}

#[tokio::test]
async fn a_changed_body_is_explained_and_the_fix_works() {
    deployment::prove(raw_bodies()).await;
    deployment::prove(forms()).await;
}

#[tokio::test]
async fn a_mangled_key_is_explained_and_the_fix_works() {
    deployment::prove(keys()).await;
}

#[tokio::test]
async fn a_misplaced_signature_is_explained_and_the_fix_works() {
    deployment::prove(signatures()).await;
}

#[test]
fn there_are_seventy_of_them() {
    let all = [
        hosts_and_ports(),
        paths(),
        slashes(),
        queries_and_the_rest_of_the_url(),
        raw_bodies(),
        forms(),
        keys(),
        signatures(),
    ];
    let count: usize = all.iter().map(Vec::len).sum();
    assert!(count >= 70, "{count}");
}

fn explaining() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key()).explain_rejections()
}

#[tokio::test]
async fn an_explanation_changes_no_verdict_and_nothing_that_the_caller_sees() {
    let genuine = WebhookRequest::form(SMS, [("From", "+15551234567")]);
    let requests = [
        genuine.clone().signed_by(&key()),
        genuine.clone().header("host", "other").signed_by(&key()),
        genuine.clone().tampered().signed_by(&key()),
        genuine.clone().unsigned(),
        genuine
            .clone()
            .header("x-signalwire-signature", "nonsense")
            .unsigned(),
        genuine
            .clone()
            .header("content-type", "text/plain")
            .signed_by(&key()),
        WebhookRequest::form(SMS, [("Body", "a".repeat(200))]).unsigned(),
        WebhookRequest::form(SMS, [("Body", "a".repeat(200))]).signed_by(&key()),
    ];
    for request in requests {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let request = || Request::from_parts(parts.clone(), Body::from(body.clone()));
        let silent = SignalWireWebhookLayer::new(key()).body_limit(100);
        let silent = send(&Echo::default().router().layer(silent), request()).await;
        let explained = Echo::default().router().layer(explaining().body_limit(100));
        let explained = send(&explained, request()).await;
        assert_eq!(
            (silent.status, silent.reason, silent.body),
            (explained.status, explained.reason, explained.body)
        );
    }
}

#[tokio::test]
async fn a_layer_that_does_not_explain_has_no_explanation() {
    let app = Echo::default()
        .router()
        .layer(SignalWireWebhookLayer::new(key()));
    let log = Log::capture();
    let request = WebhookRequest::form(SMS, [("a", "b")]).unsigned();
    let response = app.oneshot(request).await.unwrap();
    assert!(response.extensions().get::<Explanation>().is_none());
    assert!(!log.text().contains("explanation"), "{}", log.text());
}

#[tokio::test]
async fn what_says_it_all_is_not_explained() {
    let signature = key().sign_form(SMS, [("a", "b")]);
    let form = |pairs: usize| {
        WebhookRequest::raw(
            SMS,
            "application/x-www-form-urlencoded",
            "a=b&".repeat(pairs),
        )
        .header(SHA1, &signature)
        .unsigned()
    };
    for (layer, request) in [
        (explaining().body_limit(2), form(1)),
        (explaining(), form(1_001)),
    ] {
        let app = Echo::default().router().layer(layer);
        let response = app.oneshot(request).await.unwrap();
        let rejection = response.extensions().get::<Rejection>().unwrap();
        assert_eq!(rejection.reason(), RejectionReason::BodyTooLarge);
        assert!(response.extensions().get::<Explanation>().is_none());
    }
}

#[test]
fn the_headers_are_to_be_trusted_only_where_they_name_the_url() {
    let request = || WebhookRequest::form(SMS, [("a", "b")]);
    let signature = key().sign_form(SMS, [("a", "b")]);
    let explainer = Explainer::new(key());
    let staging = PublicUrl::base("https://staging.example.com").unwrap();
    let configured = explainer.clone().public_url(staging);
    for (explainer, host, header, suffice) in [
        (&explainer, "app:3000", "x-forwarded-host", true),
        (&explainer, "app:3000", "x-original-host", false),
        (&configured, "hooks.example.com", "x-original-host", false),
        (&configured, "app:3000", "x-forwarded-host", true),
    ] {
        let request = request()
            .header("host", host)
            .header(header, "hooks.example.com")
            .header(SHA1, &signature);
        let explanation = explained_by(explainer, request, "a=b");
        let fix = explanation.fix();
        assert!(fix.starts_with(r#".public_url(PublicUrl::base("https://hooks.example.com")?)"#));
        assert_eq!(fix.contains("from_headers"), suffice, "{fix}");
    }
}

#[test]
fn a_search_that_was_cut_short_says_so() {
    let other = Explainer::new(SigningKey::new("PSK_other").unwrap());
    let signature = key().sign_body_sha1(SMS, b"");
    // A path this long is not rewritten, so that there is little to combine.
    let long = format!("https://hooks.example.com/{}", "x".repeat(2_000));
    let body = "x".repeat(1024 * 1024);
    for (url, body, is_cut_short) in [(&*long, "", false), (SMS, &*body, true)] {
        let request = WebhookRequest::raw(url, "text/plain", "").header(SHA1, &signature);
        let explanation = explained_by(&other, request, body);
        assert!(!explanation.is_genuine());
        let last = explanation.ruled_out().last().unwrap();
        assert_eq!(last.contains("the budget is spent"), is_cut_short, "{last}");
    }
}

#[tokio::test]
async fn a_missing_or_malformed_signature_has_three_reasons() {
    let request = WebhookRequest::form(SMS, [("a", "b")]);
    for (request, cause, reason) in [
        (request.clone(), Cause::MissingSignature, "SWAIG"),
        (
            request.header("x-signalwire-signature", "nonsense"),
            Cause::MalformedSignature,
            "`signalwire-webhook sign`",
        ),
    ] {
        let app = Echo::default().router().layer(explaining());
        let response = app.oneshot(request.unsigned()).await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        let explanation: &Explanation = response.extensions().get().unwrap();
        assert_eq!(explanation.cause(), cause);
        assert_eq!(explanation.likeliest_reasons().len(), 3);
        assert!(explanation.to_string().contains(reason), "{explanation}");
        assert_eq!(explanation.computations(), 0);
    }
}

#[tokio::test]
async fn what_is_only_reported_and_what_a_provider_has_the_keys_of_is_explained_too() {
    let provider =
        KeySource::provider(|_: &_, _: &_| async { Ok::<_, SigningKeyError>(Some(key().into())) });
    let layer = SignalWireWebhookLayer::new(provider)
        .explain_rejections()
        .report_only();
    let log = Log::capture();
    let echo = Echo::default();
    let request = WebhookRequest::form(SMS, [("a", "b")])
        .header("host", "app:3000")
        .header("x-forwarded-host", "hooks.example.com")
        .signed_by(&key());
    send(&echo.router().layer(layer), request)
        .await
        .assert_passed();
    let explanation = echo.calls()[0].explanation.clone().unwrap();
    assert_eq!(explanation.cause(), Cause::Host);
    assert_eq!(log.events().len(), 1);
    assert!(
        log.events()[0].contains("webhook would be rejected"),
        "{:?}",
        log.events()
    );
}

type SigningKeyError = signalwire_webhook::ConfigError;

/// Reads the body and writes it back in another layout, as a body-parsing middleware does.
async fn written_back(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let written = serde_json::to_vec_pretty(&value).unwrap();
    next.run(Request::from_parts(parts, Body::from(written)))
        .await
}

#[tokio::test]
async fn moving_the_layer_outside_of_what_changes_the_body_is_a_fix() {
    let changes = || middleware::from_fn(written_back);
    let handler = || Router::new().route("/swml", post(|| async { "fine" }));
    let request = || {
        WebhookRequest::raw(
            "https://hooks.example.com/swml",
            "application/json",
            r#"{"a":1,"b":[]}"#,
        )
        .signed_by(&key())
    };
    let broken = handler().layer(explaining()).layer(changes());
    let response = broken.oneshot(request()).await.unwrap();
    let explanation: &Explanation = response.extensions().get().unwrap();
    assert_eq!(explanation.cause(), Cause::JsonLayout);
    assert!(
        explanation
            .fix()
            .starts_with(".layer(what_changes_the_body).layer(webhook())")
    );

    let fixed = handler().layer(changes()).layer(explaining());
    assert_eq!(
        fixed.oneshot(request()).await.unwrap().status(),
        StatusCode::OK
    );
}

/// What a tool sees that captures a request inside of a nested router.
async fn stripped(State(seen): State<std::sync::mpsc::Sender<Cause>>, request: Request) {
    let explainer = Explainer::new(key()).dashboard_url("https://hooks.example.com/api/sms");
    let (mut parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    seen.send(explainer.explain(&parts, &body).cause()).unwrap();
    parts.uri = parts.extensions.get::<OriginalUri>().unwrap().0.clone();
    seen.send(explainer.explain(&parts, &body).cause()).unwrap();
}

#[tokio::test]
async fn a_path_that_a_router_nested_is_a_prefix_until_the_original_uri_is_put_back() {
    let (sender, causes) = std::sync::mpsc::channel();
    let inner = Router::new().fallback(stripped).with_state(sender);
    let app = Router::new().nest("/api", inner);
    let request = WebhookRequest::form("https://hooks.example.com/api/sms", [("a", "b")]);
    app.oneshot(request.signed_by(&key())).await.unwrap();
    let causes: Vec<Cause> = causes.try_iter().collect();
    assert_eq!(causes, [Cause::PathPrefix, Cause::Accepted]);
}

#[test]
fn a_query_is_shown_only_where_that_is_asked_for() {
    let url = "https://hooks.example.com/sms?token=in-the-query";
    let (parts, _) = WebhookRequest::form(url, [("a", "b")])
        .header("host", "app")
        .signed_by(&key())
        .into_parts();
    let explainer = Explainer::new(key()).dashboard_url(url);
    let masked = explainer.explain(&parts, b"a=b");
    assert!(
        !format!("{masked} {masked:?}").contains("in-the-query"),
        "{masked:?}"
    );
    let shown = explainer.show_queries().explain(&parts, b"a=b");
    let signed = format!("SignalWire signed {url} and the layer tried ");
    assert!(shown.sentence().starts_with(&signed), "{shown}");
}

#[test]
fn a_fragment_is_shown_with_the_query_and_hidden_with_it() {
    let url = "https://hooks.example.com/sms?a=b#top";
    let signature = key().sign_form(url, [("a", "b")]);
    let request = WebhookRequest::form(&url[..url.len() - 4], [("a", "b")]).header(SHA1, signature);
    let explainer = Explainer::new(key()).dashboard_url(url);
    for (explainer, signed) in [
        (explainer.clone(), "https://hooks.example.com/sms?…#…"),
        (explainer.show_queries(), url),
    ] {
        let explanation = explained_by(&explainer, request.clone(), "a=b");
        let signed = format!("SignalWire signed {signed} and the layer tried ");
        assert!(explanation.sentence().starts_with(&signed), "{explanation}");
        assert_eq!(explanation.cause(), Cause::Fragment);
    }
}

#[test]
fn no_output_shows_a_key_as_it_is_configured_or_as_it_was_meant() {
    let configured = format!("SIGNALWIRE_SIGNING_KEY='{KEY}'");
    let signing_key = SigningKey::new(&configured).unwrap();
    let id = signing_key.id().to_owned();
    let (parts, _) = WebhookRequest::form(SMS, [("a", "b")])
        .signed_by(&key())
        .into_parts();
    let explanation = Explainer::new(signing_key).explain(&parts, b"a=b");
    let signature = parts.headers["x-signalwire-signature"].to_str().unwrap();
    let all = format!("{explanation} {explanation:?}");
    assert!(
        all.contains(&id) && !all.contains(KEY) && !all.contains(signature),
        "{all}"
    );
}

const SHA1: &str = "x-signalwire-signature";
const SHA256: &str = "x-signalwire-sha256-signature";
const TWILIO: &str = "x-twilio-signature";

fn explained_by(explainer: &Explainer, request: WebhookRequest, body: &str) -> Explanation {
    let (parts, _) = request.unsigned().into_parts();
    explainer.explain(&parts, body.as_bytes())
}

fn explained(request: WebhookRequest, body: &str) -> Explanation {
    explained_by(&Explainer::new(key()), request, body)
}

#[test]
fn a_genuine_request_is_of_the_scheme_that_the_layer_verifies() {
    // printf %s '{}' | sha256sum
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let digested = format!("{SMS}?bodySHA256={digest}");
    let no_fields: [(&str, &str); 0] = [];
    let json = |url: &str| WebhookRequest::raw(url, "application/json", "");
    for (request, header, signature, body, scheme) in [
        (
            WebhookRequest::get(SMS),
            SHA1,
            key().sign_form(SMS, no_fields),
            "",
            SignatureScheme::FormParameters,
        ),
        (
            WebhookRequest::form(SMS, no_fields),
            TWILIO,
            key().sign_form(SMS, [("a", "b")]),
            "a=b",
            SignatureScheme::FormParameters,
        ),
        (
            json(SMS),
            SHA1,
            key().sign_body_sha1(SMS, b""),
            "",
            SignatureScheme::RawBodySha1,
        ),
        (
            json(SMS),
            SHA256,
            key().sign_body_sha256(SMS, b""),
            "",
            SignatureScheme::RawBodySha256,
        ),
        (
            json(SMS),
            SHA1,
            key().sign_body_sha1(SMS, b"{}"),
            "{}",
            SignatureScheme::RawBodySha1,
        ),
        (
            json(SMS),
            SHA256,
            key().sign_body_sha256(SMS, b"{}"),
            "{}",
            SignatureScheme::RawBodySha256,
        ),
        (
            json(&digested),
            SHA1,
            key().sign_form(&digested, no_fields),
            "{}",
            SignatureScheme::BodyDigest,
        ),
    ] {
        let explanation = explained(request.header(header, signature), body);
        assert_eq!(explanation.causes(), [Cause::Accepted], "{header} {body}");
        assert_eq!(explanation.scheme(), Some(scheme), "{header} {body}");
        assert!(explanation.is_genuine() && explanation.remedies().is_empty());
        assert!(explanation.likeliest_reasons().is_empty());
        assert!(explanation.ruled_out().is_empty() && explanation.keys_tried().is_empty());
    }
}

#[test]
fn a_signature_in_another_header_or_encoding_is_told_from_one_in_its_own() {
    let form = key().sign_form(SMS, [("a", "b")]);
    let raw = key().sign_body_sha1(SMS, b"a=b");
    let alone_in_hex = key().sign_body_sha1(SMS, b"");
    let header = Cause::SignatureHeader;
    for (headers, causes) in [
        (&[(SHA256, &form)][..], &[header][..]),
        (&[(SHA256, &raw)], &[header]),
        (
            &[(TWILIO, &form), (SHA1, &"nonsense".to_owned())],
            &[header],
        ),
        (&[("x-my-signature", &form)], &[header]),
        (&[(TWILIO, &raw)], &[Cause::Accepted]),
        (
            &[(SHA1, &alone_in_hex)],
            &[Cause::UnsignedBody, Cause::SignatureEncoding],
        ),
        (
            &[("x-my-signature", &format!("sha1={raw}"))],
            &[header, Cause::SignatureEncoding],
        ),
    ] {
        let mut request = WebhookRequest::form(SMS, [("a", "b")]);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let explanation = explained(request, "a=b");
        assert_eq!(explanation.causes(), causes, "{headers:?}");
        let signs_anew = explanation
            .remedies()
            .iter()
            .filter(|remedy| matches!(remedy, Remedy::SignAs(_)))
            .count();
        let is_misplaced = *causes != [Cause::Accepted];
        assert_eq!(signs_anew, usize::from(is_misplaced), "{headers:?}");
    }
}

#[test]
fn the_sentence_holds_the_signed_url_against_the_one_that_is_most_like_it() {
    let sms = |url: &str| {
        let signature = key().sign_form(url, [("a", "b")]);
        WebhookRequest::form(url, [("a", "b")]).header(SHA1, signature)
    };
    let proxied = |url: &str| {
        let host = url.split('/').nth(2).unwrap();
        sms(url)
            .header("host", "app:3000")
            .header("x-forwarded-host", host)
    };
    let explainer = Explainer::new(key());
    let https = PublicUrl::base("https://hooks.example.com").unwrap();
    let configured = explainer.clone().public_url(https);
    for (explainer, request, body, sentence) in [
        (
            &explainer,
            proxied(SMS),
            "a=b",
            "SignalWire signed https://hooks.example.com/sms and the layer tried \
             https://app:3000/sms: the host differs",
        ),
        (
            &explainer,
            proxied("http://hooks.example.com/sms"),
            "a=b",
            "SignalWire signed http://hooks.example.com/sms and the layer tried \
             http://app:3000/sms: the host differs",
        ),
        (
            &configured,
            sms("http://hooks.example.com/sms"),
            "a=b",
            "SignalWire signed http://hooks.example.com/sms and the layer tried \
             https://hooks.example.com/sms: the scheme differs",
        ),
        (
            &explainer,
            proxied(SMS).header("host", "not a host"),
            "a=b",
            "SignalWire signed https://hooks.example.com/sms: neither the request nor the \
             configuration names a host",
        ),
        (
            &explainer,
            sms(SMS),
            "a=b\n",
            "white space at the end or the start of the body was added or removed",
        ),
    ] {
        let explanation = explained_by(explainer, request, body);
        assert_eq!(explanation.sentence(), sentence);
    }
}

#[test]
fn each_change_alone_is_tried_before_two_together() {
    let signed = "Body=a\nb";
    let explanation = |host: &str, path: &str, body: &str| {
        let swml = "https://hooks.example.com/swml";
        let request = WebhookRequest::raw(swml, "text/plain", signed)
            .schemes([SignatureScheme::RawBodySha1])
            .header("host", host)
            .header("x-forwarded-host", "hooks.example.com");
        let (mut parts, _) = request.signed_by(&crate::support::key()).into_parts();
        parts.uri = path.parse().unwrap();
        let explanation = Explainer::new(crate::support::key()).explain(&parts, body.as_bytes());
        assert!(explanation.is_genuine(), "{host} {path} {body:?}");
        explanation.computations()
    };
    let host = "hooks.example.com";
    let (path, slash) = ("/swml", "/swml/");
    let broken = format!("{signed}\n");
    let line_endings_which_change_more_seldom = "Body=a\r\nb";
    let nothing = explanation(host, path, signed);
    let alone = [
        explanation(host, slash, signed),
        explanation(host, path, &broken),
    ];
    let together = [
        explanation(host, slash, &broken),
        explanation("app:3000", slash, &broken),
        explanation(host, path, line_endings_which_change_more_seldom),
    ];
    for one in alone {
        assert!(nothing < one, "{nothing} {alone:?}");
        let comes_first = together.iter().all(|&two| one < two);
        assert!(comes_first, "{alone:?} {together:?}");
    }
}

/// What undoes it for this request alone would break the next one, whose digest is another.
#[test]
fn a_digest_that_was_dropped_has_no_fix_in_the_layers_settings() {
    let url = "https://hooks.example.com/status";
    let request = WebhookRequest::raw(url, "application/json", JSON)
        .schemes([SignatureScheme::BodyDigest])
        .signed_by(&key());
    let (mut parts, _) = request.into_parts();
    parts.uri = "/status".parse().unwrap();
    let explanation = Explainer::new(key()).explain(&parts, JSON.as_bytes());
    assert_eq!(explanation.cause(), Cause::QueryDropped);
    let fix = explanation.fix();
    assert!(!fix.contains("exact"), "{fix}");
    assert!(
        fix.contains("let the proxy or gateway pass the path and query on"),
        "{fix}"
    );
}

fn likeliest_reasons(host: &str, headers: &[(&str, &str)]) -> Vec<String> {
    let mut request = WebhookRequest::form(SMS, [("a", "b")]).header("host", host);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let other = SigningKey::new("PSKother").unwrap();
    let other_id = other.id().to_owned();
    let (parts, _) = request.signed_by(&key()).into_parts();
    let explanation = Explainer::new(other).explain(&parts, b"a=b");
    assert!(!explanation.is_genuine(), "{explanation}");
    assert_eq!(explanation.keys_tried(), [other_id]);
    assert!(explanation.ruled_out()[0].starts_with("urls: "));
    explanation.likeliest_reasons().to_vec()
}

#[test]
fn the_likeliest_reason_is_the_one_that_the_request_speaks_for() {
    for (host, headers, reason) in [
        ("app:3000", &[][..], "the url in the dashboard"),
        ("127.0.0.1:3000", &[], "the url in the dashboard"),
        ("hooks.example.com", &[], "the url in the dashboard"),
        (
            "app:3000",
            &[("x-forwarded-host", "hooks.example.com")],
            "the url in the dashboard",
        ),
        (
            "hooks.example.com",
            &[("content-length", "100")],
            "the body is not as long",
        ),
    ] {
        let found = &likeliest_reasons(host, headers)[0];
        assert!(found.starts_with(reason), "{host} {headers:?}: {found}");
    }
}

#[test]
fn a_body_that_is_encoded_is_likelier_to_be_the_reason() {
    let compressed = likeliest_reasons("app:3000", &[("content-encoding", "br")]);
    assert!(
        compressed[1].starts_with("the body is compressed"),
        "{compressed:?}"
    );
    let reasons = likeliest_reasons("app:3000", &[]);
    assert!(
        reasons[2].starts_with("the body was changed"),
        "{reasons:?}"
    );
}
