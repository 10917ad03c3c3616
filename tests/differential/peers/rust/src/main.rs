//! Answers each request, a line of JSON, with the verdict of the layer in SignalWire's own Rust
//! crate.

use std::{
    convert::Infallible,
    error::Error,
    io::{self, BufRead as _, Write as _},
};

use axum::{
    body::Body,
    http::{Request, Response, StatusCode},
};
use serde::{Deserialize, Serialize};
use signalwire::security::WebhookLayer;
use tower::{Layer as _, ServiceExt as _, service_fn};

#[derive(Deserialize)]
struct Webhook {
    key: String,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    /// Hex.
    body: String,
}

#[derive(Serialize)]
struct Verdict {
    accepts: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let webhook: Webhook = serde_json::from_str(&line?)?;
        let verdict = match runtime.block_on(webhook.is_accepted()) {
            Ok(accepts) => Verdict {
                accepts,
                error: None,
            },
            Err(error) => Verdict {
                accepts: false,
                error: Some(error.to_string()),
            },
        };
        writeln!(output, "{}", serde_json::to_string(&[verdict])?)?;
        output.flush()?;
    }
    Ok(())
}

impl Webhook {
    async fn is_accepted(&self) -> Result<bool, Box<dyn Error>> {
        let (base, target) = self.base_and_target();
        let mut request = Request::builder().method(&*self.method).uri(target);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_bytes());
        }
        let request = request.body(Body::from(self.body()?))?;
        let inner = service_fn(|_: Request<Body>| async {
            Ok::<_, Infallible>(Response::new(Body::empty()))
        });
        let layer = WebhookLayer::new(&*self.key).with_url_base(base);
        let response = layer.layer(inner).oneshot(request).await?;
        Ok(response.status() == StatusCode::OK)
    }

    fn base_and_target(&self) -> (&str, String) {
        let authority_start = self.url.find("://").map_or(0, |position| position + 3);
        let authority_length = self.url[authority_start..]
            .find(['/', '?'])
            .unwrap_or(self.url.len() - authority_start);
        let (base, target) = self.url.split_at(authority_start + authority_length);
        // No request line is without a path.
        let slash = if target.starts_with('/') { "" } else { "/" };
        (base, format!("{slash}{target}"))
    }

    fn body(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        (0..self.body.len())
            .step_by(2)
            .map(|start| Ok(u8::from_str_radix(&self.body[start..start + 2], 16)?))
            .collect()
    }
}
