//! A copy gets the answer of the first.

use std::time::Duration;

use axum::http::{HeaderName, StatusCode};
use signalwire_webhook::{DeliverOnceLayer, MemoryDeliveries};
use tower::ServiceExt as _;

use super::support::{Runs, answering, app, callback, delivered, key, respond, send};

const KIB: usize = 1024;

#[tokio::test]
async fn a_copy_gets_the_same_answer_and_the_handler_runs_once() {
    let runs = Runs::default();
    let handler = answering(&runs, |run| {
        (
            StatusCode::CREATED,
            [("content-type", "application/xml"), ("x-run", "first")],
            format!("<Response>{run}</Response>"),
        )
    });
    let app = app(DeliverOnceLayer::in_memory(), handler);
    let first = send(&app, delivered()).await;
    first.assert_is(201, "<Response>1</Response>");
    assert_eq!(first.headers["x-run"], "first");
    for _ in 0..3 {
        let copy = send(&app, delivered()).await;
        assert_eq!(copy.status, first.status);
        assert_eq!(copy.body, first.body);
        assert_eq!(copy.headers["content-type"], "application/xml");
        assert_eq!(copy.headers["x-run"], "first");
    }
    assert_eq!(runs.get(), 1);
}

#[tokio::test]
async fn every_delivery_is_handled() {
    let runs = Runs::default();
    let app = app(
        DeliverOnceLayer::in_memory(),
        answering(&runs, |run| format!("run {run}")),
    );
    for (number, status) in ["queued", "sent", "delivered"].into_iter().enumerate() {
        let callback = callback("SM1", status).signed_by(&key());
        send(&app, callback)
            .await
            .assert_is(200, &format!("run {}", number + 1));
    }
}

#[tokio::test]
async fn what_belongs_to_one_client_one_connection_or_one_moment_is_not_repeated() {
    let own = [
        "set-cookie",
        "date",
        "connection",
        "keep-alive",
        "x-hop",
        "proxy-connection",
        "te",
        "trailer",
        "upgrade",
        "transfer-encoding",
        "content-length",
        "proxy-authenticate",
    ];
    let runs = Runs::default();
    let handler = answering(&runs, move |_| {
        let mut response = axum::response::Response::new("hello".to_owned());
        for name in own {
            let value = match name {
                "connection" => "close, X-Hop",
                "content-length" => "5",
                _ => "mine",
            };
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        for value in ["one", "two"] {
            response
                .headers_mut()
                .append("x-kept", value.parse().unwrap());
        }
        response
    });
    let app = app(DeliverOnceLayer::in_memory(), handler);
    let first = respond(&app, delivered()).await;
    for name in own {
        assert!(first.headers().contains_key(name), "{name}");
    }
    let copy = send(&app, delivered()).await;
    copy.assert_is(200, "hello");
    for name in own.into_iter().filter(|name| *name != "content-length") {
        assert!(!copy.headers.contains_key(name), "{name}");
    }
    let kept: Vec<_> = copy.headers.get_all("x-kept").iter().collect();
    assert_eq!(kept, ["one", "two"]);
}

#[tokio::test]
async fn the_first_answer_keeps_its_extensions() {
    #[derive(Clone, Debug, PartialEq)]
    struct Mark;
    let handler = answering(&Runs::default(), |_| (axum::Extension(Mark), "hello"));
    let app = app(DeliverOnceLayer::in_memory(), handler);
    let first = respond(&app, delivered()).await;
    assert_eq!(first.extensions().get(), Some(&Mark));
}

#[tokio::test]
async fn a_body_of_64_kib_is_repeated_and_a_longer_one_is_not() {
    for (length, status) in [(64 * KIB, 200), (64 * KIB + 1, 409)] {
        let runs = Runs::default();
        let app = app(
            DeliverOnceLayer::in_memory(),
            answering(&runs, move |_| "x".repeat(length)),
        );
        let first = send(&app, delivered()).await;
        assert_eq!((first.status.as_u16(), first.body.len()), (200, length));
        let copy = send(&app, delivered()).await;
        assert_eq!(copy.status.as_u16(), status);
        assert_eq!(copy.body == first.body, status == 200);
        assert_eq!(runs.get(), 1);
    }
}

#[tokio::test]
async fn headers_of_more_than_16_kib_are_not_repeated_either() {
    let runs = Runs::default();
    let app = app(
        DeliverOnceLayer::in_memory(),
        answering(&runs, |_| [("x-long", "x".repeat(16 * KIB))]),
    );
    assert_eq!(send(&app, delivered()).await.status, StatusCode::OK);
    assert_eq!(send(&app, delivered()).await.status, StatusCode::CONFLICT);
    assert_eq!(runs.get(), 1);
}

#[tokio::test]
async fn a_duplicate_can_be_refused() {
    let runs = Runs::default();
    let app = app(
        DeliverOnceLayer::in_memory().refuse_duplicates(),
        answering(&runs, |_| "personal"),
    );
    send(&app, delivered()).await.assert_is(200, "personal");
    send(&app, delivered()).await.assert_is(
        409,
        "This delivery was handled, and its answer is not repeated.",
    );
    assert_eq!(runs.get(), 1);
}

#[tokio::test]
async fn the_services_and_clones_of_one_layer_remember_together() {
    let runs = Runs::default();
    let layer = DeliverOnceLayer::in_memory();
    let one = app(layer.clone(), answering(&runs, |run| format!("run {run}")));
    let other = app(layer, answering(&runs, |run| format!("run {run}")));
    send(&one, delivered()).await.assert_is(200, "run 1");
    send(&other, delivered()).await.assert_is(200, "run 1");
}

#[tokio::test]
async fn what_is_older_than_the_retention_is_forgotten() {
    let runs = Runs::default();
    let layer = DeliverOnceLayer::in_memory().retention(Duration::from_secs(1));
    let app = app(layer, answering(&runs, |run| format!("run {run}")));
    send(&app, delivered()).await.assert_is(200, "run 1");
    send(&app, delivered()).await.assert_is(200, "run 1");
    // The cache has a clock of its own, which no test can turn.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    send(&app, delivered()).await.assert_is(200, "run 2");
}

#[tokio::test]
async fn no_retention_is_too_long_and_none_too_short() {
    for retention in [Duration::ZERO, Duration::MAX] {
        let runs = Runs::default();
        let layer = DeliverOnceLayer::new(MemoryDeliveries::new()).retention(retention);
        let app = app(layer, answering(&runs, |run| format!("run {run}")));
        send(&app, delivered()).await.assert_is(200, "run 1");
        send(&app, delivered()).await.assert_is(200, "run 1");
    }
}

#[tokio::test]
async fn the_inner_service_may_have_another_body_and_error() {
    use axum::http::{Request, Response};
    use http_body_util::Full;
    use signalwire_webhook::SignalWireWebhookLayer;
    use tower::{Layer as _, service_fn};

    let inner = service_fn(async |_: Request<axum::body::Body>| {
        Ok::<_, std::io::Error>(Response::new(Full::new("full".into())))
    });
    let service =
        SignalWireWebhookLayer::new(key()).layer(DeliverOnceLayer::in_memory().layer(inner));
    for _ in 0..2 {
        let response = service.clone().oneshot(delivered()).await.unwrap();
        super::support::read(response).await.assert_is(200, "full");
    }
}
