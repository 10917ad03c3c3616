//! `send --again`: a request that was saved, as it was, or changed and signed anew.

use std::path::{Path, PathBuf};

use http::{
    HeaderMap, HeaderValue, Method as HttpMethod, Uri, header::CONTENT_TYPE, request::Parts,
};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use signalwire_webhook::PublicUrl;

use crate::{
    arguments::{Method, SendArguments},
    capture::{Files, read_capture},
    content::{Content, Payload, Signatures, encoded, pairs},
    event::{set_fields, set_parameters},
    failure::Failure,
    keys::signing_key,
    limited::{CAPTURE_LIMIT, read_file, read_stdin},
    listen::find_saved,
    outgoing::{Outgoing, public_url_of},
    terminal::{Text, complain},
};

/// What a client computes anew, or what concerns one connection alone.
const LEFT_OUT: [&str; 6] = [
    "accept-encoding",
    "connection",
    "content-length",
    "keep-alive",
    "te",
    "transfer-encoding",
];

const SIGNATURE: &str = "x-signalwire-signature";
const SHA256_SIGNATURE: &str = "x-signalwire-sha256-signature";
const OLDER_SIGNATURE: &str = "x-twilio-signature";
const DIGEST: &str = "bodySHA256=";

/// The request that `--again` names, ready to be sent.
pub(super) fn request(arguments: &SendArguments, again: &str) -> Result<Outgoing, Failure> {
    let mut saved = Saved::read(&content_of(arguments, again)?)?;
    let settings = pairs("--set", &arguments.content.set)?;
    if !settings.is_empty() {
        for warning in saved.set(&settings)? {
            complain(&Text::of(format!("warning: {warning}")));
        }
        if !arguments.sign && saved.is_signed() {
            complain(&Text::of(
                "warning: the signature is that of the request as it was, and does not match what --set \
                 changes: add --sign",
            ));
        }
    }
    let mut request = saved.outgoing(arguments)?;
    if arguments.sign {
        request.sign(&signing_key(&arguments.key)?, &saved.content());
    }
    Ok(request)
}

/// A file, or a number of one that `listen --save` wrote.
fn content_of(arguments: &SendArguments, again: &str) -> Result<Vec<u8>, Failure> {
    if again == "-" {
        return read_stdin(CAPTURE_LIMIT);
    }
    let path = PathBuf::from(again);
    let number = again.parse::<u64>().ok().filter(|_| !path.exists());
    let Some(number) = number else {
        return read_file(&path, CAPTURE_LIMIT);
    };
    let folder = arguments.saved.as_deref().unwrap_or(Path::new("."));
    let found = find_saved(folder, number).ok_or_else(|| {
        Failure::usage(format!(
            "there is no request {number} in {}: name the folder of `listen --save` with --saved, or a \
             file",
            folder.display()
        ))
    })?;
    read_file(&found, CAPTURE_LIMIT)
}

struct Saved {
    parts: Parts,
    method: Method,
    body: Vec<u8>,
}

impl Saved {
    fn read(capture: &[u8]) -> Result<Self, Failure> {
        let mut requests = read_capture(capture, Files::Refused)?;
        let number = requests.len();
        let Some(request) = requests.pop().filter(|_| number == 1) else {
            return Err(Failure::usage(format!(
                "the capture has {number} requests with a signature, and --again sends one: save that one alone"
            )));
        };
        let method = match request.parts.method {
            HttpMethod::GET => Method::Get,
            HttpMethod::POST => Method::Post,
            ref other => {
                return Err(Failure::usage(format!(
                    "the method of the request is {other}, and SignalWire sends GET and POST alone"
                )));
            }
        };
        for note in &request.notes {
            complain(&Text::of(format!("warning: {note}")));
        }
        let body = request.bodies.into_iter().next();
        Ok(Self {
            parts: request.parts,
            method,
            body: body.map(|body| body.bytes).unwrap_or_default(),
        })
    }

    fn is_signed(&self) -> bool {
        let headers = &self.parts.headers;
        [SIGNATURE, SHA256_SIGNATURE, OLDER_SIGNATURE]
            .into_iter()
            .any(|name| headers.contains_key(name))
    }

    fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    fn is_json(&self) -> bool {
        header(&self.parts.headers, CONTENT_TYPE.as_str()).contains("json")
    }

