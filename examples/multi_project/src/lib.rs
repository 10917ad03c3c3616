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

mod by_body_field;
mod by_path_segment;
mod key_store;
mod project;

pub use self::{
    by_body_field::ByBodyField,
    by_path_segment::ByPathSegment,
    key_store::{KeyStore, KeyStoreError},
    project::Project,
};

use axum::{
    Router,
    routing::{get, post},
};
use signalwire_webhook::{KeySource, SignalWireWebhookLayer};

/// Answers a signed request with the project whose key signed it.
pub fn router(store: &KeyStore) -> Router {
    let by_path = KeySource::provider(ByPathSegment(store.clone()));
    let by_body = KeySource::provider(ByBodyField(store.clone()));
    let projects = Router::new()
        .route("/projects/{project}/sms", post(sms))
        .layer(SignalWireWebhookLayer::new(by_path));
    Router::new()
        .route("/hooks", get(sms).post(sms))
        .layer(SignalWireWebhookLayer::new(by_body))
        .merge(projects)
}

async fn sms(Project(project): Project) -> String {
    project
}
