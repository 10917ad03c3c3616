//! What a request carries, and in which scheme SignalWire signs it.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    arguments::ContentArguments,
    failure::Failure,
    limited::{BODY_LIMIT, read_file, read_stdin},
    terminal::{Text, complain},
};

/// What SignalWire leaves as it is in a form; a space becomes a plus sign.
const LEFT_AS_IT_IS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b' ')
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) payload: Payload,
    pub(crate) signatures: Signatures,
    /// Whether the signed URL has the credentials of the configured one.
    pub(crate) signs_credentials: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Payload {
    /// Decoded parameters.
    Form(Vec<(String, String)>),
    Body {
        content_type: String,
        bytes: Vec<u8>,
    },
}

/// The schemes of SignalWire's kinds of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signatures {
    /// cXML.
    Form,
    /// cXML with a body that is not a form.
    BodyDigest,
    /// SWML of messages, and status callbacks.
    Sha1,
    /// SWML of calls.
    Sha1AndSha256,
}

impl Content {
    /// The content that the arguments ask for. Warns of what is probably a mistake.
    pub(crate) fn from_arguments(arguments: &ContentArguments) -> Result<Self, Failure> {
        if let Some(event) = arguments.event {
            let (content, warnings) = event.content(&pairs("--set", &arguments.set)?)?;
            for warning in warnings {
                complain(&Text::of(format!("warning: {warning}")));
            }
            return Ok(content);
        }
        if let Some(setting) = arguments.set.first() {
            return Err(Failure::usage(format!(
                "--set {setting} changes a field of an event, and there is none: choose one with --event"
            )));
        }
        let (payload, signatures) = if let Some(data) = &arguments.data {
            let body = Payload::Body {
                content_type: arguments.content_type.clone(),
                bytes: read(data)?,
            };
            let signatures = if arguments.body_digest {
                Signatures::BodyDigest
            } else {
                Signatures::Sha1AndSha256
            };
            (body, signatures)
        } else if arguments.form.is_empty() {
            return Err(Failure::usage(
                "there is nothing to sign: choose an event with --event, or give a body with --data or \
                 --form",
            ));
        } else {
            let parameters = pairs("--form", &arguments.form)?;
            (Payload::Form(parameters), Signatures::Form)
        };
        Ok(Self {
            payload,
            signatures,
            signs_credentials: true,
        })
    }

    pub(crate) fn content_type(&self) -> &str {
        match &self.payload {
            Payload::Form(_) => "application/x-www-form-urlencoded",
            Payload::Body { content_type, .. } => content_type,
        }
    }

    /// The user agent with which SignalWire sends it.
    pub(crate) fn user_agent(&self) -> &'static str {
        match self.signatures {
            Signatures::Form | Signatures::BodyDigest => "SignalwireCallback/1.0",
            Signatures::Sha1 | Signatures::Sha1AndSha256 => "SignalWire-CallFabric/1.0",
        }
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        match &self.payload {
            Payload::Form(parameters) => encoded(parameters).into_bytes(),
            Payload::Body { bytes, .. } => bytes.clone(),
        }
    }
}

/// A form as SignalWire encodes it.
pub(crate) fn encoded(parameters: &[(String, String)]) -> String {
    let encode = |text| {
        utf8_percent_encode(text, LEFT_AS_IT_IS)
            .to_string()
            .replace(' ', "+")
    };
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

fn read(data: &str) -> Result<Vec<u8>, Failure> {
    match data.strip_prefix('@') {
        Some("-") => read_stdin(BODY_LIMIT),
        Some(file) => read_file(Path::new(file), BODY_LIMIT),
        None => Ok(data.as_bytes().to_vec()),
    }
}

/// Options of the kind NAME=VALUE.
pub(crate) fn pairs(option: &str, arguments: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let pair = |argument: &String| match argument.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Failure::usage(format!(
            "{option} {argument:?} is not NAME=VALUE"
        ))),
    };
    arguments.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded_as_signalwire_encodes_it() {
        let parameters = [("Body", "Hi Zoë, 100% *-._~ +1"), ("Empty", "")];
        let owned = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            encoded(&owned),
            "Body=Hi+Zo%C3%AB%2C+100%25+*-._%7E+%2B1&Empty="
        );
    }
}
