//! Connections that go on as web sockets, as those of `<Stream>`: joined, and left alone.

use http::{Method, Response, header, request::Parts};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

/// Whether a request asks to go on as a web socket.
pub(super) fn is_handshake(request: &Parts) -> bool {
    let names = |name, wanted: &str| {
        let values = request.headers.get_all(name).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|value| value.trim().eq_ignore_ascii_case(wanted))
    };
    request.method == Method::GET
        && names(header::UPGRADE, "websocket")
        && names(header::CONNECTION, "upgrade")
        && request.headers.contains_key(header::SEC_WEBSOCKET_KEY)
}

/// The connection of the caller, once it is one.
pub(super) fn caller(request: &mut Parts) -> Option<OnUpgrade> {
    request.extensions.remove()
}

/// Passes whatever comes on either side to the other, until one of them ends.
pub(super) fn join<B>(caller: Option<OnUpgrade>, target: &mut Response<B>) {
    let Some(caller) = caller else { return };
    let target = hyper::upgrade::on(target);
    tokio::spawn(async move {
        if let (Ok(caller), Ok(target)) = (caller.await, target.await) {
            let (mut caller, mut target) = (TokioIo::new(caller), TokioIo::new(target));
            // A connection that breaks off is over as one that ends.
            let _ = copy_bidirectional(&mut caller, &mut target).await;
        }
    });
}
