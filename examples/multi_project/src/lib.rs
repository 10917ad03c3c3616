//! Many projects on one server, their signing keys in a table of a SQLite file:
//!
//! ```sql
//! CREATE TABLE signing_keys (project TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (project, key))
//! ```
//!
//! `SIGNING_KEYS_DATABASE=keys.sqlite cargo run -p multi-project-example`
//!
//! A request says by a segment of its path or by a field of its body whose it is. Either chooses
//! the key to verify with, and neither is believed: a handler asks the verified key whose it is.

mod key_store;
mod named_project;
mod project;

pub use self::{
    key_store::{KeyStore, KeyStoreError},
    project::Project,
};

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    routing::{get, post},
};
use http::request::Parts;
use signalwire_webhook::{KeySource, SignalWireWebhookLayer};

/// How long a key that is dropped from the table may still be believed.
const TIME_TO_LIVE: Duration = Duration::from_secs(60);

/// Answers a signed request with the project whose key signed it.
pub fn router(store: &KeyStore) -> Router {
    let projects = Router::new()
        .route("/projects/{project}/sms", post(sms))
        .layer(layer(named_project::in_path, store));
    Router::new()
        .route("/hooks", get(sms).post(sms))
        .layer(layer(named_project::in_body, store))
        .merge(projects)
}

fn layer(
    identify: fn(&Parts, &Bytes) -> Option<String>,
    store: &KeyStore,
) -> SignalWireWebhookLayer {
    let store = store.clone();
    let keys = KeySource::look_up(identify, move |project| {
        let keys = store.clone().keys_of(project);
        async { Ok(keys.await?) }
    });
    SignalWireWebhookLayer::new(keys.cached_for(TIME_TO_LIVE))
}

async fn sms(Project(project): Project) -> String {
    project
}
