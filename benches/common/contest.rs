//! Times contenders against each other, so that ratios hold on a machine with other work to do.

use std::{
    convert::Infallible,
    hint::black_box,
    time::{Duration, Instant},
};

use bytes::Bytes;
use hmac::Mac;
use http::{Request, Response};
use tokio::runtime::{Builder, Runtime};
use tower::{Service, ServiceExt as _};

use super::requests::{self, Sample};

const TIME_FOR_A_CONTEST: Duration = Duration::from_millis(300);
const TIME_FOR_A_BATCH: Duration = Duration::from_micros(300);

const MAX_BATCH: u32 = 256;

/// Runs itself so many times, and says how long that took.
pub(crate) type Contender<'a> = Box<dyn FnMut(u32) -> Duration + 'a>;

/// The nanoseconds of one run of each. The contenders take turns in short batches, and the
/// shortest batch counts: what else the machine does can only make a batch longer. All batches
/// have as many runs, so that each contender finds the caches in the same state.
pub(crate) fn nanoseconds<const N: usize>(mut contenders: [Contender<'_>; N]) -> [f64; N] {
    let slowest = contenders.iter_mut().map(once).max().unwrap_or_default();
    let batch = TIME_FOR_A_BATCH.as_nanos() / slowest.as_nanos().max(1);
    let batch = u32::try_from(batch)
        .unwrap_or(MAX_BATCH)
        .clamp(1, MAX_BATCH);
    let mut least = [f64::INFINITY; N];
    let start = Instant::now();
    while start.elapsed() < TIME_FOR_A_CONTEST {
        for (contender, least) in contenders.iter_mut().zip(&mut least) {
            let time = contender(batch).as_secs_f64() * 1e9 / f64::from(batch);
            *least = least.min(time);
        }
    }
    least
}

fn once(contender: &mut Contender<'_>) -> Duration {
    contender(1);
    contender(1)
}

/// Makes a request, passes it to a service and drops the response, again and again: one request at a
/// time, as a connection has them, so that the allocator serves each from what the last one left.
/// The making is in the time, and out of it again once that of another service is subtracted.
pub(crate) fn service<'a, S, B>(service: &'a S, sample: &'a Sample) -> Contender<'a>
where
    S: Service<Request<B>, Response = Response<B>, Error = Infallible> + Clone,
    B: From<Bytes>,
{
    let runtime = runtime();
    Box::new(move |batch| {
        runtime.block_on(async {
            let start = Instant::now();
            for _ in 0..batch {
                let request = sample.request::<B>();
                drop(black_box(service.clone().oneshot(request).await));
            }
            start.elapsed()
        })
    })
}

/// One HMAC over URL and body, its key schedule made once: what no verifier can do without.
pub(crate) fn hmac<'a, M: Mac + hmac::KeyInit + Clone + 'a>(sample: &'a Sample) -> Contender<'a> {
    let keyed = <M as hmac::KeyInit>::new_from_slice(requests::KEY.as_bytes()).unwrap();
    let url = requests::url();
    Box::new(move |batch| {
        let start = Instant::now();
        for _ in 0..batch {
            let mut hmac = keyed.clone();
            hmac.update(black_box(url.as_bytes()));
            hmac.update(black_box(&sample.body));
            black_box(hmac.finalize());
        }
        start.elapsed()
    })
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}
