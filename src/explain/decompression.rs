use miniz_oxide::inflate::{
    decompress_to_vec_with_limit as inflate, decompress_to_vec_zlib_with_limit as inflate_zlib,
};

/// As much as a body may have by default: a small body can hold a great many zeros.
const MAX_BYTES: usize = 1024 * 1024;

/// What a gzip (RFC 1952) or zlib (RFC 1950) body holds; `None` for any other.
pub(super) fn decompress(body: &[u8]) -> Option<Vec<u8>> {
    match body {
        [0x1f, 0x8b, 8, ..] => inflate(gzip_content(body)?, MAX_BYTES).ok(),
        [0x78, ..] => inflate_zlib(body, MAX_BYTES).ok(),
        _ => None,
    }
}

/// What follows the header of the first member.
fn gzip_content(body: &[u8]) -> Option<&[u8]> {
    const HAS_CHECKSUM: u8 = 2;
    const HAS_EXTRA: u8 = 4;
    const HAS_NAME: u8 = 8;
    const HAS_COMMENT: u8 = 16;
    let flags = *body.get(3)?;
    let mut rest = body.get(10..)?;
    if flags & HAS_EXTRA != 0 {
        let length = u16::from_le_bytes([*rest.first()?, *rest.get(1)?]);
        rest = rest.get(2 + usize::from(length)..)?;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|&byte| byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
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
    fn a_header_with_a_checksum_is_read_too() {
        let mut checked = gzip(GzBuilder::new(), b"content");
        checked[3] = 2;
        checked.splice(10..10, [0xab, 0xcd]);
        assert_eq!(decompress(&checked).as_deref(), Some(&b"content"[..]));
    }

    #[test]
    fn a_bomb_and_a_broken_body_are_none() {
        let bomb = gzip(GzBuilder::new(), &vec![0; MAX_BYTES + 1]);
        assert_eq!(decompress(&bomb), None);
        let whole = gzip(GzBuilder::new().filename("a").extra(vec![0; 9]), b"content");
        for length in 0..whole.len() - 8 {
            assert_eq!(decompress(&whole[..length]), None, "{length}");
        }
        assert_eq!(decompress(b"\x78"), None);
        assert_eq!(decompress(b"plain"), None);
    }
}
