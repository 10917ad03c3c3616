//! Base64, in either alphabet, in lines or not, and after what a data URL begins with.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};

pub(super) fn is_likely(body: &[u8]) -> bool {
    let body = without_data_url(body);
    body.len() >= 8
        && body
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte))
}

fn without_data_url(body: &[u8]) -> &[u8] {
    const LONGEST_START: usize = 128;
    let body = body.trim_ascii();
    if !body.starts_with(b"data:") {
        return body;
    }
    let start = &body[..body.len().min(LONGEST_START)];
    match start.iter().position(|byte| *byte == b',') {
        Some(comma) => &body[comma + 1..],
        None => body,
    }
}

/// Without a copy, where it is written as it mostly is.
pub(super) fn content(body: &[u8]) -> Option<Vec<u8>> {
    let body = without_data_url(body);
    if let Ok(content) = STANDARD.decode(body) {
        return Some(content);
    }
    let text: Vec<u8> = body
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=')
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => *byte,
        })
        .collect();
    STANDARD_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_however_it_is_written() {
        for body in [
            "YWI/YWI+\r\n",
            "YWI_\nYWI-",
            "data:text/plain;base64,YWI/YWI+",
            "YWI/YWI+",
        ] {
            assert!(is_likely(body.as_bytes()));
            assert_eq!(content(body.as_bytes()).unwrap(), b"ab?ab>", "{body}");
        }
        assert_eq!(content(b"YWI="), Some(b"ab".to_vec()));
    }
}
