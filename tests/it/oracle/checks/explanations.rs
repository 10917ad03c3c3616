//! Any request: its explanation takes no more memory and HMACs than the documentation states, agrees
//! with the verdict, and shows neither the key nor anything that a terminal would obey.

use axum::http::{HeaderName, HeaderValue, Request, request::Parts};
use signalwire_webhook::{
    PublicUrl, SigningKey, Verifier,
    explain::{Cause, Explainer, MAX_COMPUTATIONS},
};

const KEY: &str = "'PSKfuzz0123456789'";

const HEADERS: [&str; 16] = [
    "host",
    "content-type",
    "content-encoding",
    "content-length",
    "authorization",
    "x-signalwire-signature",
    "x-signalwire-sha256-signature",
    "x-twilio-signature",
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-original-uri",
    "x-original-url",
    "upgrade",
    "via",
];

/// The first line is the target, the second the dashboard's URL; then come headers, whose first byte
/// chooses the name, and after an empty line the body. A `#` for a signature is a genuine one of
/// the dashboard's URL and the body.
pub(crate) fn check(input: &[u8]) {
    let (head, body) = match input.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (&input[..end], &input[end + 2..]),
        None => (input, &b""[..]),
    };
    let mut lines = head.split(|&byte| byte == b'\n');
    let target = lines.next().unwrap_or_default();
    let dashboard = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let Ok(request) = Request::post(target).body(()) else {
        return;
    };
    let mut parts = request.into_parts().0;
    for line in lines {
        insert(&mut parts, line, &dashboard, body);
    }
    for public_url in [PublicUrl::from_request()]
        .into_iter()
        .chain(PublicUrl::base(&dashboard))
    {
        explain(&parts, &public_url, &dashboard, body);
    }
}

fn insert(parts: &mut Parts, line: &[u8], dashboard: &str, body: &[u8]) {
    let Some((name, value)) = line.split_first() else {
        return;
    };
    let name = HEADERS[usize::from(*name) % HEADERS.len()];
    let signed = || {
        let key = SigningKey::new("PSKfuzz0123456789").expect("it is not empty");
        key.sign_body_sha1(dashboard, body).into_bytes()
    };
    let is_genuine = name == "x-signalwire-signature" && value == b"#";
    let value = if is_genuine { signed() } else { value.to_vec() };
    if let Ok(value) = HeaderValue::from_bytes(&value) {
        parts.headers.append(HeaderName::from_static(name), value);
    }
}

fn explain(parts: &Parts, public_url: &PublicUrl, dashboard: &str, body: &[u8]) {
    let key = SigningKey::new(KEY).expect("it is not empty");
    let verifier = Verifier::new(key.clone()).public_url(public_url.clone());
    let explainer = Explainer::new(key)
        .public_url(public_url.clone())
        .dashboard_url(dashboard);
    let mut told = None;
    let allocated = allocation_counter::measure(|| told = Some(explainer.explain(parts, body)));
    let explanation = told.expect("it was just told");

    let most = (4 * body.len() + 1024 * 1024) as u64;
    assert!(
        allocated.bytes_max <= most,
        "{} of {most} B",
        allocated.bytes_max
    );
    assert!(explanation.computations() <= MAX_COMPUTATIONS);
    let is_accepted = explanation.cause() == Cause::Accepted;
    assert_eq!(is_accepted, verifier.verify(parts, body).is_ok());
    let text = explanation.to_string();
    assert!(!text.contains(KEY.trim_matches('\'')), "{text}");
    assert!(!text.contains(char::is_control), "{text:?}");
}
