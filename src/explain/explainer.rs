use std::{borrow::Borrow, fmt};

use http::request::Parts;

use crate::explain::body::messages::messages;
use crate::explain::body::variations::body_variations;
use crate::explain::diagnosis::Diagnosis;
use crate::explain::explanation::Explanation;
use crate::explain::key::candidates::candidate_keys;
use crate::explain::presented::{has_signature_header, presented_signatures};
use crate::explain::ranked::by_rank;
use crate::explain::search::{Hmacs, RealHmacs, Search};
use crate::explain::unexplained::Unexplained;
use crate::explain::url::variations::UrlVariations;
use crate::{
    key::{SigningKey, SigningKeys},
    url::{PublicUrl, configured::without_secrets},
    verify::{AcceptedSchemes, Policy, SignatureScheme, names_body_digest},
};

/// Explains requests: see the [module](crate::explain).
///
/// Give it what the layer has, so that it explains the layer's verdict.
#[derive(Clone)]
#[must_use]
pub struct Explainer {
    keys: SigningKeys,
    policy: Policy,
    dashboard_url: Option<String>,
    shows_queries: bool,
}

/// Without the credentials and the query of the dashboard's URL.
impl fmt::Debug for Explainer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dashboard_url = self.dashboard_url.as_deref().map(without_secrets);
        formatter
            .debug_struct("Explainer")
            .field("keys", &self.keys)
            .field("policy", &self.policy)
            .field("dashboard_url", &dashboard_url)
            .field("shows_queries", &self.shows_queries)
            .finish()
    }
}

impl Explainer {
    /// Explains with these keys, and otherwise the layer's defaults.
    pub fn new(keys: impl Into<SigningKeys>) -> Self {
        Self::of_policy(keys.into(), Policy::default())
    }

    pub(crate) fn of_policy(keys: SigningKeys, policy: Policy) -> Self {
        Self {
            keys,
            policy,
            dashboard_url: None,
            shows_queries: false,
        }
    }

    /// What the layer's [`public_url`](crate::SignalWireWebhookLayer::public_url) is.
    pub fn public_url(mut self, url: PublicUrl) -> Self {
        self.policy.public_url = url;
        self
    }

    /// What the layer's [`accept`](crate::SignalWireWebhookLayer::accept) is.
    pub fn accept<S: Borrow<SignatureScheme>>(
        mut self,
        schemes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.policy.accepted = AcceptedSchemes::of(schemes);
        self
    }

    /// The URL as it is configured in the dashboard: what helps most where nothing in the request
    /// names the host that SignalWire called.
    pub fn dashboard_url(mut self, url: impl Into<String>) -> Self {
        self.dashboard_url = Some(url.into());
        self
    }

    /// Writes the queries of URLs out, which the log must not have: for a tool whose user has the
    /// request before them.
    pub fn show_queries(mut self) -> Self {
        self.shows_queries = true;
        self
    }

    /// Finds what would make the presented signature match, within the budget.
    ///
    /// `parts` are those of the request as the layer sees it, and `body` is the whole body.
    /// Never panics.
    #[must_use]
    pub fn explain(&self, parts: &Parts, body: &[u8]) -> Explanation {
        self.explain_with(parts, body, &mut RealHmacs)
    }

