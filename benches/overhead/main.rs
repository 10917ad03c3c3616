//! What the layer adds to a request, against the HMAC that no verifier can do without.
//!
//! `cargo bench --bench overhead` prints one table. "added" is the time of the service with the
//! layer less that of the same service without it; "limit" is one HMAC over URL and body with
//! the key schedule made once. A request that is refused by its headers is held against the
//! limit of the form.

#[path = "../common/contest.rs"]
mod contest;
#[path = "../common/requests.rs"]
mod requests;

use std::convert::Infallible;

use axum::body::Body;
use hmac::Hmac;
use http::{Request, Response};
use sha1::Sha1;
use sha2::Sha256;
use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer, SigningKey};
use tower::Layer as _;

use contest::Contender;
use requests::Sample;

struct Row<'a> {
    name: String,
    sample: &'a Sample,
    limit: Contender<'a>,
    goal: Option<f64>,
    url: PublicUrl,
}

fn main() {
    let form = Sample::form(&requests::voice_call());
    let json = Sample::json(2 * 1024);
    let json_sha256 = json.clone().signed_with_sha256();
    let json_64 = Sample::json(64 * 1024);
    let missing = form.clone().unsigned();
    let malformed = form.clone().signed("not a signature");
    let wrong = form.clone().wrongly_signed();
    let forwarded = form.clone().forwarded();
    let forged = Sample::form(&requests::numbered(16_000)).wrongly_signed();
    let growing_bytes: Vec<Sample> = (10..=20)
        .step_by(2)
        .map(|power| Sample::json(1 << power))
        .collect();
    let growing_parameters: Vec<Sample> = [1, 10, 100, 300, 1_000]
        .map(|count| Sample::form(&requests::numbered(count)))
        .into();

    println!(
        "{:<34} {:>9} {:>10} {:>10} {:>7} {:>6}",
        "request", "body", "added", "limit", "ratio", "goal"
    );
    let sha1 = |sample, of, name: &str, goal| {
        Row {
            name: name.to_owned(),
            sample,
            limit: contest::hmac::<Hmac<Sha1>>(of),
            goal,
            url: PublicUrl::from_request(),
        }
        .print();
    };
    sha1(&form, &form, "cXML form, 26 fields", Some(3.5));
    sha1(&json, &json, "SWML JSON, SHA-1", Some(1.5));
    Row {
        name: "SWML JSON, SHA-256".to_owned(),
        sample: &json_sha256,
        limit: contest::hmac::<Hmac<Sha256>>(&json_sha256),
        goal: None,
        url: PublicUrl::from_request(),
    }
    .print();
    sha1(&json_64, &json_64, "SWML JSON, 64 KB", Some(1.05));
    for (name, sample, url) in [
        (
            "form, X-Forwarded headers trusted",
            &forwarded,
            PublicUrl::from_request().trust_forwarded_headers(),
        ),
        (
            "form, base URL configured",
            &form,
            PublicUrl::base(&format!("https://{}", requests::HOST)).unwrap(),
        ),
    ] {
        Row {
            name: name.to_owned(),
            sample,
            limit: contest::hmac::<Hmac<Sha1>>(&form),
            goal: None,
            url,
        }
        .print();
    }
    sha1(&missing, &form, "form, no signature", Some(1.0));
    sha1(&malformed, &form, "form, malformed signature", Some(1.0));
    sha1(&wrong, &form, "form, wrong signature", None);
    sha1(&forged, &forged, "forged form, 16,000 names", None);
    for sample in &growing_bytes {
        sha1(sample, sample, "JSON", None);
    }
    for sample in &growing_parameters {
        let count = sample.body.split(|&byte| byte == b'&').count();
        sha1(sample, sample, &format!("form, {count} parameters"), None);
    }
}

impl Row<'_> {
    fn print(self) {
        let bare = tower::service_fn(answer);
        let key = SigningKey::new(requests::KEY).unwrap();
        let layered = SignalWireWebhookLayer::new(key)
            .public_url(self.url)
            .layer(bare);
        let [bare, layered, limit] = contest::nanoseconds([
            contest::service(&bare, self.sample),
            contest::service(&layered, self.sample),
            self.limit,
        ]);
        let added = layered - bare;
        println!(
            "{:<34} {:>7} B {:>7.0} ns {:>7.0} ns {:>7.2} {:>6}",
            self.name,
            self.sample.body.len(),
            added,
            limit,
            added / limit,
            self.goal.map_or(String::new(), |goal| format!("{goal:.2}")),
        );
    }
}

async fn answer(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}
