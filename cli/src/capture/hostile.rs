//! The readers, on captures that no tool writes: they never panic, and take no more memory than a
//! small multiple of what they read.

use std::{fs, path::Path};

use allocation_counter::measure;

use super::{Files, read_capture};

/// How often each capture is changed.
const CHANGES: usize = 60;

/// Beside a multiple of the input: tables and sentences.
const FIXED: usize = 64 * 1024;

/// The most that is held for a byte of the input: an element of an array takes two bytes and is held
/// by a reference.
const FOR_A_BYTE: usize = 24;

/// The captures of real tools.
fn captures() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|file| fs::read(file).unwrap())
        .collect()
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }
}

const PIECES: [&[u8]; 16] = [
    b"\"",
    b"'",
    b"\\",
    b"^",
    b"\n",
    b"\r\n\r\n",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"{\"url\":\"/\",\"headers\":[[",
    b"]]}}",
    b"$'\\x",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"<request base64=\"true\">",
    b" -d @/dev/zero ",
];

fn changed(capture: &[u8], others: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut changed = capture.to_vec();
    for _ in 0..=numbers.below(3) {
        let place = numbers.below(changed.len());
        let length = numbers.below(64).min(changed.len() - place);
        match numbers.below(6) {
            0 => changed.truncate(place),
            1 => drop(changed.drain(place..place + length)),
            2 => {
                let piece = PIECES[numbers.below(PIECES.len())];
                changed.splice(place..place, piece.iter().copied());
            }
            3 => {
                let repeated = changed[place..place + length].repeat(1 + numbers.below(50));
                changed.splice(place..place, repeated);
            }
            4 => {
                let other = &others[numbers.below(others.len())];
                let start = numbers.below(other.len());
                changed.splice(place.., other[start..].iter().copied());
            }
            _ => {
                if let Some(byte) = changed.get_mut(place) {
                    *byte = numbers.below(256).try_into().unwrap();
                }
            }
        }
    }
    changed
}

#[track_caller]
fn assert_bounded(capture: &[u8]) {
    let allocations = measure(|| {
        let _ = read_capture(capture, Files::Refused);
    });
    let limit = FIXED + FOR_A_BYTE * capture.len();
    let most = usize::try_from(allocations.bytes_max).unwrap();
    assert!(
        most <= limit,
        "{most} bytes for {}: {}",
        capture.len(),
        String::from_utf8_lossy(&capture[..capture.len().min(200)])
    );
}

#[test]
fn changed_captures_neither_panic_nor_fill_the_memory() {
    let captures = captures();
    let mut numbers = Numbers(0x5eed_5eed_5eed_5eed);
    for capture in &captures {
        assert_bounded(capture);
        for _ in 0..CHANGES {
            assert_bounded(&changed(capture, &captures, &mut numbers));
        }
    }
}

#[test]
fn captures_made_to_grow_do_not() {
    let entry = r#"{"request":{"method":"POST","url":"/","headers":[{"name":"a","value":"b"}]}},"#;
    let request = r#"{"url":"/","headers":{"a":"b"}},"#;
    for capture in [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(100_000),
        format!("[{}1]", "1,".repeat(500_000)),
        format!("{{{}\"a\":1}}", "\"a\":1,".repeat(200_000)),
        format!(r#"{{"url":"/","headers":[{}1]}}"#, "1,".repeat(500_000)),
        format!(
            r#"{{"url":"/","headers":{{{}"a":1}}}}"#,
            "\"a\":1,".repeat(200_000)
        ),
        format!(r#"{{"log":{{"entries":[{}1]}}}}"#, "1,".repeat(500_000)),
        format!(
            r#"{{"log":{{"entries":[{{"request":{{"url":"/","postData":{{"params":[{}1]}}}}}}]}}}}"#,
            "1,".repeat(500_000)
        ),
        "{}".repeat(500_000),
        "\n".repeat(1_000_000),
        "POST / HTTP/1.1\n".to_owned() + &"a:b\n".repeat(250_000),
        "curl http://h/ ".to_owned() + &"-d a ".repeat(200_000),
        "curl http://h/ ".to_owned() + &"-H a:b ".repeat(150_000),
        "curl ".to_owned() + &"\\".repeat(1_000_000),
        "curl ^\"".to_owned() + &"^\\".repeat(500_000),
        "curl $'".to_owned() + &"\\xe9".repeat(250_000) + "'",
        "<items><request>".repeat(60_000),
        "<items>".to_owned() + &"<request></request>".repeat(50_000),
        "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n".to_owned() + &"1\na\n".repeat(250_000),
    ] {
        assert_bounded(capture.as_bytes());
    }
    // Many small requests are what a capture may hold, each with its headers.
    for capture in [
        format!(r#"{{"log":{{"entries":[{}null]}}}}"#, entry.repeat(10_000)),
        format!("[{}null]", request.repeat(10_000)),
    ] {
        let allocations = measure(|| {
            let _ = read_capture(capture.as_bytes(), Files::Refused);
        });
        assert!(
            allocations.bytes_max < 32 * 1024 * 1024,
            "{}",
            allocations.bytes_max
        );
    }
}