    fn explain_with(&self, parts: &Parts, body: &[u8], hmacs: &mut impl Hmacs) -> Explanation {
        let tried = self.policy.public_url.candidates(parts);
        let dashboard = self.dashboard_url.as_deref().map(str::trim);
        let unexplained = Unexplained {
            parts,
            body,
            tried: &tried,
            dashboard,
            keys_tried: self.key_ids(),
        };
        let presented = presented_signatures(&parts.headers);
        if presented.is_empty() {
            return unexplained.without_signature(has_signature_header(&parts.headers));
        }
        let urls = UrlVariations::of(parts, body, &tried, dashboard);
        let bodies = body_variations(body);
        let named = tried.iter().map(String::as_str).chain(dashboard);
        let names_digest = named.into_iter().any(names_body_digest);
        let search = Search {
            urls: urls.by_rank(),
            messages: by_rank(messages(
                &parts.headers,
                names_digest,
                body,
                &bodies,
                &presented,
            )),
            keys: by_rank(candidate_keys(&self.keys)),
            presented: &presented,
        };
        let outcome = search.run(hmacs);
        let mut explanation = match &outcome.hit {
            Some(hit) => Diagnosis {
                parts,
                body,
                bodies: &bodies,
                tried: &tried,
                accepted: &self.policy.accepted,
                shows_queries: self.shows_queries,
            }
            .of(hit),
            None => unexplained.without_match(
                &urls.describe(),
                &search.messages,
                &search.keys,
                outcome.is_complete,
            ),
        };
        explanation.computations = outcome.computations;
        explanation
    }

