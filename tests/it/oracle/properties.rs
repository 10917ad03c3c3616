//! What holds for every request, shown on random ones (proptest).

#[cfg(feature = "axum")]
use std::convert::Infallible;
use std::ops::Range;

use axum::{
    body::Body,
    http::{HeaderValue, Request, Uri, header::HeaderName, request::Builder},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
#[cfg(feature = "axum")]
use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use proptest::{collection::vec, option, prelude::*, sample::Index, sample::select};
#[cfg(feature = "axum")]
use signalwire_webhook::SignalWireWebhookLayer;
use signalwire_webhook::{
    ForwardingHeader, PublicUrl, RejectionReason, SignatureScheme, SigningKey, validate_request,
    validate_request_with_body,
};

#[cfg(feature = "axum")]
use crate::support::{Echo, send};
use crate::support::{
    Judge,
    signed::{FORM, SHA256_SIGNATURE, SIGNATURE, sign_url, with_body_digest},
};

type Parameters = Vec<(Vec<u8>, Vec<u8>)>;

/// A request that SignalWire might sign in one of its schemes.
#[derive(Clone, Debug)]
struct Webhook {
    key: Vec<u8>,
    url: String,
    scheme: SignatureScheme,
    /// The content of a form; of any other scheme's request it is `raw`.
    parameters: Parameters,
    raw: Vec<u8>,
}

impl Webhook {
    fn any() -> impl Strategy<Value = Self> {
        Self::of(select(SignatureScheme::ALL))
    }

    fn of(scheme: impl Strategy<Value = SignatureScheme>) -> impl Strategy<Value = Self> {
        (key(), url(), scheme, parameters(), raw_body()).prop_map(
            |(key, url, scheme, parameters, raw)| {
                let url = match scheme {
                    SignatureScheme::BodyDigest => with_body_digest(&url, &raw),
                    _ => url,
                };
                Self {
                    key,
                    url,
                    scheme,
                    parameters,
                    raw,
                }
            },
        )
    }

    fn key(&self) -> SigningKey {
        SigningKey::new(&self.key).unwrap()
    }

    fn body(&self) -> Vec<u8> {
        match self.scheme {
            SignatureScheme::FormParameters => encoded(&self.parameters),
            _ => self.raw.clone(),
        }
    }

    fn signature(&self) -> String {
        let (key, url) = (self.key(), &self.url);
        match self.scheme {
            SignatureScheme::RawBodySha256 => key.sign_body_sha256(url, &self.raw),
            SignatureScheme::RawBodySha1 => key.sign_body_sha1(url, &self.raw),
            SignatureScheme::FormParameters => key.sign_form(url, self.parameters.clone()),
            _ => sign_url(&key, url),
        }
    }

    /// As it arrives: the host in a header, the path and query in the request line.
    fn builder(&self, signature: &str) -> Builder {
        let uri: Uri = self.url.parse().unwrap();
        let content_type = match self.scheme {
            SignatureScheme::FormParameters => FORM,
            _ => "application/json",
        };
        let signature_header = match self.scheme {
            SignatureScheme::RawBodySha256 => SHA256_SIGNATURE,
            _ => SIGNATURE,
        };
        Request::post(uri.path_and_query().unwrap().as_str())
            .header("host", uri.authority().unwrap().as_str())
            .header("content-type", content_type)
            .header(signature_header, signature)
    }

    fn request(&self, signature: &str) -> Request<Body> {
        let request = self.builder(signature).body(Body::from(self.body()));
        request.unwrap()
    }

    fn judge(&self) -> Judge {
        Judge::new(self.key())
    }

    fn arrives_with(&self, signature: &str) -> Result<SignatureScheme, RejectionReason> {
        self.judge().scheme(self.request(signature))
    }

    fn passes_at(&self, public_url: &str, signature: &str) -> bool {
        let exact = PublicUrl::exact(public_url).unwrap();
        self.judge()
            .public_url(exact)
            .passes(self.request(signature))
    }

    fn assert_refused(&self, signature: &str) {
        let verdict = self.arrives_with(signature);
        let reason = verdict.expect_err("it was changed");
        assert_eq!(reason.status(), 403, "{reason:?}");
    }
}

/// Of graphic bytes, so that no other key of the length is the same to HMAC or once trimmed.
fn key() -> impl Strategy<Value = Vec<u8>> {
    vec(b'!'..=b'~', 1..80)
}

fn url() -> impl Strategy<Value = String> {
    let origin = ("https?://[a-z][a-z0-9-]{0,9}(\\.[a-z]{2,5}){0,2}", port());
    let path = "(/[A-Za-z0-9._~%!$&'()*+,;=:@-]{0,8}){1,4}";
    let query = option::of("[A-Za-z0-9._~%!$&'()*+,;=:@/?-]{0,24}");
    (origin, path, query).prop_map(|((origin, port), path, query)| {
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        format!("{origin}{port}{path}{query}")
    })
}

fn port() -> impl Strategy<Value = String> {
    let number = prop_oneof![Just(443), Just(80), 1_u16..];
    option::of(number).prop_map(|port| port.map_or_else(String::new, |port| format!(":{port}")))
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..12),
        any::<String>().prop_map(String::into_bytes),
        "[ab]{0,2}".prop_map(String::into_bytes),
    ]
}

