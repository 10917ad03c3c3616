//! The body beside its type, as HAR and Insomnia have it: a text, base64, or parameters.

use percent_encoding::percent_decode_str;

use super::{request::Captured, tolerant::from_base64};
use crate::{content::encoded, failure::Failure, json::Json};

#[derive(Default)]
pub(super) struct PostData {
    pub(super) bytes: Vec<u8>,
    /// The body, if the tool wrote its parameters as they were encoded.
    written_encoded: Option<Vec<u8>>,
}

impl PostData {
    pub(super) fn of(post_data: Json<'_>) -> Result<Self, Failure> {
        let text = post_data.text_of("text").unwrap_or_default();
        if text.is_empty() {
            return Ok(Self::of_parameters(post_data));
        }
        let bytes = if post_data.text_of("encoding").as_deref() == Some("base64") {
            from_base64(&text)?
        } else {
            text.into_owned().into_bytes()
        };
        Ok(Self {
            bytes,
            written_encoded: None,
        })
    }

    /// Tools have decoded parameters, and some write them as they were sent. Neither has the
    /// order of encoding, which the signature of a form does not need.
    fn of_parameters(post_data: Json<'_>) -> Self {
        let elements = post_data
            .get("params")
            .map(Json::elements)
            .unwrap_or_default();
        let parameters: Vec<(String, String)> = elements
            .into_iter()
            .filter_map(|parameter| {
                let name = parameter.text_of("name")?.into_owned();
                let value = parameter.text_of("value").unwrap_or_default();
                Some((name, value.into_owned()))
            })
            .collect();
        let written: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let written = written.join("&");
        let is_encoded = written.bytes().all(|byte| byte.is_ascii_graphic());
        let decodes = percent_decode_str(&written).decode_utf8().is_ok();
        Self {
            bytes: encoded(&parameters).into_bytes(),
            written_encoded: (is_encoded && decodes).then(|| written.into_bytes()),
        }
    }

    /// Adds the other reading of the parameters to a request that has this body.
    pub(super) fn or_encoded(self, captured: Captured) -> Captured {
        match self.written_encoded {
            Some(bytes) => captured.or_body(
                bytes,
                "the parameters of the capture are taken for encoded ones",
            ),
            None => captured,
        }
    }
}
