use crate::{
    body_digest::BodyDigest,
    candidate_url::{CandidateUrl, CandidateUrls},
    configured_url::ConfiguredUrl,
    form::{CanonicalForm, ParameterText},
    key::{SigningKey, SigningKeys},
    scheme::AcceptedSchemes,
    signature::{PresentedSignatures, Sha1Signature},
    verify::Verification,
};

/// Whether SignalWire signed these form parameters, decoded, for this URL: `validateRequest` of
/// SignalWire's packages, for use without a layer.
///
/// `signature` is the base64 of `X-SignalWire-Signature` and `url` the whole URL as configured;
/// like those packages it also tries the URL with its port removed or the default port added.
/// The comparison takes constant time, and a malformed signature is `false`.
///
/// No parameters stand for an empty body and nothing else: where the URL's query has a
/// `bodySHA256` too, it must be that of an empty body. For any other use
/// [`validate_request_with_body`], and never this function with the fields of a body left out. For
/// a GET, `[("", ""); 0]` is an array of no parameters.
///
/// ```
/// use signalwire_webhook::{SigningKey, validate_request};
///
/// let key = SigningKey::new("12345")?;
/// let parameters = [
///     ("CallSid", "CA1234567890ABCDE"),
///     ("Caller", "+14158675309"),
///     ("Digits", "1234"),
///     ("From", "+14158675309"),
///     ("To", "+18005551212"),
/// ];
/// let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
/// assert!(validate_request(&key, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, parameters));
/// # Ok::<_, signalwire_webhook::ConfigError>(())
/// ```
#[must_use]
pub fn validate_request<K: ParameterText, V: ParameterText>(
    key: &SigningKey,
    signature: &str,
    url: &str,
    parameters: impl IntoIterator<Item = (K, V)>,
) -> bool {
    let Some(PresentedSignatures {
        sha1: Some(Sha1Signature::Base64(signature)),
        ..
    }) = PresentedSignatures::from_text(signature)
    else {
        return false;
    };
    let form = CanonicalForm::from_decoded(parameters);
    let is_covered =
        !form.submitted().is_empty() || BodyDigest::of(url, b"") != Some(BodyDigest::Differs);
    is_covered
        && with_candidates(url, |candidates| {
            let is_signed = |url: CandidateUrl<'_>| {
                let url = url.text();
                let mut orders = form.orders();
                orders
                    .any(|order| key.signed_sha1(&[url.as_bytes(), order], &signature))
                    .then_some(())
            };
            candidates.find_map(is_signed).is_some()
        })
}

/// Whether SignalWire signed this raw body for this URL, for use without a layer.
///
/// A `signature` in hex is of the URL and the body (40 digits SHA-1, 64 SHA-256); one in base64
/// is of the URL, whose query must then name the body's digest as `bodySHA256`, unless the body
/// is empty. Otherwise as [`validate_request`].
///
/// ```
/// use signalwire_webhook::{SigningKey, validate_request_with_body};
///
/// assert!(validate_request_with_body(
///     &SigningKey::new("PSKtest1234567890abcdef")?,
///     "c3c08c1fefaf9ee198a100d5906765a6f394bf0f",
///     "https://example.ngrok.io/webhook",
///     br#"{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}"#,
/// ));
/// # Ok::<_, signalwire_webhook::ConfigError>(())
/// ```
#[must_use]
pub fn validate_request_with_body(
    key: &SigningKey,
    signature: &str,
    url: &str,
    body: &[u8],
) -> bool {
    let Some(signatures) = PresentedSignatures::from_text(signature) else {
        return false;
    };
    with_candidates(url, |candidates| {
        Verification {
            keys: &SigningKeys::from(key.clone()),
            urls: candidates,
            body,
            is_form: false,
            accepted: AcceptedSchemes::ALL,
        }
        .verify(&signatures)
        .is_ok()
    })
}

/// A URL that could not be configured may have been signed all the same, as it is.
fn with_candidates(url: &str, is_signed: impl FnOnce(&CandidateUrls<'_>) -> bool) -> bool {
    match ConfiguredUrl::parse(url) {
        Ok(configured) => is_signed(&CandidateUrls::One(configured.exact(None))),
        Err(_) => is_signed(&CandidateUrls::Verbatim(url)),
    }
}
