//! What the explanation of a forged request costs: the whole search, since nothing matches.
//!
//! `cargo bench --bench explanation --features explain` prints the shortest of several runs for each body: a plain form,
//! and those that there is most to try of.

use std::{io::Write as _, time::Instant};

use http::{Request, request::Parts};
use signalwire_webhook::{
    SigningKey,
    explain::{Cause, Explainer},
};

const RUNS: usize = 10;

fn main() {
    let small = [1024, 10 * 1024, 64 * 1024, 1024 * 1024];
    for length in small {
        let (named, body) = ("form", form(length));
        print(named, &plain(), &body);
    }
    for length in small {
        for (named, body) in hostile(length) {
            print(named, &plain(), &body);
        }
    }
    let body = form(229);
    print("form, long headers", &names_everything(1_000), &body);
    print("form, longer headers", &names_everything(30_000), &body);
}

fn print(named: &str, parts: &Parts, body: &[u8]) {
    let shortest = (0..RUNS)
        .map(|_| milliseconds(parts, body))
        .fold(f64::MAX, f64::min);
    println!("{named:<28} {:>8} B: {shortest:>6.1} ms", body.len());
}

fn form(length: usize) -> Vec<u8> {
    let mut body = b"From=%2B15551234567&Body=".to_vec();
    body.resize(length, b'x');
    body
}

fn hostile(length: usize) -> Vec<(&'static str, Vec<u8>)> {
    let around = |start: &str, text: &str, end: &str| {
        let inside = text.repeat(length.saturating_sub(start.len() + end.len()) / text.len());
        format!("{start}{inside}{end}").into_bytes()
    };
    let parameters: Vec<String> = (0..1_000)
        .map(|index| format!("a{index}=%2525+%0D%0A%C3%A9"))
        .collect();
    vec![
        (
            "nested arrays",
            around(&"[".repeat(60), "1,", &format!("1{}", "]".repeat(60))),
        ),
        ("JSON with escapes", around("[\"", "é/&<\\u00e9", "\"]")),
        ("JSON of many keys", around("{", "\"\":1,", "\"\":1}")),
        ("JSON in a string", around("\"", "\\\"a\\u00e9", "\"")),
        ("a thousand parameters", parameters.join("&").into_bytes()),
        ("escapes", around("a=", "%26amp;+", "")),
        ("bytes that are not text", vec![0xe9; length]),
        ("gzip of zeros", gzip(&vec![0; 64 * length])),
    ]
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(content)
        .expect("a Vec takes whatever is written to it");
    encoder
        .finish()
        .expect("a Vec takes whatever is written to it")
}

fn milliseconds(parts: &Parts, body: &[u8]) -> f64 {
    let key = SigningKey::new("PSKtest1234567890abcdef").unwrap();
    let explainer = Explainer::new(key);
    let start = Instant::now();
    let explanation = explainer.explain(parts, body);
    let elapsed = start.elapsed();
    assert_eq!(explanation.cause(), Cause::NoMatch);
    elapsed.as_secs_f64() * 1000.0
}

/// As it arrives after a proxy that says much, so that there is much to try.
fn plain() -> Parts {
    let request = Request::post("/hooks/sms?tenant=acme&lang=en")
        .header("host", "app:3000")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-forwarded-host", "hooks.example.com")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-prefix", "/public")
        .header("x-signalwire-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    request.body(()).unwrap().into_parts().0
}

/// With a URL and headers as long as a server takes them.
fn names_everything(length: usize) -> Parts {
    let target = format!(
        "/{}?{}",
        "a~//%41/".repeat(length / 16),
        "b=%20+'&".repeat(length / 16)
    );
    let hosts: Vec<String> = (0..length / 20)
        .map(|index| format!("H{index}.example:{index}"))
        .collect();
    let hosts = hosts.join(",");
    let mut request = Request::post(&target)
        .header("host", "UPPER.example:1")
        .header("x-signalwire-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    for name in [
        "x-forwarded-host",
        "x-original-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
    ] {
        request = request.header(name, &hosts);
    }
    for number in 0..20 {
        request = request.header(format!("x-path-{number}"), &target);
    }
    request.body(()).unwrap().into_parts().0
}
