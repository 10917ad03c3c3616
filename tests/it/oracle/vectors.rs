//! 160 requests judged by SignalWire's own packages (`data/vectors.jsonl`: compatibility-api and
//! web-api from npm, and the formula of the guide where no package has one).

use axum::{
    body::Body,
    extract::Request,
    http::{Uri, request::Builder},
};
use serde::Deserialize;
use signalwire_webhook::{
    PublicUrl, SignatureScheme, SigningKey, validate_request, validate_request_with_body,
};
use std::collections::HashMap;

use crate::support::Judge;

#[derive(Deserialize)]
struct Vector {
    n: u32,
    kind: String,
    key: String,
    method: String,
    url: String,
    headers: HashMap<String, String>,
    body: String,
    accept: bool,
}

impl Vector {
    fn all() -> Vec<Self> {
        let vectors: Vec<Self> = include_str!("../../data/vectors.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(vectors.len(), 160);
        vectors
    }

    fn key(&self) -> SigningKey {
        SigningKey::new(&self.key).unwrap()
    }

    fn builder(&self) -> Builder {
        let builder = Request::builder().method(&*self.method);
        self.headers.iter().fold(builder, |builder, (name, value)| {
            builder.header(name, value)
        })
    }

    /// As HTTP/1.1 brings it: the authority in `Host`, the path and query in the request line.
    fn request(&self) -> Request {
        let uri: Uri = self.url.parse().unwrap();
        self.builder()
            .uri(uri.path_and_query().unwrap().as_str())
            .header("host", uri.authority().unwrap().as_str())
            .body(Body::from(self.body.clone()))
            .unwrap()
    }

    /// As a proxy that keeps neither host nor path brings it.
    fn request_elsewhere(&self) -> Request {
        self.builder()
            .uri("/elsewhere")
            .header("host", "app:3000")
            .body(Body::from(self.body.clone()))
            .unwrap()
    }

    fn scheme(&self) -> SignatureScheme {
        match &*self.kind {
            "form" | "get" => SignatureScheme::FormParameters,
            "json" => SignatureScheme::RawBodySha1,
            "json256" | "both" => SignatureScheme::RawBodySha256,
            "digest" => SignatureScheme::BodyDigest,
            other => panic!("{other} is not a kind of vector"),
        }
    }

    fn check(&self, url: PublicUrl, request: Request) {
        let verdict = Judge::new(self.key()).public_url(url).scheme(request);
        let expected = self.accept.then(|| self.scheme());
        assert_eq!(verdict.ok(), expected, "vector {}: {verdict:?}", self.n);
    }
}

#[test]
fn it_is_judged_as_signalwire_does_by_the_request_alone() {
    for vector in Vector::all() {
        vector.check(PublicUrl::from_request(), vector.request());
    }
}

#[test]
fn it_is_judged_as_signalwire_does_by_a_configured_url() {
    for vector in Vector::all() {
        let exact = PublicUrl::exact(&vector.url).unwrap();
        vector.check(exact, vector.request_elsewhere());

        let origin_length = vector.url[8..].find('/').unwrap() + 8;
        let base = PublicUrl::base(&vector.url[..origin_length]).unwrap();
        vector.check(base, vector.request());
    }
}

#[test]
fn the_functions_judge_as_signalwire_does() {
    for vector in Vector::all() {
        let key = vector.key();
        let signature = |name: &str| vector.headers.get(name).map(String::as_str);
        let sha1 = signature("x-signalwire-signature").or(signature("x-twilio-signature"));
        let sha256 = signature("x-signalwire-sha256-signature");
        let verdict = match vector.scheme() {
            SignatureScheme::FormParameters => {
                let body = vector.body.as_bytes();
                let parameters = form_urlencoded::parse(body);
                let decoded = validate_request(&key, sha1.unwrap(), &vector.url, parameters);
                let raw = validate_request_with_body(&key, sha1.unwrap(), &vector.url, body);
                assert_eq!(decoded, raw, "vector {}", vector.n);
                raw
            }
            _ => [sha256, sha1].into_iter().flatten().any(|signature| {
                let body = vector.body.as_bytes();
                validate_request_with_body(&key, signature, &vector.url, body)
            }),
        };
        assert_eq!(verdict, vector.accept, "vector {}", vector.n);
    }
}
