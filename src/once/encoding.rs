//! A [`StoredAnswer`] as bytes:
//!
//! | bytes | |
//! |---|---|
//! | 1 | the version, 1 |
//! | 2 | the status |
//! | 1 | 1 where there is a body, else 0 |
//! | 2 | the number of headers |
//! | 2, n, 2, n | for each header the length of its name, the name, the length of its value, the value |
//! | the rest | the body |
//!
//! Numbers have their highest byte first.

use bytes::{Buf as _, Bytes};
use http::{HeaderName, HeaderValue, StatusCode};

use super::stored_answer::{HEADERS_LIMIT, StoredAnswer};

pub(super) const VERSION: u8 = 1;

/// Bytes that [`StoredAnswer::to_bytes`] of this version did not write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "what the store holds for a delivery is not an answer that this version of signalwire-webhook wrote: \
     give each program and version a key prefix or a table of its own"
)]
pub struct UnreadableAnswer;

impl StoredAnswer {
    /// The answer as bytes, for a store to keep. They hold whatever the handler answered, personal
    /// data included.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let body = self.body().map(Bytes::as_ref).unwrap_or_default();
        let headers = 4 * self.headers().len() + self.headers_length();
        let mut bytes = Vec::with_capacity(6 + headers + body.len());
        bytes.push(VERSION);
        put_u16(&mut bytes, self.status().as_u16().into());
        bytes.push(self.body().is_some().into());
        put_u16(&mut bytes, self.headers().len());
        for (name, value) in self.headers() {
            put_text(&mut bytes, name.as_str().as_bytes());
            put_text(&mut bytes, value.as_bytes());
        }
        bytes.extend_from_slice(body);
        bytes
    }

    /// The answer whose [`to_bytes`](Self::to_bytes) these are.
    ///
    /// # Errors
    ///
    /// [`UnreadableAnswer`] where they are of no answer.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Result<Self, UnreadableAnswer> {
        read(bytes.into()).ok_or(UnreadableAnswer)
    }
}

fn read(mut bytes: Bytes) -> Option<StoredAnswer> {
    if bytes.try_get_u8().ok()? != VERSION {
        return None;
    }
    let status = StatusCode::from_u16(bytes.try_get_u16().ok()?).ok()?;
    let has_body = match bytes.try_get_u8().ok()? {
        0 => false,
        1 => true,
        _ => return None,
    };
    let mut headers = Vec::new();
    for _ in 0..bytes.try_get_u16().ok()? {
        let name = HeaderName::from_bytes(&take_text(&mut bytes)?).ok()?;
        let value = HeaderValue::from_maybe_shared(take_text(&mut bytes)?).ok()?;
        headers.push((name, value));
    }
    if !has_body && !bytes.is_empty() {
        return None;
    }
    let answer = StoredAnswer::of_parts(status, headers.into(), has_body.then_some(bytes));
    // No answer has more, and no map of headers can have any number.
    (answer.headers_length() <= HEADERS_LIMIT).then_some(answer)
}

fn put_text(bytes: &mut Vec<u8>, text: &[u8]) {
    put_u16(bytes, text.len());
    bytes.extend_from_slice(text);
}

/// No name, value or number of headers is longer: all of them together have at most 16 KiB.
fn put_u16(bytes: &mut Vec<u8>, number: usize) {
    let number = u16::try_from(number).expect("the headers that are kept have at most 16 KiB");
    bytes.extend_from_slice(&number.to_be_bytes());
}

fn take_text(bytes: &mut Bytes) -> Option<Bytes> {
    let length = bytes.try_get_u16().ok()?.into();
    (length <= bytes.len()).then(|| bytes.split_to(length))
}