/// The first name, in the canonical order, begins as SignalWire's do: no name begins with what
/// comes before a letter.
fn parameters() -> impl Strategy<Value = Parameters> {
    let name = ("[A-Za-z]", text()).prop_map(|(letter, rest)| {
        let delimiters = b"/?&=:#%";
        let rest = rest.into_iter().filter(|byte| !delimiters.contains(byte));
        letter.bytes().chain(rest).collect()
    });
    vec((name, text()), 1..12)
}

/// Empty, or with a first byte that may follow a URL.
fn raw_body() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![Just(b'{'), Just(b'['), b'a'..=b'z', b'A'..=b'Z'];
    option::of((first, vec(any::<u8>(), 0..200))).prop_map(|body| {
        let (first, rest) = body.map_or((None, Vec::new()), |(first, rest)| (Some(first), rest));
        first.into_iter().chain(rest).collect()
    })
}

fn encoded(parameters: &Parameters) -> Vec<u8> {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| {
            let encode = |text| percent_encode(text, NON_ALPHANUMERIC);
            format!("{}={}", encode(name), encode(value))
        })
        .collect();
    pairs.join("&").into_bytes()
}

/// Changes one byte, to any other.
fn change(bytes: &mut [u8], index: Index, difference: u8) {
    bytes[index.index(bytes.len())] ^= difference;
}

/// Changes one byte to another that may stand in its place.
fn change_within(bytes: &mut [u8], range: Range<usize>, index: Index, others: &[u8]) {
    let byte = &mut bytes[range.start + index.index(range.len())];
    let position = others.iter().position(|other| other == byte);
    *byte = others[position.map_or(0, |position| (position + 1) % others.len())];
}

