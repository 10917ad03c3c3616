use std::fs;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{arguments::ContentArguments, failure::Failure};

/// The `unreserved` of RFC 3986.
pub(crate) const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What a request carries.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Decoded parameters.
    Form(Vec<(String, String)>),
    Raw {
        content_type: String,
        body: Vec<u8>,
    },
}

impl Content {
    pub(crate) fn from_arguments(arguments: &ContentArguments) -> Result<Self, Failure> {
        if let Some(event) = arguments.event {
            return event.content(&pairs("--set", &arguments.set)?);
        }
        if let Some(data) = &arguments.data {
            return Ok(Self::Raw {
                content_type: arguments.content_type.clone(),
                body: read(data)?,
            });
        }
        if arguments.form.is_empty() {
            return Err(Failure::usage(
                "nothing to sign: choose an event with --event, or give a body with --data or --form",
            ));
        }
        pairs("--form", &arguments.form).map(Self::Form)
    }

    pub(crate) fn content_type(&self) -> &str {
        match self {
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Raw { content_type, .. } => content_type,
        }
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        match self {
            Self::Form(parameters) => encoded(parameters).into_bytes(),
            Self::Raw { body, .. } => body.clone(),
        }
    }
}

fn encoded(parameters: &[(String, String)]) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| {
            let name = utf8_percent_encode(name, ENCODED);
            format!("{name}={}", utf8_percent_encode(value, ENCODED))
        })
        .collect();
    pairs.join("&")
}

fn read(data: &str) -> Result<Vec<u8>, Failure> {
    match data.strip_prefix('@') {
        Some(file) => {
            fs::read(file).map_err(|error| Failure::usage(format!("cannot read {file}: {error}")))
        }
        None => Ok(data.as_bytes().to_vec()),
    }
}

fn pairs(option: &str, arguments: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let pair = |argument: &String| match argument.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Failure::usage(format!(
            "{option} {argument:?} is not NAME=VALUE"
        ))),
    };
    arguments.iter().map(pair).collect()
}
