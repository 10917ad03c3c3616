//! What `docs/recipes.md` says of a unique key in a database.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Request, StatusCode},
    routing::post,
};
use futures_util::{StreamExt as _, stream};
use signalwire_webhook::{
    SignalWireWebhookLayer, SigningKey, VerifiedWebhook, testing::WebhookRequest,
};
use signalwire_webhook_database::Database;
use tokio_postgres::{Client, Error, NoTls};
use tower::ServiceExt as _;

const RECIPES: &str = include_str!("../../../docs/recipes.md");

/// The statement of the recipe that begins like this.
fn statement(beginning: &str) -> &'static str {
    let statements = RECIPES.split("```sql\n").skip(1).flat_map(|block| {
        let block = block.split("```").next().unwrap();
        block.split_inclusive(";\n")
    });
    statements
        .map(|statement| &statement[statement.find(beginning).unwrap_or(statement.len())..])
        .find(|statement| !statement.is_empty())
        .unwrap_or_else(|| panic!("the recipe has a statement {beginning:?}"))
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The table of the recipe, and one for the work that a handler does.
async fn prepare(database: &Database) -> Client {
    let client = connect(&database.url()).await;
    client
        .batch_execute(statement("CREATE TABLE"))
        .await
        .unwrap();
    client
        .batch_execute("CREATE TABLE work (id text)")
        .await
        .unwrap();
    client
}

async fn count(client: &Client, query: &str) -> i64 {
    client.query_one(query, &[]).await.unwrap().get(0)
}

#[derive(Clone)]
struct Application {
    url: Arc<str>,
    fails: Arc<AtomicBool>,
}

impl Application {
    /// The work of a first copy, in one transaction with its row; `None` where it fails.
    async fn handle(&self, id: &str) -> Result<Option<()>, Error> {
        let mut client = connect(&self.url).await;
        let transaction = client.transaction().await?;
        if transaction.execute(statement("INSERT"), &[&id]).await? == 1 {
            transaction
                .execute("INSERT INTO work (id) VALUES ($1)", &[&id])
                .await?;
        }
        if self.fails.load(Ordering::Relaxed) {
            return Ok(None);
        }
        transaction.commit().await?;
        Ok(Some(()))
    }
}

async fn status(State(application): State<Application>, verified: VerifiedWebhook) -> StatusCode {
    let id = verified.delivery_id().to_string();
    match application.handle(&id).await {
        Ok(Some(())) => StatusCode::NO_CONTENT,
        Ok(None) | Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn key() -> SigningKey {
    SigningKey::new("PSKtest1234567890abcdef").unwrap()
}

fn app(database: &Database) -> (Router, Arc<AtomicBool>) {
    let application = Application {
        url: database.url().into(),
        fails: Arc::default(),
    };
    let fails = application.fails.clone();
    let router = Router::new()
        .route("/status", post(status))
        .layer(SignalWireWebhookLayer::new(key()))
        .with_state(application);
    (router, fails)
}

fn delivery(number: usize) -> Request<Body> {
    let sid = format!("SM{number}");
    let fields = [("MessageSid", &*sid), ("MessageStatus", "delivered")];
    WebhookRequest::form("http://127.0.0.1/status", fields)
        .signed_by(&key())
        .map(Body::new)
}

async fn send(app: &Router, number: usize) -> StatusCode {
    app.clone()
        .oneshot(delivery(number))
        .await
        .unwrap()
        .status()
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_at_once_are_handled_once() {
    let Some(database) = Database::start() else {
        return;
    };
    let client = prepare(&database).await;
    let (app, _) = app(&database);
    // Three copies each, next to each other.
    let copies = stream::iter(0..300).map(|copy| send(&app, copy / 3));
    let statuses: Vec<_> = copies.buffer_unordered(24).collect().await;
    assert_eq!(statuses, [StatusCode::NO_CONTENT; 300]);
    assert_eq!(count(&client, "SELECT count(*) FROM work").await, 100);
    let distinct = "SELECT count(DISTINCT id) FROM work JOIN deliveries USING (id)";
    assert_eq!(count(&client, distinct).await, 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_fails_leaves_the_delivery_to_its_retry() {
    let Some(database) = Database::start() else {
        return;
    };
    let client = prepare(&database).await;
    let (app, fails) = app(&database);
    fails.store(true, Ordering::Relaxed);
    assert_eq!(send(&app, 1).await, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(count(&client, "SELECT count(*) FROM deliveries").await, 0);
    fails.store(false, Ordering::Relaxed);
    assert_eq!(send(&app, 1).await, StatusCode::NO_CONTENT);
    assert_eq!(count(&client, "SELECT count(*) FROM work").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_copy_waits_until_the_first_has_ended() {
    let Some(database) = Database::start() else {
        return;
    };
    let watcher = prepare(&database).await;
    for (committed, added) in [(true, 0), (false, 1)] {
        let id = format!("committed {committed}");
        let [mut first, second] = [
            connect(&database.url()).await,
            connect(&database.url()).await,
        ];
        let transaction = first.transaction().await.unwrap();
        transaction
            .execute(statement("INSERT"), &[&id])
            .await
            .unwrap();
        let copy = tokio::spawn({
            let id = id.clone();
            async move { second.execute(statement("INSERT"), &[&id]).await.unwrap() }
        });
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        while count(&watcher, waiting).await == 0 {
            assert!(!copy.is_finished(), "the second copy did not wait");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if committed {
            transaction.commit().await.unwrap();
        } else {
            transaction.rollback().await.unwrap();
        }
        assert_eq!(copy.await.unwrap(), added, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_later_is_older_than_what_the_recipe_keeps() {
    let Some(database) = Database::start() else {
        return;
    };
    let client = prepare(&database).await;
    for (id, days) in [("old", "8"), ("young", "6")] {
        let insert =
            format!("INSERT INTO deliveries VALUES ('{id}', now() - interval '{days} days')");
        client.batch_execute(&insert).await.unwrap();
    }
    client.batch_execute(statement("DELETE")).await.unwrap();
    let left = client.query_one("SELECT id FROM deliveries", &[]).await;
    assert_eq!(left.unwrap().get::<_, &str>(0), "young");
}
