//! What the layer adds to a request, against the HMAC that no verifier can do without.
//!
//! `cargo bench --bench overhead` prints one table. "added" is the time of the service with the
//! layer less that of the same service without it; "limit" is one HMAC over URL and body with
//! the key schedule made once. Both are the least of seven runs, and so is their ratio's; "median"
//! is that of what was added. A request that is refused by its headers is held against the
//! limit of the form.

#[path = "../common/contest.rs"]
mod contest;
#[path = "../common/requests.rs"]
mod requests;
#[path = "../common/seven_runs.rs"]
mod seven_runs;

use std::convert::Infallible;

use axum::body::Body;
use hmac::Hmac;
use http::{Request, Response};
use sha1::Sha1;
use sha2::Sha256;
use signalwire_webhook::{ForwardingHeader, PublicUrl, SignalWireWebhookLayer, SigningKey};
use tower::Layer as _;

use requests::Sample;
use seven_runs::of_seven_runs;

struct Row {
    name: String,
    sample: Sample,
    limit: Limit,
    goal: Option<f64>,
    url: PublicUrl,
}

/// One HMAC over the URL and the body of this request.
enum Limit {
    Sha1(Sample),
    Sha256(Sample),
}

fn main() {
    let rows = rows();
    let measured = of_seven_runs(|| rows.iter().map(Row::measure).collect());
    println!(
        "{:<34} {:>9} {:>10} {:>10} {:>10} {:>7} {:>6}",
        "request", "body", "added", "median", "limit", "ratio", "goal"
    );
    for (row, measured) in rows.iter().zip(measured) {
        let (added, median) = measured.least_and_median(|[added, _]| added);
        let (limit, _) = measured.least_and_median(|[_, limit]| limit);
        println!(
            "{:<34} {:>7} B {:>7.0} ns {:>7.0} ns {:>7.0} ns {:>7.2} {:>6}",
            row.name,
            row.sample.body.len(),
            added,
            median,
            limit,
            added / limit,
            row.goal.map_or(String::new(), |goal| format!("{goal:.2}")),
        );
    }
}

fn rows() -> Vec<Row> {
    let form = Sample::form(&requests::voice_call());
    let json = Sample::json(2 * 1024);
    let json_sha256 = json.clone().signed_with_sha256();
    let json_64 = Sample::json(64 * 1024);
    let refused = |name, sample| Row::new(name, sample).against(Limit::Sha1(form.clone()));
    let mut rows = vec![
        Row::new("cXML form, 26 fields", form.clone()).goal(3.5),
        Row::new("SWML JSON, SHA-1", json).goal(1.5),
        Row::new("SWML JSON, SHA-256", json_sha256.clone()).against(Limit::Sha256(json_sha256)),
        Row::new("SWML JSON, 64 KB", json_64).goal(1.05),
        Row::new(
            "form, X-Forwarded headers trusted",
            form.clone().forwarded(),
        )
        .at(PublicUrl::from_headers([
            ForwardingHeader::XForwardedProto,
            ForwardingHeader::XForwardedHost,
        ])),
        Row::new("form, base URL configured", form.clone()).at(PublicUrl::base(&format!(
            "https://{}",
            requests::HOST
        ))
        .unwrap()),
        refused("form, no signature", form.clone().unsigned()).goal(1.0),
        refused(
            "form, malformed signature",
            form.clone().signed("not a signature"),
        )
        .goal(1.0),
        refused("form, wrong signature", form.clone().wrongly_signed()),
        Row::new(
            "forged form, 16,000 names",
            Sample::form(&requests::numbered(16_000)).wrongly_signed(),
        ),
    ];
    rows.extend([1 << 16, 1 << 20].map(|bytes| Row::new("the very worst", Sample::worst(bytes))));
    rows.extend(
        (10..=20)
            .step_by(2)
            .map(|power| Row::new("JSON", Sample::json(1 << power))),
    );
    rows.extend([1, 10, 100, 300, 1_000].map(|count| {
        let name = format!("form, {count} parameters");
        Row::new(name, Sample::form(&requests::numbered(count)))
    }));
    rows
}

impl Row {
    fn new(name: impl Into<String>, sample: Sample) -> Self {
        Self {
            name: name.into(),
            limit: Limit::Sha1(sample.clone()),
            sample,
            goal: None,
            url: PublicUrl::from_request(),
        }
    }

    fn against(self, limit: Limit) -> Self {
        Self { limit, ..self }
    }

    fn goal(self, ratio: f64) -> Self {
        Self {
            goal: Some(ratio),
            ..self
        }
    }

    fn at(self, url: PublicUrl) -> Self {
        Self { url, ..self }
    }

    /// The nanoseconds that the layer adds, and those of the limit.
    fn measure(&self) -> [f64; 2] {
        let bare = tower::service_fn(answer);
        let key = SigningKey::new(requests::KEY).unwrap();
        let layered = SignalWireWebhookLayer::new(key)
            .public_url(self.url.clone())
            .layer(bare);
        let [bare, layered, limit] = contest::nanoseconds([
            contest::service(&bare, &self.sample),
            contest::service(&layered, &self.sample),
            match &self.limit {
                Limit::Sha1(sample) => contest::hmac::<Hmac<Sha1>>(sample),
                Limit::Sha256(sample) => contest::hmac::<Hmac<Sha256>>(sample),
            },
        ]);
        [layered - bare, limit]
    }
}

async fn answer(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}
