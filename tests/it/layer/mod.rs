//! Tower and axum: what becomes of a request.

mod bodies;
mod composition;
mod future;
mod key_look_up;
mod keys;
mod operation;
mod proof;
mod rejections;
mod routers;
mod sockets;
#[cfg(feature = "testing")]
mod testing_kit;