    fn key_ids(&self) -> Vec<String> {
        self.keys
            .iter()
            .map(SigningKey::id)
            .map(str::to_owned)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use http::Request;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::explain::Cause;
    use crate::explain::MAX_COMPUTATIONS;
    use crate::explain::MAX_HASHED_BYTES;
    use crate::explain::presented::{Algorithm, Digest};

    /// Computes, and counts what it computes.
    #[derive(Default)]
    struct CountedHmacs {
        computations: usize,
        bytes: usize,
    }

    impl Hmacs for CountedHmacs {
        fn compute(&mut self, algorithm: Algorithm, key: &SigningKey, message: &[&[u8]]) -> Digest {
            self.computations += 1;
            self.bytes += message.iter().map(|part| part.len()).sum::<usize>();
            RealHmacs.compute(algorithm, key, message)
        }
    }

    fn keys(number: usize) -> SigningKeys {
        let key = |index| SigningKey::new(format!("a,%41 \"=PSK{index}"));
        SigningKeys::new((0..number).map(|index| key(index).unwrap())).unwrap()
    }

    const SHA1: &str = "c3c08c1fefaf9ee198a100d5906765a6f394bf0f";

    /// Everything that adds to what there is to try.
    fn hostile(length: usize) -> http::request::Builder {
        let many_hosts: Vec<String> = (0..length)
            .map(|index| format!("h{index}.example:{index}"))
            .collect();
        let target = format!("/{}?{}", "a//%41/".repeat(length), "b=%20+&".repeat(length));
        let mut request = Request::post(&target)
            .header("host", "UPPER.example:1")
            .header("authorization", "Basic dXNlcjpwYXNzd29yZA==")
            .header("x-signalwire-signature", SHA1)
            .header("x-signalwire-sha256-signature", "ab".repeat(32));
        for name in [
            "x-forwarded-host",
            "forwarded",
            "x-original-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
        ] {
            request = request.header(name, many_hosts.join(","));
        }
        for _ in 0..length {
            request = request
                .header("x-original-uri", &target)
                .header("x-signalwire-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        }
        request
    }

    fn hostile_bodies() -> Vec<Vec<u8>> {
        let mut pairs = String::new();
        for index in 0..1_500 {
            write!(pairs, "a{index}=%2525+%0D%0A&").unwrap();
        }
        vec![
            Vec::new(),
            pairs.into_bytes(),
            "[".repeat(100_000).into_bytes(),
            format!("[{}1]", "{\"b\":1,\"a\":\"\\u00e9\\/é\"},".repeat(3_000)).into_bytes(),
            vec![0xff; 500_000],
            b"\x1f\x8b\x08\xff\0\0\0\0\0\0\xff\xff".to_vec(),
            b"a=\r\n\n\r%".to_vec(),
        ]
    }

    #[test]
    fn the_budget_holds_whatever_the_request() {
        for (length, number_of_keys) in [(0, 1), (1_000, 500)] {
            for body in hostile_bodies() {
                let (parts, ()) = hostile(length).body(()).unwrap().into_parts();
                let mut hmacs = CountedHmacs::default();
                let explanation = Explainer::new(keys(number_of_keys))
                    .dashboard_url("https://hooks.example.com/p?a=b#c")
                    .explain_with(&parts, &body, &mut hmacs);
                assert_eq!(explanation.cause(), Cause::NoMatch);
                assert_eq!(explanation.computations(), hmacs.computations);
                assert!(
                    hmacs.computations <= MAX_COMPUTATIONS,
                    "{}",
                    hmacs.computations
                );
                assert!(hmacs.bytes <= MAX_HASHED_BYTES, "{}", hmacs.bytes);
            }
        }
    }

    #[test]
    fn an_ordinary_request_gets_the_whole_budget() {
        let (parts, ()) = hostile(10).body(()).unwrap().into_parts();
        let mut hmacs = CountedHmacs::default();
        let _ = Explainer::new(keys(1)).explain_with(&parts, br#"{"a":1}"#, &mut hmacs);
        assert_eq!(hmacs.computations, MAX_COMPUTATIONS);
    }

    #[test]
    fn a_body_of_fifteen_kibibytes_gets_the_whole_search_and_one_of_a_mebibyte_a_shorter_one() {
        let search = |length: usize| {
            let (parts, ()) = hostile(2).body(()).unwrap().into_parts();
            let mut hmacs = CountedHmacs::default();
            let _ = Explainer::new(keys(1)).explain_with(&parts, &vec![b'x'; length], &mut hmacs);
            hmacs
        };
        assert_eq!(search(15 * 1024).computations, MAX_COMPUTATIONS);
        let shorter = search(1024 * 1024);
        assert!(
            (32..=64).contains(&shorter.computations),
            "{}",
            shorter.computations
        );
        assert!(shorter.bytes <= 64 * 1024 * 1024, "{}", shorter.bytes);
    }

    #[test]
    fn a_request_that_the_layer_accepts_takes_one_hmac() {
        let key = SigningKey::new("PSKtest").unwrap();
        let signature = key.sign_body_sha1("https://hooks.example.com/swml", b"{}");
        let request = Request::post("/swml")
            .header("host", "hooks.example.com")
            .header("content-type", "application/json")
            .header("x-signalwire-signature", signature);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let explanation = Explainer::new(key).explain(&parts, b"{}");
        assert_eq!(explanation.causes(), [Cause::Accepted]);
        assert_eq!(explanation.computations(), 1);
    }

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

    fn forged(numbers: &mut Numbers) -> (Parts, Vec<u8>) {
        let hex = |bytes: &[u8]| crate::encoding::encode_hex(bytes);
        let base64 = |bytes: &[u8]| crate::encoding::encode_base64(bytes);
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
        }
    }

    #[test]
    fn what_is_unreadable_breaks_nothing() {
        let mut numbers = Numbers(1_000_000);
        let headers = [
            "host",
            "forwarded",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "x-original-url",
            "x-signalwire-signature",
            "authorization",
            "content-type",
        ];
        for _ in 0..200 {
            let mut request = Request::post("/%ff%?%").header("x-twilio-signature", SHA1);
            for name in headers {
                let length = numbers.below(40);
                let value: Vec<u8> = numbers
                    .bytes(length)
                    .into_iter()
                    .filter(|&byte| byte > 31 && byte != 127)
                    .collect();
                request = request.header(name, value);
            }
            let length = numbers.below(200);
            let body = numbers.bytes(length);
            let dashboard = String::from_utf8_lossy(&numbers.bytes(20)).into_owned();
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let explanation = Explainer::new(keys(1))
                .dashboard_url(dashboard)
                .explain(&parts, &body);
            assert_eq!(explanation.cause(), Cause::NoMatch);
        }
    }
}
