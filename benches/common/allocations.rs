//! Counts what a request allocates, which is the same in every run.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use tokio::runtime::Builder;
use tower::{Service, ServiceExt as _};

use super::requests::Sample;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Allocations {
    pub(crate) count: u64,
    pub(crate) bytes: u64,
}

/// What the layer allocates for a request beyond the bare service.
pub(crate) fn added<Bare, Layered, B>(
    bare: &Bare,
    layered: &Layered,
    sample: &Sample,
) -> Allocations
where
    Bare: Service<Request<B>, Response = Response<B>, Error = Infallible> + Clone,
    Layered: Service<Request<B>, Response = Response<B>, Error = Infallible> + Clone,
    B: From<Bytes>,
{
    let bare = of(bare, sample);
    let layered = of(layered, sample);
    Allocations {
        count: layered.count - bare.count,
        bytes: layered.bytes - bare.bytes,
    }
}

fn of<S, B>(service: &S, sample: &Sample) -> Allocations
where
    S: Service<Request<B>, Response = Response<B>, Error = Infallible> + Clone,
    B: From<Bytes>,
{
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let pass = || {
        let request = sample.request::<B>();
        let mut response = None;
        let counted = allocation_counter::measure(|| {
            response = Some(runtime.block_on(service.clone().oneshot(request)));
        });
        Allocations {
            count: counted.count_total,
            bytes: counted.bytes_total,
        }
    };
    // The first pass fills what the runtime keeps for the thread.
    pass();
    pass()
}
