//! White space at a body's ends, its line endings, and its byte order mark.

use crate::explain::cause::Cause;

pub(in crate::explain) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What undoes such a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum WhiteSpace {
    RemoveLineFeed,
    TrimEnd,
    Trim,
    AddLineFeed,
    AddCarriageReturn,
    ToLineFeeds,
    ToCarriageReturns,
    AddByteOrderMark,
}

impl WhiteSpace {
    /// Each with its rank.
    pub(in crate::explain) const ALL: [(usize, Self); 8] = [
        (1, Self::RemoveLineFeed),
        (1, Self::TrimEnd),
        (1, Self::AddLineFeed),
        (2, Self::Trim),
        (2, Self::AddCarriageReturn),
        (2, Self::ToLineFeeds),
        (2, Self::ToCarriageReturns),
        (2, Self::AddByteOrderMark),
    ];

    pub(in crate::explain) fn cause(self) -> Cause {
        match self {
            Self::RemoveLineFeed
            | Self::TrimEnd
            | Self::Trim
            | Self::AddLineFeed
            | Self::AddCarriageReturn => Cause::LineBreak,
            Self::ToLineFeeds | Self::ToCarriageReturns => Cause::LineEndings,
            Self::AddByteOrderMark => Cause::ByteOrderMark,
        }
    }

    pub(in crate::explain) fn apply(self, body: &[u8]) -> Vec<u8> {
        match self {
            Self::RemoveLineFeed => body.strip_suffix(b"\n").unwrap_or(body).to_vec(),
            Self::TrimEnd => without_end(body).to_vec(),
            Self::Trim => without_end(body).trim_ascii_start().to_vec(),
            Self::AddLineFeed => [body, b"\n"].concat(),
            Self::AddCarriageReturn => [body, b"\r\n"].concat(),
            Self::ToLineFeeds => with_line_feeds(body),
            Self::ToCarriageReturns => with_carriage_returns(body),
            Self::AddByteOrderMark => [BYTE_ORDER_MARK, body].concat(),
        }
    }
}

/// Without white space at the end, and without the zero that a text of C ends with.
pub(super) fn without_end(body: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let end = body.iter().rposition(|byte| !is_end(byte));
    &body[..end.map_or(0, |last| last + 1)]
}

pub(super) fn with_line_feeds(text: &[u8]) -> Vec<u8> {
    let mut rewritten = Vec::with_capacity(text.len());
    for (index, &byte) in text.iter().enumerate() {
        if byte != b'\r' || text.get(index + 1) != Some(&b'\n') {
            rewritten.push(byte);
        }
    }
    rewritten
}

/// Before each line feed that has none.
pub(super) fn with_carriage_returns(text: &[u8]) -> Vec<u8> {
    let line_feeds = text.split(|byte| *byte == b'\n').count();
    let mut rewritten = Vec::with_capacity(text.len() + line_feeds);
    let mut before = b' ';
    for &byte in text {
        if byte == b'\n' && before != b'\r' {
            rewritten.push(b'\r');
        }
        rewritten.push(byte);
        before = byte;
    }
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_undone() {
        for (change, arrived, signed) in [
            (WhiteSpace::RemoveLineFeed, "a\n\n", "a\n"),
            (WhiteSpace::TrimEnd, " a \r\n", " a"),
            (WhiteSpace::Trim, " a ", "a"),
            (WhiteSpace::AddLineFeed, "a", "a\n"),
            (WhiteSpace::AddCarriageReturn, "a", "a\r\n"),
            (WhiteSpace::ToLineFeeds, "a\r\nb\rc\r", "a\nb\rc\r"),
            (WhiteSpace::ToCarriageReturns, "a\r\nb\nc", "a\r\nb\r\nc"),
            (WhiteSpace::AddByteOrderMark, "a", "\u{feff}a"),
        ] {
            assert_eq!(change.apply(arrived.as_bytes()), signed.as_bytes());
        }
    }
}
