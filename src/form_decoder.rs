use crate::signature::hex_digit;

/// Names and values are copied in steps of this many bytes: most take one step, and a copy of
/// constant length is a single move where one of any length is a call.
const STEP: usize = 16;

/// Room for any parts of the form, decoded: none becomes longer, but what is written may end up to
/// a step behind it.
pub(crate) fn room_for_decoded(form: &[u8]) -> Vec<u8> {
    // Not zeroes: memory that an allocator is asked to zero is not the memory that was used last.
    vec![b' '; form.len() + STEP]
}

/// Decodes the form from `start` to `end` as the WHATWG URL standard has it, but for its last
/// step: bytes that are no UTF-8 stay as they are. Returns the length.
#[inline]
pub(crate) fn decode(
    form: &[u8],
    start: u32,
    end: u32,
    has_escape: bool,
    decoded: &mut [u8],
) -> usize {
    let (start, end) = (start as usize, end as usize);
    if has_escape {
        decode_escapes(form, start, end, decoded)
    } else {
        copy(form, start, end, decoded)
    }
}

#[inline(never)]
fn decode_escapes(form: &[u8], start: usize, end: usize, decoded: &mut [u8]) -> usize {
    let mut encoded = form[start..end].iter();
    let mut length = 0;
    while let Some(&byte) = encoded.next() {
        decoded[length] = match byte {
            b'%' => match escaped_byte(encoded.as_slice()) {
                Some(byte) => {
                    encoded.nth(1);
                    byte
                }
                None => byte,
            },
            byte => space_for_plus(byte),
        };
        length += 1;
    }
    length
}

#[inline]
fn copy(form: &[u8], start: usize, end: usize, decoded: &mut [u8]) -> usize {
    let length = end - start;
    if length <= STEP
        && let Some(from) = form[start..].first_chunk::<STEP>()
        && let Some(to) = decoded.first_chunk_mut::<STEP>()
    {
        *to = from.map(space_for_plus);
    } else {
        copy_bytewise(&form[start..end], decoded);
    }
    length
}

#[inline(never)]
fn copy_bytewise(from: &[u8], to: &mut [u8]) {
    for (from, to) in from.iter().zip(to) {
        *to = space_for_plus(*from);
    }
}

fn space_for_plus(byte: u8) -> u8 {
    if byte == b'+' { b' ' } else { byte }
}

fn escaped_byte(digits: &[u8]) -> Option<u8> {
    let [high, low] = *digits.first_chunk()?;
    Some(16 * hex_digit(high)? + hex_digit(low)?)
}
