//! What turns a key as it is configured into the one that signs.

use std::fmt;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use percent_encoding::percent_decode;

use crate::explain::{cause::Cause, charset::utf_16_to_utf_8};

/// What turns a key as it is configured into the one that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyCorrection {
    /// Remove the quotes around it.
    RemoveQuotes,
    /// Remove white space, escaped line breaks (`\n` as two characters) and invisible characters.
    RemoveWhiteSpace,
    /// Remove its variable's name and the equals sign after it, with `export` and a semicolon.
    RemoveVariableName,
    /// Take the entry of this index, from 0, of a list with commas, semicolons or white space.
    TakeEntry(usize),
    /// Decode its percent-encoding.
    DecodePercent,
    /// Decode it from hex.
    DecodeHex,
    /// Decode it from base64.
    DecodeBase64,
    /// Take the value of this index, from 0, of a JSON text.
    TakeJsonValue(usize),
    /// Decode what is escaped as in HTML: `&quot;`, `&#39;`, `&amp;`.
    DecodeHtml,
    /// Decode it from UTF-16.
    DecodeUtf16,
    /// Keep one half: it was pasted twice.
    RemoveRepetition,
    /// Keep only the part that begins with `PSK`.
    KeepKey,
}

impl fmt::Display for KeyCorrection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self {
            Self::RemoveQuotes => "remove the quotes around it",
            Self::RemoveWhiteSpace => {
                "remove the white space, escaped line breaks and invisible characters in it"
            }
            Self::RemoveVariableName => "remove the variable's name and the equals sign",
            Self::TakeEntry(index) => {
                return write!(
                    formatter,
                    "give each key to `SigningKey::new` by itself, and all to `SigningKeys::new` \
                     (number {} of the list is the one that signed)",
                    index + 1
                );
            }
            Self::DecodePercent => "decode its percent-encoding",
            Self::DecodeHex => "decode it from hex",
            Self::DecodeBase64 => "decode it from base64",
            Self::TakeJsonValue(index) => {
                return write!(
                    formatter,
                    "take the key out of the JSON text (number {} of its strings is the one that \
                     signed)",
                    index + 1
                );
            }
            Self::DecodeHtml => "decode what is escaped as in HTML",
            Self::DecodeUtf16 => "decode it from UTF-16, as by saving the file as UTF-8",
            Self::RemoveRepetition => "remove one of its two equal halves",
            Self::KeepKey => "remove all around the part that begins with PSK",
        };
        formatter.write_str(step)
    }
}

impl KeyCorrection {
    /// The corrected key; `None` where there is nothing to correct.
    ///
    /// ```
    /// use signalwire_webhook::explain::KeyCorrection;
    ///
    /// let corrected = KeyCorrection::RemoveQuotes.apply(b"\"PSKtest\"");
    /// assert_eq!(corrected.as_deref(), Some(&b"PSKtest"[..]));
    /// assert_eq!(KeyCorrection::RemoveQuotes.apply(b"PSKtest"), None);
    /// ```
    #[must_use]
    pub fn apply(self, key: &[u8]) -> Option<Vec<u8>> {
        let corrected = match self {
            Self::RemoveQuotes => unquoted(key)?.to_vec(),
            Self::RemoveWhiteSpace => without_white_space(key),
            Self::RemoveVariableName => after_variable_name(key)?.to_vec(),
            Self::TakeEntry(index) => entries(key).nth(index)?.to_vec(),
            Self::DecodePercent => percent_decode(key).collect(),
            Self::DecodeHex => hex::decode(key.strip_prefix(b"0x").unwrap_or(key)).ok()?,
            Self::DecodeBase64 => decode_base64(key)?,
            Self::TakeJsonValue(index) => json_values(key)?.into_iter().nth(index)?,
            Self::DecodeHtml => decode_html(key)?,
            Self::DecodeUtf16 => utf_16_to_utf_8(key)?,
            Self::RemoveRepetition => half(key)?.to_vec(),
            Self::KeepKey => key_inside(key)?.to_vec(),
        };
        (corrected != key && !corrected.trim_ascii().is_empty()).then_some(corrected)
    }

    pub(super) fn cause(self) -> Cause {
        match self {
            Self::RemoveQuotes => Cause::QuotedKey,
            Self::RemoveWhiteSpace => Cause::KeyWhiteSpace,
            Self::RemoveVariableName => Cause::KeyVariableName,
            Self::TakeEntry(_) => Cause::KeyList,
            Self::DecodePercent => Cause::PercentEncodedKey,
            Self::DecodeHex => Cause::HexKey,
            Self::DecodeBase64 => Cause::Base64Key,
            Self::TakeJsonValue(_) => Cause::JsonKey,
            Self::DecodeHtml => Cause::HtmlEscapedKey,
            Self::DecodeUtf16 => Cause::Utf16Key,
            Self::RemoveRepetition | Self::KeepKey => Cause::KeyInText,
        }
    }