fn any_difference() -> impl Strategy<Value = u8> {
    1_u8..
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_signed_verifies(webhook in Webhook::any()) {
        let verified = webhook.judge().judge(webhook.request(&webhook.signature()));
        let verified = verified.unwrap();
        prop_assert_eq!(verified.scheme(), webhook.scheme);
        prop_assert_eq!(verified.url(), &webhook.url);
    }

    #[test]
    fn what_is_signed_with_any_bytes_as_key_verifies(
        webhook in Webhook::any(),
        bytes in vec(any::<u8>(), 0..200),
    ) {
        let key = [&bytes[..], b"k"].concat();
        let webhook = Webhook { key, ..webhook };
        prop_assert_eq!(webhook.arrives_with(&webhook.signature()), Ok(webhook.scheme));
    }

    #[test]
    fn the_functions_verify_what_is_signed(webhook in Webhook::any()) {
        let (key, url, signature) = (webhook.key(), &webhook.url, webhook.signature());
        let by_body = validate_request_with_body(&key, &signature, url, &webhook.body());
        prop_assert!(by_body);
        let is_verified = match webhook.scheme {
            SignatureScheme::FormParameters => {
                validate_request(&key, &signature, url, webhook.parameters)
            }
            _ => by_body,
        };
        prop_assert!(is_verified);
    }

    #[test]
    fn a_changed_byte_of_the_configured_url_refuses(
        webhook in Webhook::any(),
        index in any::<Index>(),
    ) {
        let signature = webhook.signature();
        prop_assert!(webhook.passes_at(&webhook.url, &signature));
        let mut changed = webhook.url.clone().into_bytes();
        let authority_start = webhook.url.find("://").unwrap() + 3;
        let whole = authority_start..changed.len();
        change_within(&mut changed, whole, index, b"abcdefghijklmnopqrstuvwxyz");
        let changed = std::str::from_utf8(&changed).unwrap();
        // A port of letters is refused when it is configured.
        prop_assume!(PublicUrl::exact(changed).is_ok());
        prop_assert!(!webhook.passes_at(changed, &signature));
    }

    #[test]
    fn another_scheme_than_the_configured_one_refuses(webhook in Webhook::any()) {
        let other = match webhook.url.strip_prefix("https") {
            Some(rest) => format!("http{rest}"),
            None => webhook.url.replacen("http", "https", 1),
        };
        prop_assert!(!webhook.passes_at(&other, &webhook.signature()));
    }

    #[test]
    fn a_changed_byte_of_the_requested_path_or_query_refuses(
        webhook in Webhook::any(),
        index in any::<Index>(),
    ) {
        let signature = webhook.signature();
        let authority_start = webhook.url.find("://").unwrap() + 3;
        let path_start = authority_start + webhook.url[authority_start..].find('/').unwrap();
        let mut changed = webhook.url.clone().into_bytes();
        prop_assume!(path_start + 1 < changed.len());
        let target = path_start + 1..changed.len();
        let others = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
        change_within(&mut changed, target, index, others);
        let changed = Webhook { url: String::from_utf8(changed).unwrap(), ..webhook };
        changed.assert_refused(&signature);
    }

    #[test]
    fn a_changed_byte_of_the_raw_body_refuses(
        mut webhook in Webhook::of(select(&[
            SignatureScheme::RawBodySha256,
            SignatureScheme::RawBodySha1,
            SignatureScheme::BodyDigest,
        ][..])),
        index in any::<Index>(),
        difference in any_difference(),
    ) {
        prop_assume!(!webhook.raw.is_empty());
        let signature = webhook.signature();
        change(&mut webhook.raw, index, difference);
        webhook.assert_refused(&signature);
    }

    #[test]
    fn a_longer_or_shorter_raw_body_refuses(
        mut webhook in Webhook::of(select(&[
            SignatureScheme::RawBodySha256,
            SignatureScheme::RawBodySha1,
            SignatureScheme::BodyDigest,
        ][..])),
        added in any::<u8>(),
    ) {
        let signature = webhook.signature();
        webhook.raw.push(added);
        webhook.assert_refused(&signature);
        webhook.raw.pop();
        prop_assume!(webhook.raw.pop().is_some());
        webhook.assert_refused(&signature);
    }

    #[test]
    fn a_changed_byte_of_a_decoded_parameter_refuses(
        mut webhook in Webhook::of(Just(SignatureScheme::FormParameters)),
        parameter in any::<Index>(),
        is_name in any::<bool>(),
        index in any::<Index>(),
        difference in any_difference(),
    ) {
        let signature = webhook.signature();
        let parameter = parameter.index(webhook.parameters.len());
        let (name, value) = &mut webhook.parameters[parameter];
        let text = if is_name { name } else { value };
        prop_assume!(!text.is_empty());
        change(text, index, difference);
        webhook.assert_refused(&signature);
    }

    #[test]
    fn a_changed_byte_of_the_key_refuses(mut webhook in Webhook::any(), index in any::<Index>()) {
        let signature = webhook.signature();
        let whole = 0..webhook.key.len();
        let graphic: Vec<u8> = (b'!'..=b'~').collect();
        change_within(&mut webhook.key, whole, index, &graphic);
        webhook.assert_refused(&signature);
    }

    #[test]
    fn a_changed_bit_of_the_decoded_signature_refuses(
        webhook in Webhook::any(),
        index in any::<Index>(),
        difference in any_difference(),
    ) {
        let signature = webhook.signature();
        let changed = match webhook.scheme {
            SignatureScheme::FormParameters | SignatureScheme::BodyDigest => {
                let mut bytes = STANDARD.decode(&signature).unwrap();
                change(&mut bytes, index, difference);
                STANDARD.encode(bytes)
            }
            _ => {
                let mut bytes = signature.into_bytes();
                let whole = 0..bytes.len();
                change_within(&mut bytes, whole, index, b"0123456789abcdef");
                String::from_utf8(bytes).unwrap()
            }
        };
        webhook.assert_refused(&changed);
    }

    #[test]
    fn candidates_are_few_and_distinct_and_have_the_likeliest_of_each_source(
        sources in vec(source(), 1..20),
        request in request(),
    ) {
        let request = request.into_parts().0;
        let all = sources.iter().cloned().reduce(PublicUrl::or).unwrap();
        let candidates = all.candidates(&request);
        let likeliest: Vec<String> = sources
            .iter()
            .filter_map(|source| source.candidates(&request).into_iter().next())
            .collect();
        let is_tried = |url: &String| candidates.contains(url);
        prop_assert!(candidates.len() <= 16, "{:?}", candidates);
        prop_assert!(candidates.len() == 16 || likeliest.iter().all(is_tried), "{:?}", candidates);
        prop_assert!(candidates.first().is_none_or(|first| likeliest.contains(first)));
        for (index, candidate) in candidates.iter().enumerate() {
            prop_assert!(!candidates[..index].contains(candidate), "{:?}", candidates);
        }
    }

    #[test]
    fn the_likeliest_url_is_the_one_configured(url in url(), request in request()) {
        let request = request.into_parts().0;
        let candidates = PublicUrl::exact(&url).unwrap().candidates(&request);
        prop_assert_eq!(&candidates[0], &url);
    }

    #[test]
    fn the_likeliest_url_of_a_request_is_its_own_with_https(url in url()) {
        let uri: Uri = url.parse().unwrap();
        let host = uri.authority().unwrap().as_str();
        let target = uri.path_and_query().unwrap().as_str();
        let request = Request::get(target).header("host", host).body(()).unwrap();
        let candidates = PublicUrl::from_request().candidates(&request.into_parts().0);
        prop_assert_eq!(&candidates[0], &format!("https://{host}{target}"));
    }

    #[test]
    fn no_request_panics_and_none_that_is_made_up_passes(
        source in source(),
        request in request(),
        body in vec(any::<u8>(), 0..200),
    ) {
        let key = SigningKey::new("PSKtest").unwrap();
        let verdict = Judge::new(key).public_url(source).scheme(request.map(|()| body.into()));
        prop_assert!(verdict.is_err_and(|reason| reason.status().is_client_error()));
    }

    #[test]
    fn no_configuration_panics(text in any::<String>(), key in vec(any::<u8>(), 0..20)) {
        for url in [text.clone(), format!("https://{text}"), format!("https://h/{text}")] {
            for parsed in [PublicUrl::exact(&url), PublicUrl::base(&url)] {
                prop_assert!(parsed.is_ok() || !parsed.unwrap_err().to_string().is_empty());
            }
        }
        let is_blank = key.trim_ascii().iter().all(|byte| *byte == 0);
        prop_assert_eq!(SigningKey::new(&key).is_err(), is_blank);
    }

    #[test]
    fn the_functions_panic_on_nothing_and_verify_nothing_made_up(
        signature in prop_oneof![any::<String>(), well_formed_signature()],
        url in prop_oneof![any::<String>(), url()],
        parameters in parameters(),
        body in vec(any::<u8>(), 0..200),
    ) {
        let key = SigningKey::new("PSKtest").unwrap();
        prop_assert!(!validate_request(&key, &signature, &url, parameters));
        prop_assert!(!validate_request_with_body(&key, &signature, &url, &body));
    }
}

