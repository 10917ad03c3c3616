//! The texts that a configured key may be read as.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};

pub(super) fn unquoted(key: &[u8]) -> Option<&[u8]> {
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

pub(super) fn without_white_space(key: &[u8]) -> Vec<u8> {
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

pub(super) fn after_variable_name(key: &[u8]) -> Option<&[u8]> {
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

/// Of two to four equal ones.
pub(super) fn part(key: &[u8]) -> Option<&[u8]> {
    let part = |count: usize| key.get(..key.len() / count);
    (2..=4)
        .rev()
        .filter_map(part)
        .find(|part| !part.is_empty() && key.chunks(part.len()).all(|chunk| chunk == *part))
}

/// What stands before the rest of a key in place of `PSK`.
pub(super) fn with_prefix(key: &[u8]) -> Vec<u8> {
    const PREFIX: &[u8] = b"PSK";
    const API_TOKEN: &[u8] = b"PT";
    let mut rest = key;
    if key.starts_with(API_TOKEN) {
        return key.to_vec();
    }
    for wrong in [&b"PSKPSK"[..], b"PPSK", b"PSK", b"SK"] {
        if let Some((start, after)) = key.split_at_checked(wrong.len())
            && start.eq_ignore_ascii_case(wrong)
        {
            rest = after;
            break;
        }
    }
    [PREFIX, rest].concat()
}

/// With what is mostly put before or between the digits.
pub(super) fn decode_hex(key: &[u8]) -> Option<Vec<u8>> {
    let digits = key.strip_prefix(b"0x").unwrap_or(key);
    let is_digit = |byte: &u8| !b": -".contains(byte);
    let digits: Vec<u8> = digits.iter().copied().filter(is_digit).collect();
    hex::decode(digits).ok()
}

pub(super) fn entries(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    key.split(|&byte| b",;|".contains(&byte) || byte.is_ascii_whitespace())
        .filter(|entry| !entry.is_empty())
}

pub(super) fn decode_base64(key: &[u8]) -> Option<Vec<u8>> {
    [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD]
        .into_iter()
        .find_map(|engine| engine.decode(key).ok())
}

/// The strings of a JSON object or array that are not the names of others.
pub(super) fn json_values(key: &[u8]) -> Option<Vec<Vec<u8>>> {
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

pub(super) fn decode_html(key: &[u8]) -> Option<Vec<u8>> {
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
pub(super) fn key_inside(key: &[u8]) -> Option<&[u8]> {
    const PREFIX: &[u8] = b"PSK";
    let start = key.windows(PREFIX.len()).position(|text| text == PREFIX)?;
    let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let length = key[start..]
        .iter()
        .take_while(|byte| is_of_key(byte))
        .count();
    Some(&key[start..start + length])
}
