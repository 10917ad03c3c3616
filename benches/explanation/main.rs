//! What the explanation of a forged request costs: the whole search, since nothing matches.
//!
//! `cargo bench --bench explanation` prints the shortest of several runs for each length of body.

use std::time::Instant;

use http::{Request, request::Parts};
use signalwire_webhook::{
    SigningKey,
    explain::{Cause, Explainer},
};

const RUNS: usize = 20;

fn main() {
    for length in [1024, 10 * 1024, 1024 * 1024] {
        let body = form(length);
        let shortest = (0..RUNS)
            .map(|_| milliseconds(&body))
            .fold(f64::MAX, f64::min);
        println!("forged form of {length:>7} B: {shortest:>5.1} ms");
    }
}

fn form(length: usize) -> Vec<u8> {
    let mut body = b"From=%2B15551234567&Body=".to_vec();
    body.resize(length, b'x');
    body
}

fn milliseconds(body: &[u8]) -> f64 {
    let key = SigningKey::new("PSKtest1234567890abcdef").unwrap();
    let explainer = Explainer::new(key);
    let parts = forged();
    let start = Instant::now();
    let explanation = explainer.explain(&parts, body);
    let elapsed = start.elapsed();
    assert_eq!(explanation.cause(), Cause::NoMatch);
    elapsed.as_secs_f64() * 1000.0
}

/// As it arrives behind a proxy that says much, so that there is much to try.
fn forged() -> Parts {
    let request = Request::post("/hooks/sms?tenant=acme&lang=en")
        .header("host", "app:3000")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-forwarded-host", "hooks.example.com")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-prefix", "/public")
        .header("x-signalwire-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    request.body(()).unwrap().into_parts().0
}
