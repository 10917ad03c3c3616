//! Hex and base64: how SignalWire writes digests. Knows nothing of what a digest is for.

use base64::{Engine as _, engine::general_purpose::STANDARD};

pub(crate) type Sha1Digest = [u8; 20];
pub(crate) type Sha256Digest = [u8; 32];

/// Decodes hex of either case; `None` unless it is exactly `N` bytes long.
pub(crate) fn decode_hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

pub(crate) fn encode_hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

/// Decodes canonical base64 alone, as the standard engine does: padding where it belongs, no
/// stray bits.
pub(crate) fn decode_base64(text: &[u8]) -> Option<Sha1Digest> {
    /// The digest of 20 bytes needs 28 characters, which could hold 21.
    const LONGEST: usize = 21;
    let mut bytes = [0; LONGEST];
    if text.len() != 28 {
        return None;
    }
    let length = STANDARD.decode_slice(text, &mut bytes).ok()?;
    bytes[..length].try_into().ok()
}

pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "c3c08c1fefaf9ee198a100d5906765a6f394bf0f";
    const BASE64: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

    #[test]
    fn hex_is_read_in_either_case() {
        for text in [HEX, &HEX.to_uppercase()] {
            let bytes: Sha1Digest = decode_hex(text.as_bytes()).unwrap();
            assert_eq!(encode_hex(&bytes), HEX);
        }
    }

    #[test]
    fn hex_of_another_length_or_with_another_character_is_not_read() {
        for text in ["", &HEX[1..], &format!("{HEX}00"), &HEX.replace('c', "g")] {
            assert_eq!(decode_hex::<20>(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn base64_is_read_in_its_canonical_form_alone() {
        let bytes = decode_base64(BASE64.as_bytes()).unwrap();
        assert_eq!(encode_base64(&bytes), BASE64);
        for text in [
            "",
            &BASE64[..27],
            &BASE64.replace("B8=", "B9="),
            &BASE64.replace('/', "_"),
            &BASE64.replace("8=", "8A"),
        ] {
            assert_eq!(decode_base64(text.as_bytes()), None, "{text}");
        }
    }
}
