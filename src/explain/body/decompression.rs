//! What a compressed body holds.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum Compression {
    /// RFC 1952, of one member or of several.
    Gzip,
    /// RFC 1950: the `deflate` of HTTP.
    Zlib,
    /// RFC 1951: what some send as `deflate`.
    RawDeflate,
}

impl Compression {
    /// What the body's first bytes speak for. A raw deflate has none of its own.
    pub(in crate::explain) fn of(body: &[u8]) -> Option<Self> {
        match body {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x78, second, ..] if (0x7800 + u16::from(*second)).is_multiple_of(31) => {
                Some(Self::Zlib)
            }
            _ if str::from_utf8(body).is_err() => Some(Self::RawDeflate),
            _ => None,
        }
    }

    /// The whole content; `None` where it is broken, or longer than the limit: a small body can
    /// hold a great many zeros.
    pub(in crate::explain) fn decompress(self, body: &[u8], limit: usize) -> Option<Vec<u8>> {
        match self {
            Self::Gzip => read_whole(MultiGzDecoder::new(body), limit),
            Self::Zlib => read_whole(ZlibDecoder::new(body), limit),
            Self::RawDeflate => read_whole(DeflateDecoder::new(body), limit),
        }
    }
}

/// Whether a gzip body has one member alone, as what decompresses it for the layer expects.
pub(in crate::explain) fn is_one_member(body: &[u8]) -> bool {
    let mut decoder = flate2::bufread::GzDecoder::new(body);
    let read = std::io::copy(&mut decoder, &mut std::io::sink());
    read.is_ok() && decoder.into_inner().is_empty()
}

fn read_whole(mut decoder: impl Read, limit: usize) -> Option<Vec<u8>> {
    const STEP: usize = 4 * 1024;
    let mut content = Vec::new();
    let mut step = [0; STEP];
    loop {
        let length = decoder.read(&mut step).ok()?;
        if length == 0 {
            return (!content.is_empty()).then_some(content);
        }
        if content.len() + length > limit {
            return None;
        }
        if content.capacity() < content.len() + length {
            // Doubled as usual, but never beyond what is paid for.
            let room = (2 * content.capacity()).clamp(content.len() + length, limit);
            content.reserve_exact(room - content.len());
        }
        content.extend_from_slice(&step[..length]);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{
        GzBuilder,
        write::{DeflateEncoder, ZlibEncoder},
    };

    use super::*;

    const LIMIT: usize = 1024 * 1024;

    fn gzip(builder: GzBuilder, content: &[u8]) -> Vec<u8> {
        let mut encoder = builder.write(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn decompress(body: &[u8]) -> Option<Vec<u8>> {
        Compression::of(body)?.decompress(body, LIMIT)
    }

    #[test]
    fn every_kind_is_read_whatever_its_header_holds() {
        let plain = gzip(GzBuilder::new(), b"{\"a\":1}");
        let named = gzip(
            GzBuilder::new()
                .filename("a")
                .comment("b")
                .extra(vec![1, 2, 3]),
            b"{\"a\":1}",
        );
        let mut zlib = ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(b"{\"a\":1}").unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        raw.write_all(b"{\"a\":1}").unwrap();
        for body in [plain, named, zlib.finish().unwrap(), raw.finish().unwrap()] {
            assert_eq!(decompress(&body).as_deref(), Some(&b"{\"a\":1}"[..]));
        }
    }

    #[test]
    fn as_much_is_read_as_is_allowed() {
        let most = vec![b'a'; LIMIT];
        assert_eq!(decompress(&gzip(GzBuilder::new(), &most)), Some(most));
        let bomb = gzip(GzBuilder::new(), &vec![0; LIMIT + 1]);
        assert_eq!(decompress(&bomb), None);
    }

    #[test]
    fn every_member_of_a_gzip_body_is_read_and_counted() {
        let members = ["{\"a\":", "1}"].map(|part| gzip(GzBuilder::new(), part.as_bytes()));
        let content = decompress(&members.concat());
        assert_eq!(content.as_deref(), Some(&b"{\"a\":1}"[..]));
        assert!(!is_one_member(&members.concat()));
        assert!(is_one_member(&members[0]));
    }

    #[test]
    fn a_broken_body_and_a_plain_one_are_none() {
        let whole = gzip(GzBuilder::new().filename("a"), b"content");
        for length in 3..whole.len() {
            assert_eq!(decompress(&whole[..length]), None, "{length}");
        }
        for plain in [&b""[..], b"\x78", b"plain", b"xx", "é".as_bytes()] {
            assert_eq!(decompress(plain), None);
        }
    }
}
