//! A request as SignalWire makes it: where it goes, what is signed, its headers and its body.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Uri;
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};
use signalwire_webhook::{PublicUrl, SigningKey};

use crate::{
    arguments::Method,
    content::{Content, Payload, Signatures, encoded},
    failure::Failure,
};

#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    /// Without credentials and fragment.
    pub(crate) target: String,
    /// The URL that is signed.
    pub(crate) signed_url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Outgoing {
    /// A request to `url`, not signed yet. What is signed is `public_url`, unless that is `None`.
    pub(crate) fn new(
        url: &str,
        public_url: Option<&str>,
        method: Method,
        content: &Content,
    ) -> Result<Self, Failure> {
        let url = checked(url)?;
        let configured = match public_url {
            Some(public_url) => public_url_of(public_url, url)?,
            None => url.to_owned(),
        };
        let (mut target, credentials_of_target) = split_credentials(url);
        let (without_credentials, credentials) = split_credentials(&configured);
        let mut signed_url = if content.signs_credentials {
            configured.clone()
        } else {
            without_credentials
        };
        if let Some(addition) = query_addition(method, content)? {
            add_to_query(&mut target, &addition);
            add_to_query(&mut signed_url, &addition);
        }
        let mut request = Self {
            method,
            target,
            signed_url,
            headers: Vec::new(),
            body: Vec::new(),
        };
        if method == Method::Post {
            request.add_header("Content-Type", content.content_type());
            request.body = content.body();
        }
        if let Some(credentials) = credentials.or(credentials_of_target) {
            let credentials: Vec<u8> = percent_decode_str(&credentials).collect();
            let value = format!("Basic {}", STANDARD.encode(credentials));
            request.add_header("Authorization", value);
        }
        Ok(request)
    }

    pub(crate) fn add_header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Adds the headers that sign the request.
    pub(crate) fn sign(&mut self, key: &SigningKey, content: &Content) {
        let url = &self.signed_url;
        let (sha1, sha256) = match content.signatures {
            Signatures::Form => (key.sign_form(url, self.parameters_in_body(content)), None),
            Signatures::BodyDigest => (key.sign_form(url, [("", ""); 0]), None),
            Signatures::Sha1 => (key.sign_body_sha1(url, &self.body), None),
            Signatures::Sha1AndSha256 => (
                key.sign_body_sha1(url, &self.body),
                Some(key.sign_body_sha256(url, &self.body)),
            ),
        };
        self.add_header("X-SignalWire-Signature", sha1);
        if let Some(sha256) = sha256 {
            self.add_header("X-SignalWire-SHA256-Signature", sha256);
        }
    }

    /// Those of a GET are signed with its URL.
    fn parameters_in_body<'a>(&self, content: &'a Content) -> Vec<(&'a str, &'a str)> {
        match (&content.payload, self.method) {
            (Payload::Form(parameters), Method::Post) => parameters
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Changes what was signed: a field more, which no parser takes for a change of layout.
    pub(crate) fn forge(&mut self, content: &Content) {
        match &content.payload {
            Payload::Form(_) if self.method == Method::Get => {
                add_to_query(&mut self.target, "Forged=1");
            }
            Payload::Form(_) => self.body.extend_from_slice(b"&Forged=1"),
            Payload::Body { .. } if self.body.starts_with(b"{\"") => {
                self.body.splice(1..1, *b"\"forged\":true,");
            }
            Payload::Body { .. } => self.body.extend_from_slice(b"forged"),
        }
    }
}

/// The host of a URL, with its port.
pub(crate) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// The URL that is configured at SignalWire; without a path it gets that of the target.
pub(crate) fn public_url_of(public_url: &str, target: &str) -> Result<String, Failure> {
    with_path_of(checked(public_url)?, target)
}

/// The URL without the options that SignalWire reads from its fragment and does not send.
fn checked(url: &str) -> Result<&str, Failure> {
    let url = url.split('#').next().unwrap_or_default().trim();
    PublicUrl::exact(url).map_err(Failure::usage)?;
    Ok(url)
}

/// A public URL without a path gets that of the request.
fn with_path_of(public_url: &str, target: &str) -> Result<String, Failure> {
    let path = public_url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or("", |(_, path)| path);
    if !path.is_empty() || public_url.contains('?') {
        return Ok(public_url.to_owned());
    }
    let (target, _) = split_credentials(target);
    let uri: Uri = target
        .parse()
        .map_err(|error| Failure::usage(format!("the url {target:?} cannot be called: {error}")))?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    Ok(format!("{}{path}", public_url.trim_end_matches('/')))
}

/// The parameters of a GET, or the digest of a body that nothing else signs.
fn query_addition(method: Method, content: &Content) -> Result<Option<String>, Failure> {
    match (method, &content.payload, content.signatures) {
        (Method::Get, Payload::Form(parameters), _) => Ok(Some(encoded(parameters))),
        (Method::Get, Payload::Body { .. }, _) => Err(Failure::usage(
            "--method GET is for the forms of cXML, whose parameters the query can hold; SignalWire \
             sends JSON by POST",
        )),
        (Method::Post, Payload::Body { bytes, .. }, Signatures::BodyDigest) => Ok(Some(format!(
            "bodySHA256={}",
            hex::encode(Sha256::digest(bytes))
        ))),
        (Method::Post, ..) => Ok(None),
    }
}

fn add_to_query(url: &mut String, addition: &str) {
    url.push(if url.contains('?') { '&' } else { '?' });
    url.push_str(addition);
}

fn split_credentials(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rsplit_once('@') {
        Some((credentials, host)) => (
            format!("{scheme}://{host}{}", &rest[end..]),
            Some(credentials.to_owned()),
        ),
        None => (url.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(body: &str, signatures: Signatures) -> Content {
        Content {
            payload: Payload::Body {
                content_type: "application/json".to_owned(),
                bytes: body.into(),
            },
            signatures,
            signs_credentials: false,
        }
    }

    fn form() -> Content {
        Content {
            payload: Payload::Form(vec![("a".to_owned(), "b".to_owned())]),
            signatures: Signatures::Form,
            signs_credentials: true,
        }
    }

    #[test]
    fn a_forged_request_is_another_one_of_the_same_kind() {
        for (body, expected) in [
            (r#"{"a":1}"#, r#"{"forged":true,"a":1}"#),
            ("{}", "{}forged"),
            ("", "forged"),
        ] {
            let content = json(body, Signatures::Sha1);
            let mut request =
                Outgoing::new("http://h.example/", None, Method::Post, &content).unwrap();
            request.forge(&content);
            assert_eq!(String::from_utf8(request.body).unwrap(), expected);
        }
        let mut request = Outgoing::new("http://h.example/", None, Method::Post, &form()).unwrap();
        request.forge(&form());
        assert_eq!(request.body, b"a=b&Forged=1");
        let mut request = Outgoing::new("http://h.example/", None, Method::Get, &form()).unwrap();
        request.forge(&form());
        assert_eq!(request.target, "http://h.example/?a=b&Forged=1");
        assert_eq!(request.signed_url, "http://h.example/?a=b");
    }

    #[test]
    fn the_query_holds_the_parameters_of_a_get_and_the_digest_of_a_body() {
        let url = "https://u:p@h.example/x?c=d#rt=1000";
        let get = Outgoing::new(url, None, Method::Get, &form()).unwrap();
        assert_eq!(get.target, "https://h.example/x?c=d&a=b");
        assert_eq!(get.signed_url, "https://u:p@h.example/x?c=d&a=b");
        assert!(get.body.is_empty());
        let content = json(r#"{"event":"call.state"}"#, Signatures::BodyDigest);
        let url = "https://u:p@example.ngrok.io/webhook";
        let digest = Outgoing::new(url, None, Method::Post, &content).unwrap();
        assert_eq!(
            digest.signed_url,
            "https://example.ngrok.io/webhook?bodySHA256=\
             69f3cbfc18e386ef8236cb7008cd5a54b7fed637a8cb3373b5a1591d7f0fd5f4"
        );
        assert!(Outgoing::new(url, None, Method::Get, &content).is_err());
    }
}
