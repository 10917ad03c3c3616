//! Both ways to name a project, over a real file.

use std::path::{Path, PathBuf};

use axum::{Router, response::Response};
use http::StatusCode;
use http_body_util::BodyExt as _;
use multi_project_example::{KeyStore, KeyStoreError, router};
use rusqlite::Connection;
use signalwire_webhook::{Rejection, RejectionReason, SigningKey, testing::WebhookRequest};
use tempfile::TempDir;
use tower::ServiceExt as _;

const ONE: &str = "0b3f3a2e-6f0e-4d7c-9a53-0d4f6a1f2c11";
const TWO: &str = "7c1d9e54-2f7b-4c19-8d20-5b7e8f9a0b22";

struct Database {
    _folder: TempDir,
    file: PathBuf,
    connection: Connection,
}

impl Database {
    fn with(rows: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.sqlite");
        let connection = Connection::open(&file).unwrap();
        let table = "CREATE TABLE signing_keys \
            (project TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (project, key))";
        connection.execute(table, []).unwrap();
        let database = Self {
            _folder: folder,
            file,
            connection,
        };
        for (project, key) in rows {
            database.insert(project, key);
        }
        database
    }

    fn of_two_projects() -> Self {
        Self::with(&[(ONE, "PSKone"), (ONE, "PSKone-next"), (TWO, "PSKtwo")])
    }

    fn insert(&self, project: &str, key: &str) {
        let insert = "INSERT INTO signing_keys VALUES (?1, ?2)";
        self.connection.execute(insert, [project, key]).unwrap();
    }

    fn drop_table(&self) {
        self.connection
            .execute("DROP TABLE signing_keys", [])
            .unwrap();
    }

    fn router(&self) -> Router {
        router(&KeyStore::open(&self.file).unwrap())
    }
}

fn key(text: &str) -> SigningKey {
    SigningKey::new(text).unwrap()
}

fn to_path_of(project: &str) -> WebhookRequest {
    let url = format!("https://hooks.example.com/projects/{project}/sms");
    WebhookRequest::form(url, [("From", "+15551234567")])
}

fn form_of(project: &str) -> WebhookRequest {
    let fields = [("From", "+15551234567"), ("AccountSid", project)];
    WebhookRequest::form("https://hooks.example.com/hooks", fields)
}

fn query_of(project: &str) -> WebhookRequest {
    WebhookRequest::get(format!(
        "https://hooks.example.com/hooks?AccountSid={project}"
    ))
}

fn call_of(project: &str) -> WebhookRequest {
    let call = format!(r#"{{"call":{{"call_id":"abc-123","project_id":"{project}"}}}}"#);
    WebhookRequest::raw("https://hooks.example.com/hooks", "application/json", call)
}

type Build = fn(&str) -> WebhookRequest;
const WAYS: [Build; 4] = [to_path_of, form_of, query_of, call_of];

async fn send(app: &Router, request: WebhookRequest, signer: &str) -> Response {
    let request = request.signed_by(&key(signer));
    app.clone().oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

fn reason(response: &Response) -> Option<RejectionReason> {
    response.extensions().get().map(Rejection::reason)
}

#[tokio::test]
async fn each_project_is_verified_with_its_own_keys() {
    let app = Database::of_two_projects().router();
    for request in WAYS {
        for (project, signer) in [(ONE, "PSKone"), (ONE, "PSKone-next"), (TWO, "PSKtwo")] {
            let response = send(&app, request(project), signer).await;
            assert_eq!(response.status(), StatusCode::OK, "{signer}");
            assert_eq!(text(response).await, project);
        }
    }
}

#[tokio::test]
async fn a_project_cannot_speak_for_another() {
    let app = Database::of_two_projects().router();
    for request in WAYS {
        for (project, signer) in [(ONE, "PSKtwo"), (TWO, "PSKone")] {
            let response = send(&app, request(project), signer).await;
            assert_eq!(response.status(), StatusCode::FORBIDDEN);
        }
    }
    // The path chooses the key, whatever the body claims.
    let claim = WebhookRequest::form(
        format!("https://hooks.example.com/projects/{TWO}/sms"),
        [("AccountSid", ONE)],
    );
    assert_eq!(text(send(&app, claim, "PSKtwo").await).await, TWO);
}

#[tokio::test]
async fn a_project_that_does_not_exist_is_refused_as_a_forgery_is() {
    let app = Database::of_two_projects().router();
    let too_long = "p".repeat(65);
    for request in WAYS {
        for project in ["three", "x' OR '1'='1", "", &too_long] {
            let escaped = project.replace(' ', "%20");
            let response = send(&app, request(&escaped), "PSKone").await;
            if response.status() == StatusCode::NOT_FOUND {
                assert_eq!(project, "", "the router knows no path without a project");
                continue;
            }
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{project}");
            assert_eq!(reason(&response), Some(RejectionReason::NoKeyForRequest));
        }
    }
}

#[tokio::test]
async fn keys_that_were_found_are_kept_and_the_rest_is_503_without_a_table() {
    let database = Database::of_two_projects();
    let app = database.router();
    let first = send(&app, form_of(ONE), "PSKone").await;
    assert_eq!(first.status(), StatusCode::OK);
    let unknown = send(&app, form_of("three"), "PSKone").await;
    assert_eq!(unknown.status(), StatusCode::FORBIDDEN);

    database.drop_table();
    let kept = send(&app, form_of(ONE), "PSKone-next").await;
    assert_eq!(kept.status(), StatusCode::OK);
    for (project, signer) in [(TWO, "PSKtwo"), ("three", "PSKone")] {
        let not_kept = send(&app, form_of(project), signer).await;
        assert_eq!(not_kept.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reason(&not_kept), Some(RejectionReason::KeyLookupFailed));
    }
}

#[test]
fn a_database_that_cannot_be_used_is_an_error_at_the_start() {
    let problem = |file: &Path| KeyStore::open(file).unwrap_err().to_string();
    let absent = Path::new("absent.sqlite");
    assert!(problem(absent).contains("unable to open database file"));

    let tableless = Database::with(&[]);
    tableless.drop_table();
    assert!(problem(&tableless.file).contains("no such table: signing_keys"));

    let empty = Database::with(&[(ONE, "PSKone"), (TWO, " ")]);
    assert!(matches!(
        KeyStore::open(&empty.file),
        Err(KeyStoreError::Unusable { project, .. }) if project == TWO
    ));
    let twice = Database::with(&[(ONE, "PSKone"), (ONE, "PSKone ")]);
    let sentence =
        format!("the signing keys of the project {ONE:?} cannot be used: the signing key");
    assert!(problem(&twice.file).starts_with(&sentence));
}
