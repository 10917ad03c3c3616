use crate::{
    form::{CanonicalForm, ParameterText},
    key::{SigningKey, SigningKeys},
    url::{CandidateUrls, ConfiguredUrl},
    verify::{AcceptedSchemes, Attempt, Content, PresentedSignatures},
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
    let form = CanonicalForm::from_decoded(parameters);
    let content = Content::Parameters(&form);
    is_signed(key, signature, url, &content, &AcceptedSchemes::BASE64)
}

/// Whether SignalWire signed this raw body for this URL, for use without a layer.
///
/// A `signature` in hex is of the URL and the body (40 digits SHA-1, 64 SHA-256). One in base64 is
/// of the URL and the body read as a form, or of the URL alone, whose query must then name the
/// body's digest as `bodySHA256`, unless the body is empty. Otherwise as [`validate_request`].
///
/// Where the request's headers are at hand, [`Verifier`](crate::Verifier) reads the signature and
/// the content type from them.
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
    let content = Content::RawForm(body);
    is_signed(key, signature, url, &content, &AcceptedSchemes::ALL)
}

fn is_signed(
    key: &SigningKey,
    signature: &str,
    url: &str,
    content: &Content<'_>,
    accepted: &AcceptedSchemes,
) -> bool {
    let Some(presented) = PresentedSignatures::from_text(signature, accepted) else {
        return false;
    };
    let configured = ConfiguredUrl::parse(url);
    let urls = match &configured {
        Ok(url) => CandidateUrls::One(url.exact(None)),
        // What could not be configured may have been signed all the same, as it is.
        Err(_) => CandidateUrls::Verbatim(url),
    };
    let attempt = Attempt {
        keys: &SigningKeys::from(key.clone()),
        urls: &urls,
        content,
        accepted,
        first_name: None,
    };
    attempt.verify(&presented).is_ok()
}
