use std::{
    fmt::Write as _,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, future::join_all};
use http_body_util::BodyExt as _;
use signalwire_webhook::testing::WebhookRequest;
use tokio::time::sleep;

use crate::{
    client::{Answer, Connection},
    key,
};

/// A status callback, as the bytes of HTTP/1.1.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The `MessageSid`.
    pub name: String,
    pub request: Vec<u8>,
}

impl Delivery {
    pub fn new(name: impl Into<String>) -> Self {
        Self::with_text(name, "")
    }

    /// With another field, as long as it may be.
    pub fn with_text(name: impl Into<String>, text: &str) -> Self {
        let name = name.into();
        let fields = [
            ("AccountSid", "11111111-2222-3333-4444-555555555555"),
            ("Body", text),
            ("MessageSid", &name),
            ("MessageStatus", "delivered"),
        ];
        let request = WebhookRequest::form("http://127.0.0.1/status", fields).signed_by(&key());
        let (parts, body) = request.into_parts();
        let body = body.collect().now_or_never().unwrap().unwrap().to_bytes();
        let mut head = format!("{} {} HTTP/1.1\r\n", parts.method, parts.uri);
        for (name, value) in &parts.headers {
            write!(head, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
        }
        write!(head, "content-length: {}\r\n\r\n", body.len()).unwrap();
        Self {
            name,
            request: [head.as_bytes(), &body].concat(),
        }
    }
}

/// Sends each delivery three times over as many connections as there are, all at once, its copies next
/// to each other; the answers of each delivery. A copy that is told to come again does, and so does
/// one whose server went away.
pub async fn send_copies(
    server: SocketAddr,
    connections: usize,
    deliveries: &[Delivery],
) -> Vec<[Answer; 3]> {
    let next = Arc::new(AtomicUsize::new(0));
    let sent = join_all((0..connections).map(|_| {
        let next = next.clone();
        let mut connection = Connection::to(server);
        async move {
            let mut answers = Vec::new();
            loop {
                let copy = next.fetch_add(1, Ordering::Relaxed);
                let Some(delivery) = deliveries.get(copy / 3) else {
                    return answers;
                };
                let answer = send_until_answered(&mut connection, delivery).await;
                answers.push((copy, answer));
            }
        }
    }))
    .await;
    let mut answers: Vec<_> = sent.into_iter().flatten().collect();
    answers.sort_by_key(|(copy, _)| *copy);
    let mut answers = answers.into_iter().map(|(_, answer)| answer);
    deliveries
        .iter()
        .map(|_| std::array::from_fn(|_| answers.next().expect("three answers a delivery")))
        .collect()
}

async fn send_until_answered(connection: &mut Connection, delivery: &Delivery) -> Answer {
    loop {
        match connection.try_send(&delivery.request).await {
            Ok(answer) if answer.status < 500 => return answer,
            _ => sleep(Duration::from_millis(100)).await,
        }
    }
}
