use std::io::Read;

use flate2::read::{MultiGzDecoder, ZlibDecoder};

/// As much as a body may have by default: a small body can hold a great many zeros.
const MAX_BYTES: u64 = 1024 * 1024;

/// What a gzip (RFC 1952) or zlib (RFC 1950) body holds; `None` for any other.
pub(in crate::explain) fn decompress(body: &[u8]) -> Option<Vec<u8>> {
    match body {
        [0x1f, 0x8b, 8, ..] => read_whole(MultiGzDecoder::new(body)),
        [0x78, ..] => read_whole(ZlibDecoder::new(body)),
        _ => None,
    }
}

fn read_whole(decoder: impl Read) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let length = decoder.take(MAX_BYTES + 1).read_to_end(&mut content).ok()?;
    (length as u64 <= MAX_BYTES).then_some(content)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, GzBuilder, write::ZlibEncoder};

    use super::*;

    fn gzip(builder: GzBuilder, content: &[u8]) -> Vec<u8> {
        let mut encoder = builder.write(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_and_zlib_are_read_whatever_their_header_holds() {
        let plain = gzip(GzBuilder::new(), b"{\"a\":1}");
        let extra = gzip(GzBuilder::new().extra(vec![1, 2, 3]), b"{\"a\":1}");
        let named = gzip(
            GzBuilder::new()
                .filename("a")
                .comment("b")
                .extra(vec![1, 2, 3]),
            b"{\"a\":1}",
        );
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(b"{\"a\":1}").unwrap();
        for body in [plain, extra, named, zlib.finish().unwrap()] {
            assert_eq!(decompress(&body).as_deref(), Some(&b"{\"a\":1}"[..]));
        }
    }

    #[test]
    fn as_much_is_read_as_a_body_may_have() {
        let most = vec![b'a'; 1_048_576];
        assert_eq!(decompress(&gzip(GzBuilder::new(), &most)), Some(most));
    }

    #[test]
    fn every_member_of_a_gzip_body_is_read() {
        let members = ["{\"a\":", "1}"].map(|part| gzip(GzBuilder::new(), part.as_bytes()));
        let content = decompress(&members.concat());
        assert_eq!(content.as_deref(), Some(&b"{\"a\":1}"[..]));
    }

    #[test]
    fn a_bomb_and_a_broken_body_are_none() {
        let bomb = gzip(GzBuilder::new(), &vec![0; 1_048_577]);
        assert_eq!(decompress(&bomb), None);
        let whole = gzip(GzBuilder::new().filename("a").extra(vec![0; 9]), b"content");
        for length in 0..whole.len() {
            assert_eq!(decompress(&whole[..length]), None, "{length}");
        }
        assert_eq!(decompress(b"\x78"), None);
        assert_eq!(decompress(b"plain"), None);
    }
}