    /// Likeliest first; without [`KeepKey`](Self::KeepKey), the last resort.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        const MAX_ENTRIES: usize = 8;
        [
            Self::DecodeUtf16,
            Self::RemoveQuotes,
            Self::RemoveWhiteSpace,
            Self::RemoveVariableName,
            Self::DecodePercent,
            Self::DecodeBase64,
            Self::DecodeHex,
            Self::DecodeHtml,
            Self::RemoveRepetition,
        ]
        .into_iter()
        .chain((0..MAX_ENTRIES).map(Self::TakeJsonValue))
        .chain((0..MAX_ENTRIES).map(Self::TakeEntry))
    }
}

fn unquoted(key: &[u8]) -> Option<&[u8]> {
    const PAIRS: [(&str, &str); 15] = [
        ("\\\"", "\\\""),
        ("\\'", "\\'"),
        ("\"", "\""),
        ("'", "'"),
        ("`", "`"),
        ("“", "”"),
        ("”", "”"),
        ("„", "“"),
        ("„", "”"),
        ("‘", "’"),
        ("’", "’"),
        ("‚", "‘"),
        ("«", "»"),
        ("<", ">"),
        ("(", ")"),
    ];
    let key = key.trim_ascii();
    PAIRS.into_iter().find_map(|(open, close)| {
        key.strip_prefix(open.as_bytes())?
            .strip_suffix(close.as_bytes())
    })
}

fn without_white_space(key: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(key)
        .replace("\\n", "")
        .replace("\\r", "")
        .replace("\\t", "");
    let visible: String = text.chars().filter(|one| is_visible(*one)).collect();
    visible.into_bytes()
}

fn is_visible(character: char) -> bool {
    !character.is_whitespace()
        && !character.is_control()
        && !matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}' | '\u{fffd}'
        )
}

fn after_variable_name(key: &[u8]) -> Option<&[u8]> {
    let separator = key.iter().position(|&byte| byte == b'=' || byte == b':')?;
    let name = key[..separator].trim_ascii();
    let is_name = name
        .iter()
        .all(|&byte| byte.is_ascii_alphanumeric() || b"_ -$.".contains(&byte));
    let value = key[separator + 1..].trim_ascii();
    let value = value.strip_prefix(b"=").unwrap_or(value);
    let value = value.strip_suffix(b";").unwrap_or(value);
    (is_name && !name.is_empty()).then(|| value.trim_ascii())
}

fn half(key: &[u8]) -> Option<&[u8]> {
    let (first, second) = key.split_at(key.len() / 2);
    (first == second).then_some(first)
}

fn entries(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    key.split(|&byte| b",;|".contains(&byte) || byte.is_ascii_whitespace())
        .filter(|entry| !entry.is_empty())
}

fn decode_base64(key: &[u8]) -> Option<Vec<u8>> {
    [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD]
        .into_iter()
        .find_map(|engine| engine.decode(key).ok())
}

/// The strings of a JSON object or array that are not the names of others.
fn json_values(key: &[u8]) -> Option<Vec<Vec<u8>>> {
    let text = str::from_utf8(key.trim_ascii()).ok()?;
    if !text.starts_with(['{', '[', '"']) {
        return None;
    }
    let mut strings = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let inside = &rest[start + 1..];
        let end = inside.find('"')?;
        let after = &inside[end + 1..];
        if !after.trim_start().starts_with(':') {
            strings.push(inside.as_bytes()[..end].to_vec());
        }
        rest = after;
    }
    Some(strings)
}

fn decode_html(key: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(key).ok().filter(|text| text.contains('&'))?;
    let mut text = text.to_owned();
    for (escape, character) in [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        text = text.replace(escape, character);
    }
    Some(text.into_bytes())
}

