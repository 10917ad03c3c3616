//! Hosts with letters that are not ASCII, and the form in which they are looked up (RFC 3492).

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST_CODE: u32 = 128;
const PREFIX: &str = "xn--";

/// A label of a host name has at most 63 bytes.
const MAX_LABEL: usize = 63;

/// `xn--bcher-kva.example` for `bücher.example`; `None` where nothing is to be encoded.
pub(in crate::explain) fn to_ascii(host: &str) -> Option<String> {
    if host.is_ascii() {
        return None;
    }
    let host = host.to_lowercase();
    let labels: Option<Vec<String>> = host.split('.').map(encode_label).collect();
    Some(labels?.join("."))
}

/// `bücher.example` for `xn--bcher-kva.example`; `None` where nothing is to be decoded.
pub(in crate::explain) fn to_unicode(host: &str) -> Option<String> {
    let has_prefix = |label: &str| label.get(..PREFIX.len()).is_some_and(is_prefix);
    if !host.split('.').any(has_prefix) {
        return None;
    }
    let labels: Option<Vec<String>> = host.split('.').map(decode_label).collect();
    Some(labels?.join("."))
}

fn is_prefix(text: &str) -> bool {
    text.eq_ignore_ascii_case(PREFIX)
}

fn encode_label(label: &str) -> Option<String> {
    if label.is_ascii() {
        return Some(label.to_owned());
    }
    let characters: Vec<u32> = label.chars().map(u32::from).collect();
    if characters.len() > MAX_LABEL {
        return None;
    }
    let mut encoded: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(encoded.len()).ok()?;
    if basic > 0 {
        encoded.push('-');
    }
    let (mut code, mut delta, mut bias, mut handled) = (FIRST_CODE, 0_u32, FIRST_BIAS, basic);
    while (handled as usize) < characters.len() {
        let next = characters
            .iter()
            .copied()
            .filter(|&one| one >= code)
            .min()?;
        delta = delta.checked_add((next - code).checked_mul(handled + 1)?)?;
        code = next;
        for &character in &characters {
            if character < code {
                delta = delta.checked_add(1)?;
            }
            if character == code {
                push_number(delta, bias, &mut encoded);
                bias = adapted(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        code += 1;
    }
    Some(format!("{PREFIX}{encoded}"))
}

fn push_number(mut number: u32, bias: u32, encoded: &mut String) {
    let mut position = BASE;
    loop {
        let threshold = threshold(position, bias);
        if number < threshold {
            encoded.push(digit(number));
            return;
        }
        encoded.push(digit(threshold + (number - threshold) % (BASE - threshold)));
        number = (number - threshold) / (BASE - threshold);
        position += BASE;
    }
}

fn decode_label(label: &str) -> Option<String> {
    let Some((prefix, rest)) = label.split_at_checked(PREFIX.len()) else {
        return Some(label.to_owned());
    };
    if !is_prefix(prefix) || label.len() > MAX_LABEL {
        return Some(label.to_owned());
    }
    let (basic, digits) = rest.rsplit_once('-').unwrap_or(("", rest));
    let mut characters: Vec<char> = basic.chars().collect();
    let (mut code, mut index, mut bias) = (FIRST_CODE, 0_u32, FIRST_BIAS);
    let mut digits = digits.bytes().peekable();
    while digits.peek().is_some() {
        let before = index;
        let mut weight = 1_u32;
        let mut position = BASE;
        loop {
            let value = digit_value(digits.next()?)?;
            index = index.checked_add(value.checked_mul(weight)?)?;
            let threshold = threshold(position, bias);
            if value < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            position += BASE;
        }
        let length = u32::try_from(characters.len()).ok()? + 1;
        bias = adapted(index - before, length, before == 0);
        code = code.checked_add(index / length)?;
        index %= length;
        characters.insert(index as usize, char::from_u32(code)?);
        index += 1;
    }
    Some(characters.into_iter().collect())
}

fn threshold(position: u32, bias: u32) -> u32 {
    position.saturating_sub(bias).clamp(T_MIN, T_MAX)
}

fn adapted(delta: u32, length: u32, is_first: bool) -> u32 {
    let mut delta = delta / if is_first { DAMP } else { 2 };
    delta += delta / length;
    let mut position = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        position += BASE;
    }
    position + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

/// `a` to `z` are 0 to 25, `0` to `9` are 26 to 35.
fn digit(value: u32) -> char {
    const DIGITS: &[u8; BASE as usize] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    char::from(DIGITS[value as usize % DIGITS.len()])
}

fn digit_value(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_written_both_ways() {
        for (unicode, ascii) in [
            ("bücher.example", "xn--bcher-kva.example"),
            ("hooks.münchen.example", "hooks.xn--mnchen-3ya.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
            ("ü.example", "xn--tda.example"),
        ] {
            assert_eq!(to_ascii(unicode).as_deref(), Some(ascii));
            assert_eq!(to_unicode(ascii).as_deref(), Some(unicode));
        }
        assert_eq!(
            to_ascii("Bücher.Example").as_deref(),
            Some("xn--bcher-kva.example")
        );
        assert_eq!(to_ascii("hooks.example"), None);
        assert_eq!(to_unicode("hooks.example"), None);
    }

    #[test]
    fn what_is_malformed_breaks_nothing() {
        for host in [
            "xn--",
            "xn--a-",
            "xn--9999999999",
            "xn--é",
            "xn--a_b",
            "é.xn--",
        ] {
            let _ = (to_unicode(host), to_ascii(host));
        }
        assert_eq!(to_ascii(&"ü".repeat(64)), None);
    }
}
