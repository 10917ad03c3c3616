//! No forged request is explained as genuine.

use http::{Request, request::Parts};
use sha2::{Digest as _, Sha256};
use signalwire_webhook::{
    SigningKey, SigningKeys,
    explain::{Cause, Explainer, MAX_COMPUTATIONS},
};

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        self.0 += 1;
        let blocks =
            (0..=length / 32).flat_map(|block| Sha256::digest(format!("{}/{block}", self.0)));
        blocks.take(length).collect()
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.bytes(1)[0]) % limit
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn forged(numbers: &mut Numbers) -> (Parts, Vec<u8>) {
    let host = ["app:3000", "hooks.example.com", "[::1]:80"][numbers.below(3)];
    let target = ["/sms", "/a//b/?c=d&a=%20", "/", "/x?bodySHA256=00"][numbers.below(4)];
    let mut request = Request::post(target).header("host", host);
    if numbers.below(2) == 0 {
        request = request.header("x-forwarded-host", "public.example.com");
    }
    let sha1 = numbers.bytes(20);
    request = match numbers.below(4) {
        0 => request.header("x-signalwire-signature", hex(&sha1)),
        1 => request.header("x-signalwire-signature", base64(&sha1)),
        2 => request.header("x-twilio-signature", base64(&sha1)),
        _ => request.header("x-signalwire-sha256-signature", hex(&numbers.bytes(32))),
    };
    let length = numbers.below(64);
    let body = match numbers.below(3) {
        0 => format!("From=%2B1{}&Body=x", numbers.below(100)).into_bytes(),
        1 => format!("{{\"a\": {}}}", numbers.below(100)).into_bytes(),
        _ => numbers.bytes(length),
    };
    (request.body(()).unwrap().into_parts().0, body)
}

#[test]
fn no_forged_request_is_explained_as_genuine() {
    let two = ["PSK-one", "PSK-two"].map(|key| SigningKey::new(key).unwrap());
    let explainer = Explainer::new(SigningKeys::new(two).unwrap());
    let mut numbers = Numbers(0);
    for number in 0..1_000 {
        let (parts, body) = forged(&mut numbers);
        let explanation = explainer.explain(&parts, &body);
        assert_eq!(explanation.causes(), [Cause::NoMatch], "{number}");
        assert!(
            !explanation.is_genuine() && explanation.remedies().is_empty(),
            "{number}"
        );
        assert_eq!(explanation.likeliest_reasons().len(), 3, "{number}");
        assert_eq!(explanation.keys_tried().len(), 2, "{number}");
        assert!(explanation.ruled_out().len() > 1, "{number}");
        assert!(explanation.computations() <= MAX_COMPUTATIONS, "{number}");
    }
}
