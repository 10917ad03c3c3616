//! What turns a key as it is configured into the one that signs.

use std::fmt;

use percent_encoding::percent_decode;

use super::texts::{
    after_variable_name, decode_base64, decode_hex, decode_html, entries, json_values, key_inside,
    part, unquoted, with_prefix, without_white_space,
};
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
    /// Keep one of the equal parts: it was pasted twice, or more often.
    RemoveRepetition,
    /// Let it begin with `PSK`, once and in capitals: this was left out or pasted twice.
    RepairPrefix,
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
            Self::RemoveRepetition => "keep one of its equal parts alone",
            Self::RepairPrefix => {
                "let it begin with PSK, once and in capitals, as the dashboard has it"
            }
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
        // As `SigningKey::new` does.
        let key = key.trim_ascii();
        let corrected = match self {
            Self::RemoveQuotes => unquoted(key)?.to_vec(),
            Self::RemoveWhiteSpace => without_white_space(key),
            Self::RemoveVariableName => after_variable_name(key)?.to_vec(),
            Self::TakeEntry(index) => entries(key).nth(index)?.to_vec(),
            Self::DecodePercent => percent_decode(key).collect(),
            Self::DecodeHex => decode_hex(key)?,
            Self::DecodeBase64 => decode_base64(key)?,
            Self::TakeJsonValue(index) => json_values(key)?.into_iter().nth(index)?,
            Self::DecodeHtml => decode_html(key)?,
            Self::DecodeUtf16 => utf_16_to_utf_8(key)?,
            Self::RemoveRepetition => part(key)?.to_vec(),
            Self::RepairPrefix => with_prefix(key),
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
            Self::RemoveRepetition | Self::RepairPrefix | Self::KeepKey => Cause::KeyInText,
        }
    }

    /// Likeliest first; without [`KeepKey`](Self::KeepKey) and
    /// [`RepairPrefix`](Self::RepairPrefix), the last resorts.
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
            ("50:53:4b:74:65:73:74", KeyCorrection::DecodeHex),
            ("PSKtestPSKtestPSKtest", KeyCorrection::RemoveRepetition),
            ("PSKtestPSKtest", KeyCorrection::RemoveRepetition),
            ("test", KeyCorrection::RepairPrefix),
            ("SKtest", KeyCorrection::RepairPrefix),
            ("psktest", KeyCorrection::RepairPrefix),
            ("PSKPSKtest", KeyCorrection::RepairPrefix),
            ("PPSKtest", KeyCorrection::RepairPrefix),
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
            ("PSKtest", KeyCorrection::RepairPrefix),
            ("PTtest", KeyCorrection::RepairPrefix),
            ("PSKPSK1", KeyCorrection::RemoveRepetition),
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
