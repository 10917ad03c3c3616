//! Tower and axum: what becomes of a request.

mod bodies;
mod composition;
mod future;
mod key_source;
mod operation;
mod proof;
mod rejections;
mod routers;
mod sockets;
