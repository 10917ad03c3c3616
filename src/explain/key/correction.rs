use std::fmt;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use crate::explain::cause::Cause;

/// What turns a key as it is configured into the one that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyCorrection {
    /// Remove the quotes around it.
    RemoveQuotes,
    /// Remove white space, escaped line breaks (`\n` as two characters) and invisible characters.
    RemoveWhiteSpace,
    /// Remove its variable's name and the equals sign after it.
    RemoveVariableName,
    /// Take the entry of this index, from 0, of a list with commas, semicolons or white space.
    TakeEntry(usize),
    /// Decode its percent-encoding.
    DecodePercent,
    /// Decode it from hex.
    DecodeHex,
    /// Decode it from base64.
    DecodeBase64,
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
            Self::DecodeHex => decode_hex(key)?,
            Self::DecodeBase64 => decode_base64(key)?,
        };
        (corrected != key && !corrected.trim_ascii().is_empty()).then_some(corrected)
    }

    pub(in crate::explain) fn cause(self) -> Cause {
        match self {
            Self::RemoveQuotes => Cause::QuotedKey,
            Self::RemoveWhiteSpace => Cause::KeyWhiteSpace,
            Self::RemoveVariableName => Cause::KeyVariableName,
            Self::TakeEntry(_) => Cause::KeyList,
            Self::DecodePercent => Cause::PercentEncodedKey,
            Self::DecodeHex => Cause::HexKey,
            Self::DecodeBase64 => Cause::Base64Key,
        }
    }

    /// Likeliest first.
    fn all() -> impl Iterator<Item = Self> {
        const MAX_ENTRIES: usize = 8;
        [
            Self::RemoveQuotes,
            Self::RemoveWhiteSpace,
            Self::RemoveVariableName,
            Self::DecodePercent,
            Self::DecodeBase64,
            Self::DecodeHex,
        ]
        .into_iter()
        .chain((0..MAX_ENTRIES).map(Self::TakeEntry))
    }
}

/// A key as it may have been meant.
pub(in crate::explain) struct CorrectedKey {
    pub(in crate::explain) corrections: Vec<KeyCorrection>,
    pub(in crate::explain) text: Zeroizing<Vec<u8>>,
}

/// Every key that one or two corrections make of this one; those of one first.
pub(in crate::explain) fn corrected_keys(key: &[u8]) -> Vec<CorrectedKey> {
    let mut found: Vec<CorrectedKey> = Vec::new();
    extend(&mut found, key, &[]);
    for index in 0..found.len() {
        let once = found[index].text.clone();
        let corrections = found[index].corrections.clone();
        extend(&mut found, &once, &corrections);
    }
    found
}

fn extend(found: &mut Vec<CorrectedKey>, key: &[u8], before: &[KeyCorrection]) {
    const MAX_KEYS: usize = 24;
    for correction in KeyCorrection::all() {
        let Some(text) = correction.apply(key).map(Zeroizing::new) else {
            continue;
        };
        if found.len() < MAX_KEYS && found.iter().all(|known| known.text != text) {
            found.push(CorrectedKey {
                corrections: before.iter().copied().chain([correction]).collect(),
                text,
            });
        }
    }
}

fn unquoted(key: &[u8]) -> Option<&[u8]> {
    const PAIRS: [(&str, &str); 5] = [("\"", "\""), ("'", "'"), ("`", "`"), ("“", "”"), ("<", ">")];
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
    let is_visible = |character: &char| {
        !character.is_whitespace()
            && !character.is_control()
            && !matches!(
                character,
                '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
            )
    };
    text.chars()
        .filter(is_visible)
        .collect::<String>()
        .into_bytes()
}

fn after_variable_name(key: &[u8]) -> Option<&[u8]> {
    let separator = key.iter().position(|&byte| byte == b'=' || byte == b':')?;
    let name = key[..separator].trim_ascii();
    let is_name = name
        .iter()
        .all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b' ');
    (is_name && !name.is_empty()).then(|| key[separator + 1..].trim_ascii())
}

