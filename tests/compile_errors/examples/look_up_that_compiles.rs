//! Look-ups as they are written first: an async function, and closures that borrow the request or fail.

use std::{error::Error, fs, io};

use signalwire_webhook::{KeySource, SignalWireWebhookLayer, SigningKey, SigningKeys};

async fn find(project: String) -> io::Result<Option<SigningKeys>> {
    let key = SigningKey::new(format!("PSK-of-{project}")).map_err(io::Error::other)?;
    Ok(Some(key.into()))
}

fn main() {
    let by_function = KeySource::look_up(
        |parts, _| parts.uri.path().rsplit('/').next().map(str::to_owned),
        find,
    );
    let by_closure = KeySource::look_up(
        |_, body| Some(String::from_utf8_lossy(body).into_owned()),
        |project: String| async move { find(project).await },
    );
    let by_closure_with_errors_of_its_own = KeySource::look_up(
        |_, _| Some("sales".to_owned()),
        |project: String| async move {
            let key = SigningKey::new(fs::read(project)?)?;
            Ok::<_, Box<dyn Error + Send + Sync>>(Some(key.into()))
        },
    );
    let _layers = [by_function, by_closure, by_closure_with_errors_of_its_own]
        .map(SignalWireWebhookLayer::new);
}
