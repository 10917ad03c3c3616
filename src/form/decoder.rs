//! Decodes percent-encoding and `+`.
//!
//! Own code, since it is faster than the libraries and keeps bytes that are not UTF-8
//! (`form_urlencoded` replaces them). The tests hold it against `form_urlencoded`.

/// Names and values are copied in steps of this many bytes: most take one step, and a copy of
/// constant length is a single move where one of any length is a call.
const STEP: usize = 16;

/// Room for any parts of the form, decoded: none becomes longer, but what is written may end up to
/// a step after it.
pub(crate) fn room_for_decoded(form: &[u8]) -> Vec<u8> {
    // Not zeroes: memory that an allocator is asked to zero is not the memory that was used last.
    vec![b' '; form.len() + STEP]
}

/// Decodes the form from `start` to `end` as the WHATWG URL standard has it, but for its last step:
/// bytes that are not UTF-8 stay as they are. Before `first_escape` there is no `%`; where there is
/// none at all, it is past the end. Returns the length.
#[inline]
pub(crate) fn decode(
    form: &[u8],
    start: u32,
    end: u32,
    first_escape: u32,
    decoded: &mut [u8],
) -> usize {
    let (start, end, first_escape) = (start as usize, end as usize, first_escape as usize);
    if first_escape < end {
        decode_escapes(form, start, end, first_escape.max(start), decoded)
    } else {
        copy(form, start, end, decoded)
    }
}

#[inline(never)]
fn decode_escapes(
    form: &[u8],
    mut start: usize,
    end: usize,
    mut searched: usize,
    decoded: &mut [u8],
) -> usize {
    let mut length = 0;
    while let Some(distance) = form[searched..end].iter().position(|&byte| byte == b'%') {
        let escape = searched + distance;
        searched = escape + 1;
        if let Some(byte) = escaped_byte(&form[searched..end]) {
            length += copy(form, start, escape, &mut decoded[length..]);
            decoded[length] = byte;
            length += 1;
            searched += 2;
            start = searched;
        }
    }
    length + copy(form, start, end, &mut decoded[length..])
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
    let mut byte = [0];
    hex::decode_to_slice(digits.get(..2)?, &mut byte).ok()?;
    Some(byte[0])
}
