//! Whether the time of a comparison tells how much of a signature is right: dudect's Welch t-test
//! between signatures that are wrong from their first digit and from their last.

use dudect_bencher::{BenchRng, Class, CtRunner, ctbench_main, rand::Rng};
use signalwire_webhook::{SigningKey, validate_request, validate_request_with_body};

const SAMPLES: usize = 1_000_000;
const KEY: &str = "PSKtest1234567890abcdef";
const URL: &str = "https://hooks.example.com/swml";
const BODY: &[u8] = br#"{"call":{"call_id":"abc-123"}}"#;

/// A signature with one character replaced by another of the same encoding.
fn wrong_at(index: usize, signature: &str) -> String {
    let mut characters = signature.as_bytes().to_vec();
    characters[index] = if characters[index] == b'A' || characters[index] == b'0' {
        b'4'
    } else if index == 26 && signature.len() == 28 {
        b'A'
    } else {
        b'0'
    };
    String::from_utf8(characters).expect("base64 and hex are text")
}

/// Times `refuses` with signatures of which nothing and nearly everything is right, in random
/// order, each in a buffer of its own made before the clock runs.
fn compare(
    runner: &mut CtRunner,
    random: &mut BenchRng,
    signature: &str,
    last: usize,
    refuses: impl Fn(&str) -> bool,
) {
    let nothing_right = wrong_at(0, signature);
    let nearly_right = wrong_at(last, signature);
    let inputs: Vec<(Class, String)> = (0..SAMPLES)
        .map(|_| {
            if random.next_u32() & 1 == 0 {
                (Class::Left, nothing_right.clone())
            } else {
                (Class::Right, nearly_right.clone())
            }
        })
        .collect();
    for (class, presented) in inputs {
        runner.run_one(class, || assert!(refuses(&presented)));
    }
}

fn sha256_hex(runner: &mut CtRunner, random: &mut BenchRng) {
    let key = SigningKey::new(KEY).unwrap();
    let signature = key.sign_body_sha256(URL, BODY);
    compare(runner, random, &signature, 63, |presented| {
        !validate_request_with_body(&key, presented, URL, BODY)
    });
}

fn sha1_hex(runner: &mut CtRunner, random: &mut BenchRng) {
    let key = SigningKey::new(KEY).unwrap();
    let signature = key.sign_body_sha1(URL, BODY);
    compare(runner, random, &signature, 39, |presented| {
        !validate_request_with_body(&key, presented, URL, BODY)
    });
}

fn sha1_base64(runner: &mut CtRunner, random: &mut BenchRng) {
    let key = SigningKey::new(KEY).unwrap();
    let parameters = [("From", "+15551234567"), ("Body", "Hello")];
    let signature = key.sign_form(URL, parameters);
    compare(runner, random, &signature, 26, |presented| {
        !validate_request(&key, presented, URL, parameters)
    });
}

/// The test of the test: a comparison that stops at the first difference. Its |t| must be large.
fn control_that_leaks(runner: &mut CtRunner, random: &mut BenchRng) {
    let signature = SigningKey::new(KEY).unwrap().sign_body_sha256(URL, BODY);
    let stops_early = |presented: &str| {
        let pairs = presented.bytes().zip(signature.bytes());
        pairs.map(std::hint::black_box).all(|(a, b)| a == b)
    };
    compare(runner, random, &signature, 63, |presented| {
        !stops_early(presented)
    });
}

ctbench_main!(sha256_hex, sha1_hex, sha1_base64, control_that_leaks);
