//! The router, while its keys are replaced as Kubernetes replaces a mounted secret.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use http::StatusCode;
use rotating_keys_example::{KeyFile, reload_on_change, router};
use signalwire_webhook::{RotatingKeys, SigningKey, testing::WebhookRequest};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// `keys` is a link to `..data/keys`, and `..data` one to the folder of the current version.
struct Secret {
    folder: TempDir,
}

impl Secret {
    fn mount(keys: &str) -> Self {
        let secret = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        secret.update("..version1", keys);
        symlink("..data/keys", secret.file()).unwrap();
        secret
    }

    fn update(&self, version: &str, keys: &str) {
        let folder = self.folder.path();
        fs::create_dir(folder.join(version)).unwrap();
        fs::write(folder.join(version).join("keys"), keys).unwrap();
        symlink(version, folder.join("..data_tmp")).unwrap();
        fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
    }

    fn file(&self) -> std::path::PathBuf {
        Path::new(self.folder.path()).join("keys")
    }
}

async fn status_of_sms_signed_by(app: &Router, key: &str) -> StatusCode {
    let key = SigningKey::new(key).unwrap();
    let sms = WebhookRequest::form("https://hooks.example.com/sms", [("From", "+15551234567")]);
    let response = app.clone().oneshot(sms.signed_by(&key)).await.unwrap();
    response.status()
}

async fn wait_until(app: &Router, key: &str, status: StatusCode) {
    let changed = async {
        while status_of_sms_signed_by(app, key).await != status {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), changed).await;
    waited.unwrap_or_else(|_| panic!("{key} should come to be answered with {status}"));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_swapped_secret_replaces_the_keys_and_a_bad_one_does_not() {
    let log = Log::default();
    let writer = log.clone();
    let _subscription = tracing::subscriber::set_default(
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish(),
    );
    let secret = Secret::mount("PSKold-0123456789\n");
    let file = KeyFile::new(secret.file());
    let keys = RotatingKeys::new(file.read().unwrap());
    let app = router(keys.clone());
    tokio::spawn(reload_on_change(file, keys).unwrap());
    wait_until(&app, "PSKold-0123456789", StatusCode::OK).await;
    wait_until(&app, "PSKnew-0123456789", StatusCode::FORBIDDEN).await;

    secret.update("..version2", "PSKold-0123456789\nPSKnew-0123456789\n");
    wait_until(&app, "PSKnew-0123456789", StatusCode::OK).await;
    wait_until(&app, "PSKold-0123456789", StatusCode::OK).await;

    secret.update("..version3", "PSKnew-0123456789\n");
    wait_until(&app, "PSKold-0123456789", StatusCode::FORBIDDEN).await;
    wait_until(&app, "PSKnew-0123456789", StatusCode::OK).await;

    secret.update("..version4", "\n");
    let sentence = "no signing key was given: give at least one";
    let logged = async {
        while !log.text().contains(sentence) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), logged).await;
    assert!(waited.is_ok(), "{}", log.text());
    wait_until(&app, "PSKnew-0123456789", StatusCode::OK).await;

    secret.update("..version5", "PSKthird-0123456789\n");
    wait_until(&app, "PSKthird-0123456789", StatusCode::OK).await;
    assert!(!log.text().contains("PSK"), "{}", log.text());
}
