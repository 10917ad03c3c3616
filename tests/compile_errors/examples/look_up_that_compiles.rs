//! Look-ups as they are written first: closures that borrow the request or fail, and async functions.

use std::{error::Error, fs, io};

use signalwire_webhook::{KeySource, SignalWireWebhookLayer, SigningKey, SigningKeys};

fn keys() -> SigningKeys {
    SigningKey::new("PSK-of-sales").unwrap().into()
}

async fn find(_project: String) -> Result<Option<SigningKeys>, Box<dyn Error + Send + Sync>> {
    Ok(Some(keys()))
}

async fn read(project: String) -> io::Result<Option<SigningKeys>> {
    let key = std::future::ready(fs::read(project)).await?;
    let key = SigningKey::new(key).map_err(io::Error::other)?;
    Ok(Some(key.into()))
}

fn main() {
    let known = KeySource::look_up(
        |parts, _| parts.uri.path().rsplit('/').next().map(str::to_owned),
        |project: String| async move { Ok((project == "sales").then(keys)) },
    );
    let by_function = KeySource::look_up(|_, _| Some("sales".to_owned()), find);
    let by_function_with_an_error_of_its_own = KeySource::look_up(
        |_, body| Some(String::from_utf8_lossy(body).into_owned()),
        |project| async move { Ok(read(project).await?) },
    );
    let by_closure_with_errors_of_several_types = KeySource::look_up(
        |_, _| Some("sales".to_owned()),
        |project| async move { Ok(Some(SigningKey::new(fs::read(project)?)?.into())) },
    );
    let _layers = [
        known,
        by_function,
        by_function_with_an_error_of_its_own,
        by_closure_with_errors_of_several_types,
    ]
    .map(SignalWireWebhookLayer::new);
}