fn entries(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    key.split(|&byte| byte == b',' || byte == b';' || byte.is_ascii_whitespace())
        .filter(|entry| !entry.is_empty())
}

fn decode_hex(key: &[u8]) -> Option<Vec<u8>> {
    hex::decode(key).ok()
}

fn decode_base64(key: &[u8]) -> Option<Vec<u8>> {
    [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD]
        .into_iter()
        .find_map(|engine| engine.decode(key).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_correction_gives_the_key_that_was_meant() {
        for (configured, correction) in [
            ("\"PSKtest\"", KeyCorrection::RemoveQuotes),
            ("“PSKtest”", KeyCorrection::RemoveQuotes),
            ("PSK\u{200b}te st\\n", KeyCorrection::RemoveWhiteSpace),
            (
                "SIGNALWIRE_SIGNING_KEY=PSKtest",
                KeyCorrection::RemoveVariableName,
            ),
            ("'PSKtest'", KeyCorrection::RemoveQuotes),
            ("`PSKtest`", KeyCorrection::RemoveQuotes),
            ("<PSKtest>", KeyCorrection::RemoveQuotes),
            ("PSK\u{1}test", KeyCorrection::RemoveWhiteSpace),
            ("PSK\u{a0}test", KeyCorrection::RemoveWhiteSpace),
            ("PSK\u{ad}test", KeyCorrection::RemoveWhiteSpace),
            ("MY_KEY 2 : PSKtest", KeyCorrection::RemoveVariableName),
            ("PSKother, PSKtest", KeyCorrection::TakeEntry(1)),
            ("PSKother;;PSKtest", KeyCorrection::TakeEntry(1)),
            ("PSKother PSKtest", KeyCorrection::TakeEntry(1)),
            ("%50SKtest", KeyCorrection::DecodePercent),
            ("50534b74657374", KeyCorrection::DecodeHex),
            ("UFNLdGVzdA==", KeyCorrection::DecodeBase64),
            ("UFNLdGVzdA", KeyCorrection::DecodeBase64),
        ] {
            let corrected = correction.apply(configured.as_bytes());
            assert_eq!(corrected.as_deref(), Some(&b"PSKtest"[..]), "{configured}");
            assert!(
                corrected_keys(configured.as_bytes())
                    .iter()
                    .any(|key| key.corrections == [correction]),
                "{configured}"
            );
        }
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
            ("PSKtest", KeyCorrection::DecodeHex),
            ("\"\"", KeyCorrection::RemoveQuotes),
            ("\" \"", KeyCorrection::RemoveQuotes),
            ("\"PSKtest'", KeyCorrection::RemoveQuotes),
            ("=PSKtest", KeyCorrection::RemoveVariableName),
            ("https://PSKtest", KeyCorrection::TakeEntry(1)),
            ("a.b=PSKtest", KeyCorrection::RemoveVariableName),
            ("50534b746573740", KeyCorrection::DecodeHex),
        ] {
            assert_eq!(
                correction.apply(configured.as_bytes()),
                None,
                "{configured}"
            );
        }
    }

    #[test]
    fn two_corrections_are_tried_together_and_no_more_than_a_few_keys_come_of_it() {
        let keys = corrected_keys(b"export KEY='PSKtest'");
        assert!(keys.iter().any(|key| key.text.as_slice() == b"PSKtest"));
        let hostile = (0..8).map(|number| format!("'%4{number}a',"));
        let hostile = hostile.collect::<String>().repeat(1_000);
        assert_eq!(corrected_keys(hostile.as_bytes()).len(), 24);
    }

    #[test]
    fn nothing_comes_of_an_ordinary_key_but_what_it_decodes_to() {
        assert!(
            corrected_keys(b"PSK_test")
                .iter()
                .all(|key| { key.corrections[0] == KeyCorrection::DecodeBase64 })
        );
    }
}
