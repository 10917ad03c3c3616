//! HTTP connections, within bounds.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tower::Service;

use crate::failure::Failure;

/// More at once than a tunnel opens.
const CONNECTIONS: usize = 128;

/// The longest head of a request. It is held for each connection.
const LONGEST_HEAD: usize = 64 * 1024;

/// The same for HTTP/2, whose requests share a connection.
const LONGEST_HEAD_OF_HTTP2: u32 = 64 * 1024;

/// Requests at once on a connection of HTTP/2.
const STREAMS: u32 = 16;

/// How long the head of a request may take, and a connection may be idle.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);

/// How long the last answers may take after Ctrl-C.
const FAREWELL: Duration = Duration::from_secs(3);

/// A second of patience where the system has no file for another connection.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// With which HTTP/2 begins.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long the rest of it is waited for each time.
const MOMENT: Duration = Duration::from_millis(20);

pub(super) struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// At an address that this option names.
    pub(super) async fn bind(address: SocketAddr, option: &str) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            let hint = match error.kind() {
                io::ErrorKind::AddrInUse => format!("; name another port with {option}"),
                _ => String::new(),
            };
            Failure::of(format!("cannot listen on {address}: {error}{hint}"))
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until Ctrl-C.
    pub(super) async fn serve<S>(self, service: S)
    where
        S: Service<Request<Incoming>, Response = Response<axum::body::Body>>
            + Clone
            + Send
            + 'static,
        S::Error: std::error::Error + Send + Sync + 'static,
        S::Future: Send,
    {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let graceful = GracefulShutdown::new();
        let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
        loop {
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await;
                let place = place.expect("nothing closes the semaphore");
                (place, self.listener.accept().await)
            };
            tokio::select! {
                (place, connection) = next => match connection {
                    Ok((stream, _)) => spawn(stream, place, service.clone(), &graceful),
                    Err(_) => sleep(AFTER_ERROR).await,
                },
                _ = &mut interrupted => break,
            }
        }
        let _ = timeout(FAREWELL, graceful.shutdown()).await;
    }
}

fn spawn<S>(stream: TcpStream, place: OwnedSemaphorePermit, service: S, graceful: &GracefulShutdown)
where
    S: Service<Request<Incoming>, Response = Response<axum::body::Body>> + Clone + Send + 'static,
    S::Error: std::error::Error + Send + Sync + 'static,
    S::Future: Send,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .max_buf_size(LONGEST_HEAD)
        .preserve_header_case(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD_DEADLINE)
        .keep_alive_timeout(HEAD_DEADLINE)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(LONGEST_HEAD_OF_HTTP2);
    // The small frames of a web socket would wait for each other. A socket that refuses is only slower.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(service);
    let watcher = graceful.watcher();
    tokio::spawn(async move {
        if let Ok(true) = timeout(HEAD_DEADLINE, tells_its_version(&stream)).await {
            let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
            // A connection that breaks off is the client's affair.
            let _ = watcher.watch(connection.into_owned()).await;
        }
        drop(place);
    });
}

/// Waits for as many bytes as tell the versions of HTTP apart, for which hyper-util would wait without a
/// deadline. Answers whether they came.
async fn tells_its_version(stream: &TcpStream) -> bool {
    let mut first = [0; PREFACE.len()];
    loop {
        match stream.peek(&mut first).await {
            Ok(0) | Err(_) => return false,
            Ok(length) if length == PREFACE.len() => return true,
            Ok(length) if !PREFACE.starts_with(&first[..length]) => return true,
            // It answers at once while there is a byte.
            Ok(_) => sleep(MOMENT).await,
        }
    }
}