#[test]
fn a_form_of_empty_names_and_values_is_not_signed_by_the_url_alone() {
    let webhook = Webhook {
        key: b"PSKtest".to_vec(),
        url: "https://hooks.example.com/sms".to_owned(),
        scheme: SignatureScheme::FormParameters,
        parameters: vec![(Vec::new(), Vec::new())],
        raw: Vec::new(),
    };
    assert_eq!(webhook.body(), b"=");
    webhook.assert_refused(&webhook.signature());
}

#[cfg(feature = "axum")]
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_body_arrives_byte_for_byte_whatever_the_chunking(
        webhook in Webhook::of(select(&[
            SignatureScheme::RawBodySha256,
            SignatureScheme::RawBodySha1,
        ][..])),
        lengths in vec(0_usize..40, 1..20),
    ) {
        let mut rest = Bytes::from(webhook.raw.clone());
        let mut chunks = Vec::new();
        for length in lengths {
            chunks.push(Ok::<_, Infallible>(rest.split_to(length.min(rest.len()))));
        }
        chunks.push(Ok(rest));
        let body = Body::from_stream(futures_util::stream::iter(chunks));
        let request = webhook.builder(&webhook.signature()).body(body).unwrap();
        let echo = Echo::default();
        let app = echo.router().layer(SignalWireWebhookLayer::new(webhook.key()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        runtime.unwrap().block_on(send(&app, request)).assert_passed();
        prop_assert_eq!(&echo.calls()[0].body[..], &webhook.raw[..]);
    }
}

const ALL_HEADERS: [ForwardingHeader; 5] = [
    ForwardingHeader::XForwardedProto,
    ForwardingHeader::XForwardedHost,
    ForwardingHeader::XForwardedPort,
    ForwardingHeader::XForwardedPrefix,
    ForwardingHeader::Forwarded,
];

fn source() -> impl Strategy<Value = PublicUrl> {
    let origin = (
        "https?://",
        option::of("[a-z%!$]{1,4}(:[a-z:]{0,4})?@"),
        "[a-zA-Z]{1,3}",
        port(),
    )
        .prop_map(|(scheme, credentials, host, port)| {
            format!("{scheme}{}{host}{port}", credentials.unwrap_or_default())
        });
    let path = select(&["", "/", "/a", "/a/"][..]);
    (origin, path, 0..4).prop_map(|(origin, path, kind)| match kind {
        0 => PublicUrl::from_request(),
        1 => PublicUrl::from_headers(ALL_HEADERS),
        2 => PublicUrl::base(&format!("{origin}{path}")).unwrap(),
        _ => PublicUrl::exact(&format!("{origin}{path}?a=b")).unwrap(),
    })
}

/// Every header that is read, with any bytes or with some that look right.
fn request() -> impl Strategy<Value = Request<()>> {
    let uri = prop_oneof!["/[!-~]{0,20}", "/", url()]
        .prop_map(|uri| uri.parse::<Uri>().unwrap_or_default());
    let host = header("host", "[a-zA-Z0-9.:\\[\\]@/-]{0,12}");
    let headers = vec(
        prop_oneof![
            host,
            header(
                "authorization",
                "(Basic|basic|Bearer) [A-Za-z0-9+/]{0,12}={0,2}"
            ),
            header(
                "content-type",
                "(application/x-www-form-urlencoded|[a-z/;= ]{0,12})"
            ),
            header("content-length", "[0-9]{1,3}|[0-9-]{18,24}"),
            header(
                "forwarded",
                "((host|proto|for)=\"?[a-z\\[\\]:,;\\\\\" ]{0,8}\"?[;,]?){0,4}"
            ),
            header("x-forwarded-proto", "https|http|[a-z, ]{0,8}"),
            header("x-forwarded-host", "[a-z.:, \\[\\]]{0,12}"),
            header("x-forwarded-port", "[0-9, ]{0,6}"),
            header("x-forwarded-prefix", "/?[a-z/?#, ]{0,8}"),
        ],
        0..12,
    );
    let signatures = vec(
        prop_oneof![
            signature("x-signalwire-signature"),
            signature("x-signalwire-sha256-signature"),
            signature("x-twilio-signature"),
        ],
        0..4,
    );
    (uri, headers, signatures).prop_map(|(uri, headers, signatures)| {
        let mut request = Request::new(());
        *request.uri_mut() = uri;
        for (name, value) in headers.into_iter().chain(signatures) {
            request.headers_mut().append(name, value);
        }
        request
    })
}

fn signature(name: &'static str) -> impl Strategy<Value = (HeaderName, HeaderValue)> {
    let well_formed = well_formed_signature().prop_map(move |text| line(name, text.as_bytes()));
    prop_oneof![well_formed, header(name, "[A-Za-z0-9+/=]{26,30}")]
}

fn well_formed_signature() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-fA-F]{40}",
        "[0-9a-fA-F]{64}",
        "[A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]="
    ]
}

fn header(
    name: &'static str,
    likely: &'static str,
) -> impl Strategy<Value = (HeaderName, HeaderValue)> {
    let bytes = prop_oneof![vec(any::<u8>(), 0..24), likely.prop_map(String::into_bytes),];
    bytes.prop_map(move |bytes| line(name, &bytes))
}

/// Leaves out the bytes that no header can hold.
fn line(name: &'static str, bytes: &[u8]) -> (HeaderName, HeaderValue) {
    let possible: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|&byte| byte == b'\t' || byte >= b' ' && byte != 0x7f)
        .collect();
    (
        HeaderName::from_static(name),
        HeaderValue::from_bytes(&possible).unwrap(),
    )
}