/// The first part that looks like a key.
fn key_inside(key: &[u8]) -> Option<&[u8]> {
    const PREFIX: &[u8] = b"PSK";
    let start = key.windows(PREFIX.len()).position(|text| text == PREFIX)?;
    let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let length = key[start..]
        .iter()
        .take_while(|byte| is_of_key(byte))
        .count();
    Some(&key[start..start + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_correction_gives_the_key_that_was_meant() {
        for (configured, correction) in [
            ("\"PSKtest\"", KeyCorrection::RemoveQuotes),
            ("“PSKtest”", KeyCorrection::RemoveQuotes),
            ("\\\"PSKtest\\\"", KeyCorrection::RemoveQuotes),
            ("‘PSKtest’", KeyCorrection::RemoveQuotes),
            ("„PSKtest“", KeyCorrection::RemoveQuotes),
            ("'PSKtest'", KeyCorrection::RemoveQuotes),
            ("`PSKtest`", KeyCorrection::RemoveQuotes),
            ("<PSKtest>", KeyCorrection::RemoveQuotes),
            ("PSK\u{200b}te st\\n", KeyCorrection::RemoveWhiteSpace),
            ("PSK\u{1}test", KeyCorrection::RemoveWhiteSpace),
            ("PSK\u{a0}test", KeyCorrection::RemoveWhiteSpace),
            ("PSK\u{ad}test", KeyCorrection::RemoveWhiteSpace),
            ("\u{202a}PSKtest\u{202c}", KeyCorrection::RemoveWhiteSpace),
            ("\u{feff}PSKtest", KeyCorrection::RemoveWhiteSpace),
            (
                "SIGNALWIRE_SIGNING_KEY=PSKtest",
                KeyCorrection::RemoveVariableName,
            ),
            ("MY_KEY 2 : PSKtest", KeyCorrection::RemoveVariableName),
            ("export K=PSKtest;", KeyCorrection::RemoveVariableName),
            ("PSKother, PSKtest", KeyCorrection::TakeEntry(1)),
            ("PSKother;;PSKtest", KeyCorrection::TakeEntry(1)),
            ("PSKother PSKtest", KeyCorrection::TakeEntry(1)),
            ("%50SKtest", KeyCorrection::DecodePercent),
            ("50534b74657374", KeyCorrection::DecodeHex),
            ("UFNLdGVzdA==", KeyCorrection::DecodeBase64),
            ("UFNLdGVzdA", KeyCorrection::DecodeBase64),
            (
                r#"{"a":"x","key":"PSKtest"}"#,
                KeyCorrection::TakeJsonValue(1),
            ),
            (r#"["PSKtest"]"#, KeyCorrection::TakeJsonValue(0)),
            ("my key is PSKtest!", KeyCorrection::KeepKey),
            ("P\0S\0K\0t\0e\0s\0t\0", KeyCorrection::DecodeUtf16),
        ] {
            let corrected = correction.apply(configured.as_bytes());
            assert_eq!(corrected.as_deref(), Some(&b"PSKtest"[..]), "{configured}");
        }
        let html = KeyCorrection::DecodeHtml.apply(b"&quot;PSKtest&quot;");
        assert_eq!(html.as_deref(), Some(&b"\"PSKtest\""[..]));
    }

    #[test]
    fn each_correction_is_told_in_words_of_its_own() {
        let all: Vec<KeyCorrection> = KeyCorrection::all().collect();
        let words: Vec<String> = all.iter().map(ToString::to_string).collect();
        for (index, correction) in all.iter().enumerate() {
            assert!(!words[index].is_empty(), "{correction:?}");
            assert!(!words[..index].contains(&words[index]), "{correction:?}");
        }
        let second = KeyCorrection::TakeEntry(1).to_string();
        assert!(second.contains("(number 2 of the list"), "{second}");
    }

    #[test]
    fn what_is_not_there_is_not_corrected() {
        for (configured, correction) in [
            ("PSKtest", KeyCorrection::RemoveQuotes),
            ("PSKtest", KeyCorrection::RemoveWhiteSpace),
            ("PSKtest", KeyCorrection::RemoveVariableName),
            ("PSKtest", KeyCorrection::TakeEntry(0)),
            ("PSKtest", KeyCorrection::DecodePercent),
            ("PSKtest", KeyCorrection::KeepKey),
            ("PSKtest", KeyCorrection::TakeJsonValue(0)),
            ("\"\"", KeyCorrection::RemoveQuotes),
            ("\" \"", KeyCorrection::RemoveQuotes),
            ("\"PSKtest'", KeyCorrection::RemoveQuotes),
            ("=PSKtest", KeyCorrection::RemoveVariableName),
            ("https://PSKtest", KeyCorrection::TakeEntry(1)),
            ("a/b=PSKtest", KeyCorrection::RemoveVariableName),
            ("50534b746573740", KeyCorrection::DecodeHex),
            ("{\"", KeyCorrection::TakeJsonValue(0)),
        ] {
            let corrected = correction.apply(configured.as_bytes());
            assert_eq!(corrected, None, "{configured}");
        }
    }
}