    /// Changes fields. Answers what to warn of.
    fn set(&mut self, settings: &[(String, String)]) -> Result<Vec<String>, Failure> {
        if self.is_json() {
            let mut value: Value = serde_json::from_slice(&self.body).map_err(|error| {
                Failure::usage(format!(
                    "--set cannot change the body: it is not JSON ({error})"
                ))
            })?;
            let warnings = set_fields(&mut value, settings)?;
            self.body = value.to_string().into_bytes();
            if self.query().contains(DIGEST) {
                self.renew_digest()?;
            }
            return Ok(warnings);
        }
        let mut parameters = self.parameters();
        let warnings = set_parameters(&mut parameters, settings);
        match self.method {
            Method::Get => self.set_query(&encoded(&parameters))?,
            Method::Post => self.body = encoded(&parameters).into_bytes(),
        }
        Ok(warnings)
    }

    fn renew_digest(&mut self) -> Result<(), Failure> {
        let digest = format!("{DIGEST}{}", hex::encode(Sha256::digest(&self.body)));
        let renewed: Vec<&str> = self
            .query()
            .split('&')
            .map(|pair| {
                if pair.starts_with(DIGEST) {
                    digest.as_str()
                } else {
                    pair
                }
            })
            .collect();
        let renewed = renewed.join("&");
        self.set_query(&renewed)
    }

    fn set_query(&mut self, query: &str) -> Result<(), Failure> {
        let uri: Result<Uri, _> = format!("{}?{query}", self.parts.uri.path()).parse();
        self.parts.uri = uri.map_err(|error| {
            Failure::usage(format!(
                "the url cannot be called with what --set changes: {error}"
            ))
        })?;
        Ok(())
    }

    /// Those of the body, or of a GET those of the query; decoded.
    fn parameters(&self) -> Vec<(String, String)> {
        let body = String::from_utf8_lossy(&self.body);
        let text = match self.method {
            Method::Get => self.query(),
            Method::Post => &body,
        };
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        };
        text.split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect()
    }

    /// What is signed, in the kind of the signatures that the request has; where it has none, in the
    /// kind of its content.
    fn content(&self) -> Content {
        let headers = &self.parts.headers;
        let is_hex = header(headers, SIGNATURE).len() == 40;
        let signatures = if headers.contains_key(SHA256_SIGNATURE) {
            Signatures::Sha1AndSha256
        } else if is_hex {
            Signatures::Sha1
        } else if self.query().contains(DIGEST) {
            Signatures::BodyDigest
        } else if self.is_signed() || !self.is_json() {
            Signatures::Form
        } else {
            Signatures::Sha1AndSha256
        };
        Content {
            payload: Payload::Form(self.parameters()),
            signatures,
            signs_credentials: true,
        }
    }

    fn outgoing(&self, arguments: &SendArguments) -> Result<Outgoing, Failure> {
        let target = self.target(&arguments.url)?;
        let signed_url = match &arguments.public_url {
            Some(public_url) => public_url_of(public_url, &target)?,
            None => self.signed_url()?.unwrap_or_else(|| target.clone()),
        };
        let headers = self.parts.headers.iter();
        let is_left_out = |name: &str| {
            LEFT_OUT.contains(&name)
                || (arguments.sign
                    && [SIGNATURE, SHA256_SIGNATURE, OLDER_SIGNATURE].contains(&name))
        };
        let headers =
            headers
                .filter(|(name, _)| !is_left_out(name.as_str()))
                .map(|(name, value)| {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    (name.as_str().to_owned(), value.into_owned())
                });
        Ok(Outgoing {
            method: self.method,
            target,
            signed_url,
            headers: headers.collect(),
            body: self.body.clone(),
        })
    }

    /// Where it goes: with the path and query of the request, unless the URL has a path of its own.
    fn target(&self, url: &str) -> Result<String, Failure> {
        let wrong = |error: &dyn std::fmt::Display| {
            Failure::usage(format!("the url {url:?} cannot be called: {error}"))
        };
        let uri: Uri = url.parse().map_err(|error| wrong(&error))?;
        if uri.scheme().is_none() {
            return Err(wrong(&"it has no scheme, as http:// is one"));
        }
        let url = url.trim_end_matches('/');
        let sent = &self.parts.uri;
        let sent = sent.path_and_query().map_or("/", |path| path.as_str());
        Ok(match (uri.path(), uri.query(), self.query()) {
            ("" | "/", None, _) => format!("{url}{sent}"),
            (_, Some(_), _) | (_, None, "") => url.to_owned(),
            (_, None, query) => format!("{url}?{query}"),
        })
    }

    /// The URL that a server with the environment's configuration tries first.
    fn signed_url(&self) -> Result<Option<String>, Failure> {
        let configured = PublicUrl::from_env().map_err(Failure::usage)?;
        let public_url = configured.unwrap_or_else(PublicUrl::from_request);
        Ok(public_url.candidates(&self.parts).into_iter().next())
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).map(HeaderValue::to_str);
    value.and_then(Result::ok).unwrap_or_default()
}
