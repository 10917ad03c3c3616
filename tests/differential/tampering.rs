//! What happens to a request between its signing and its arrival.

use std::mem;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use signalwire_webhook::SigningKey;

use crate::{
    payload::Payload,
    random::{Random, chance, choose},
    signing::{SIGNALWIRE, SIGNALWIRE_SHA256, TWILIO, recoded_as_base64, recoded_as_hex},
    webhook::Webhook,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tampering {
    None,
    Path,
    QueryAppended,
    Host,
    BodyByte,
    BodyAppended,
    BodyEmptied,
    BodyFilled,
    ParameterRemoved,
    BoundaryMoved,
    QueryIntoBody,
    Key,
    SignatureByte,
    SignatureTruncated,
    SignatureUpperCase,
    SignatureRecoded,
    SignatureUrlSafe,
    SignatureNotCanonical,
    SignatureInSha256Header,
    SignatureInTwilioHeader,
    TwilioHeaderBeside,
    EmptyHeaderBesideTwilio,
    SecondSignature,
    FirstSignature,
    WrongSha256Beside,
    ContentTypeChanged,
    ContentTypeRemoved,
    ContentTypeForm,
    CharsetLatin,
}

const ALL: [Tampering; 28] = [
    Tampering::Path,
    Tampering::QueryAppended,
    Tampering::Host,
    Tampering::BodyByte,
    Tampering::BodyAppended,
    Tampering::BodyEmptied,
    Tampering::BodyFilled,
    Tampering::ParameterRemoved,
    Tampering::BoundaryMoved,
    Tampering::QueryIntoBody,
    Tampering::Key,
    Tampering::SignatureByte,
    Tampering::SignatureTruncated,
    Tampering::SignatureUpperCase,
    Tampering::SignatureRecoded,
    Tampering::SignatureUrlSafe,
    Tampering::SignatureNotCanonical,
    Tampering::SignatureInSha256Header,
    Tampering::SignatureInTwilioHeader,
    Tampering::TwilioHeaderBeside,
    Tampering::EmptyHeaderBesideTwilio,
    Tampering::SecondSignature,
    Tampering::FirstSignature,
    Tampering::WrongSha256Beside,
    Tampering::ContentTypeChanged,
    Tampering::ContentTypeRemoved,
    Tampering::ContentTypeForm,
    Tampering::CharsetLatin,
];

impl Tampering {
    pub fn random(random: &mut Random) -> Self {
        if chance(random, 45) {
            Self::None
        } else {
            choose(random, &ALL)
        }
    }

    pub fn apply(self, random: &mut Random, webhook: &mut Webhook) {
        match self {
            Self::None => {}
            Self::Path
            | Self::QueryAppended
            | Self::Host
            | Self::BoundaryMoved
            | Self::QueryIntoBody => self.change_url(webhook),
            Self::BodyByte
            | Self::BodyAppended
            | Self::BodyEmptied
            | Self::BodyFilled
            | Self::ParameterRemoved => self.change_body(random, &mut webhook.body),
            Self::Key => webhook.key.push('x'),
            Self::ContentTypeChanged
            | Self::ContentTypeRemoved
            | Self::ContentTypeForm
            | Self::CharsetLatin => webhook.content_type = self.content_type(random),
            Self::SignatureInSha256Header
            | Self::SignatureInTwilioHeader
            | Self::TwilioHeaderBeside
            | Self::EmptyHeaderBesideTwilio
            | Self::SecondSignature
            | Self::FirstSignature
            | Self::WrongSha256Beside => self.change_headers(webhook),
            Self::SignatureByte
            | Self::SignatureTruncated
            | Self::SignatureUpperCase
            | Self::SignatureRecoded
            | Self::SignatureUrlSafe
            | Self::SignatureNotCanonical => {
                for (_, signature) in &mut webhook.signatures {
                    self.change_signature(random, signature);
                }
            }
        }
    }

    fn change_url(self, webhook: &mut Webhook) {
        match self {
            Self::Path => webhook.url.path.push_str("/x"),
            Self::QueryAppended => webhook.url.add_to_query("tampered=1"),
            Self::Host => "other.example.com".clone_into(&mut webhook.url.host),
            // The message is the same, cut elsewhere.
            Self::QueryIntoBody => {
                let query = mem::take(&mut webhook.url.query);
                let mut moved = if webhook.has_form_type() {
                    let name = utf8_percent_encode(&query, NON_ALPHANUMERIC);
                    format!("{name}=&").into_bytes()
                } else {
                    query.into_bytes()
                };
                moved.append(&mut webhook.body);
                webhook.body = moved;
            }
            _ => {
                if let Some(last) = webhook.url.query.pop() {
                    let mut moved = last.to_string().into_bytes();
                    moved.append(&mut webhook.body);
                    webhook.body = moved;
                }
            }
        }
    }

    fn change_body(self, random: &mut Random, body: &mut Vec<u8>) {
        match self {
            Self::BodyByte if !body.is_empty() => {
                let position = random.usize(..body.len());
                body[position] = random.u8(b' '..=b'~');
            }
            Self::BodyByte | Self::BodyEmptied => body.clear(),
            Self::BodyFilled if body.is_empty() => body.extend(b"From=%2B1evil"),
            Self::ParameterRemoved => {
                let start = body.iter().rposition(|&byte| byte == b'&');
                body.truncate(start.unwrap_or(0));
            }
            _ => body.extend(b"&Tampered=1"),
        }
    }

    fn content_type(self, random: &mut Random) -> Option<&'static str> {
        match self {
            Self::ContentTypeRemoved => None,
            Self::ContentTypeForm => Some("application/x-www-form-urlencoded"),
            Self::CharsetLatin => Some(Payload::LATIN),
            _ => Some(Payload::other_type(random)),
        }
    }

    fn change_headers(self, webhook: &mut Webhook) {
        let other = || {
            let key = SigningKey::new("PSKother").expect("the key is not empty");
            key.sign_form("https://other.example.com", [("a", "1")])
        };
        let signatures = &mut webhook.signatures;
        let rename = |signatures: &mut Vec<(&'static str, String)>, to| {
            for (name, _) in signatures {
                if *name == SIGNALWIRE {
                    *name = to;
                }
            }
        };
        match self {
            Self::SignatureInSha256Header => rename(signatures, SIGNALWIRE_SHA256),
            Self::SignatureInTwilioHeader => rename(signatures, TWILIO),
            Self::TwilioHeaderBeside => signatures.push((TWILIO, other())),
            Self::EmptyHeaderBesideTwilio => {
                rename(signatures, TWILIO);
                signatures.push((SIGNALWIRE, String::new()));
            }
            Self::SecondSignature => signatures.push((SIGNALWIRE, other())),
            Self::FirstSignature => signatures.insert(0, (SIGNALWIRE, other())),
            _ => {
                signatures.retain(|(name, _)| *name != SIGNALWIRE_SHA256);
                signatures.push((SIGNALWIRE_SHA256, "0f".repeat(32)));
            }
        }
    }

    fn change_signature(self, random: &mut Random, signature: &mut String) {
        match self {
            Self::SignatureByte => {
                let position = random.usize(..signature.len());
                let digit = choose(random, &["0", "a", "F", "+", "="]);
                signature.replace_range(position..=position, digit);
            }
            Self::SignatureTruncated => {
                signature.pop();
            }
            Self::SignatureUpperCase => signature.make_ascii_uppercase(),
            Self::SignatureUrlSafe => *signature = signature.replace('+', "-").replace('/', "_"),
            Self::SignatureNotCanonical => {
                let end = signature.len() - 2;
                let digit = signature.as_bytes()[end];
                if signature.ends_with('=') && digit.is_ascii_alphabetic() {
                    signature.replace_range(end..=end, &char::from(digit + 1).to_string());
                }
            }
            _ => {
                *signature = match recoded_as_hex(signature).filter(|_| signature.len() == 28) {
                    Some(hex) => hex,
                    None => recoded_as_base64(signature),
                }
            }
        }
    }
}
