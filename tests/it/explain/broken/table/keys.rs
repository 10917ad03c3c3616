//! Keys.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

pub fn keys() -> Vec<Deployment> {
    let of = |key: String, cause: Cause, fix: &'static str| {
        case(&key.clone(), sms().key(key), &[cause], fix)
    };
    let of_two = |key: String, causes: [Cause; 2], fix: &'static str| {
        case(&key.clone(), sms().key(key), &causes, fix)
    };
    let utf_16: Vec<u8> = KEY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        of(format!("\"{KEY}\""), Cause::QuotedKey, "remove the quotes"),
        of(format!("'{KEY}'"), Cause::QuotedKey, "remove the quotes"),
        of(
            format!("\\\"{KEY}\\\""),
            Cause::QuotedKey,
            "remove the quotes",
        ),
        of(format!("“{KEY}”"), Cause::QuotedKey, "remove the quotes"),
        of(format!("‘{KEY}’"), Cause::QuotedKey, "remove the quotes"),
        of(format!("`{KEY}`"), Cause::QuotedKey, "remove the quotes"),
        of(format!("<{KEY}>"), Cause::QuotedKey, "remove the quotes"),
        of(
            format!("{KEY}\\n"),
            Cause::KeyWhiteSpace,
            "escaped line breaks",
        ),
        of(
            KEY.replace("reports", "rep orts"),
            Cause::KeyWhiteSpace,
            "white space",
        ),
        of(
            KEY.replace("reports", "rep\norts"),
            Cause::KeyWhiteSpace,
            "white space",
        ),
        of(format!("\u{200b}{KEY}"), Cause::KeyWhiteSpace, "invisible"),
        of(format!("\u{feff}{KEY}"), Cause::KeyWhiteSpace, "invisible"),
        of(
            format!("\u{202a}{KEY}\u{202c}"),
            Cause::KeyWhiteSpace,
            "invisible",
        ),
        of(
            format!("\u{2066}{KEY}\u{2069}"),
            Cause::KeyWhiteSpace,
            "invisible",
        ),
        of(
            format!("SIGNALWIRE_SIGNING_KEY={KEY}"),
            Cause::KeyVariableName,
            "variable's name",
        ),
        of(
            format!("export K={KEY};"),
            Cause::KeyVariableName,
            "variable's name",
        ),
        of(
            format!("signing_key: {KEY}"),
            Cause::KeyVariableName,
            "variable's name",
        ),
        of_two(
            format!("export K=\"{KEY}\";"),
            [Cause::QuotedKey, Cause::KeyVariableName],
            "then",
        ),
        of_two(
            format!("KEY=\"{KEY}\""),
            [Cause::QuotedKey, Cause::KeyVariableName],
            "then",
        ),
        of(
            format!("PSKother,{KEY}"),
            Cause::KeyList,
            "SigningKeys::new",
        ),
        of(
            format!("{KEY} # production"),
            Cause::KeyList,
            "SigningKeys::new",
        ),
        of(
            KEY.replace('P', "%50"),
            Cause::PercentEncodedKey,
            "decode its percent",
        ),
        of(hex_of(KEY), Cause::HexKey, "decode it from hex"),
        of(base64_of(KEY), Cause::Base64Key, "decode it from base64"),
        of(
            base64_of(&format!("{KEY}\n")),
            Cause::Base64Key,
            "decode it from base64",
        ),
        of_two(
            base64_of(&format!("\"{KEY}\"")),
            [Cause::QuotedKey, Cause::Base64Key],
            "decode it from base64",
        ),
        of(
            format!(r#"{{"SIGNALWIRE_SIGNING_KEY":"{KEY}"}}"#),
            Cause::JsonKey,
            "JSON",
        ),
        of(
            format!(r#"{{"project":"x","key":"{KEY}"}}"#),
            Cause::JsonKey,
            "JSON",
        ),
        of(format!(r#"["{KEY}"]"#), Cause::JsonKey, "JSON"),
        of_two(
            format!("&quot;{KEY}&quot;"),
            [Cause::QuotedKey, Cause::HtmlEscapedKey],
            "HTML",
        ),
        of(
            format!("Signing Key: {KEY} (old)"),
            Cause::KeyList,
            "SigningKeys::new",
        ),
        of(format!("(see vault/{KEY}/x)"), Cause::KeyInText, "PSK"),
        case("UTF-16", sms().key(utf_16), &[Cause::Utf16Key], "UTF-16"),
        case(
            "quotes after a proxy",
            sms()
                .key(format!("\"{KEY}\""))
                .hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host, Cause::QuotedKey],
            BASE,
        ),
        case(
            "quotes and a changed body",
            sms().key(format!("'{KEY}'")).hop(in_body("%2B", "+")),
            &[Cause::FormEncoding, Cause::QuotedKey],
            "remove the quotes",
        ),
        case(
            "quotes, the host and a changed body",
            sms()
                .key(format!("'{KEY}'"))
                .hop(in_body("%2B", "+"))
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::FormEncoding, Cause::QuotedKey],
            BASE,
        ),
    ]
}

fn hex_of(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
