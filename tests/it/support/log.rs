//! What a test's own thread logs.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{Subscriber, subscriber::DefaultGuard};
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

/// Collects the events of this thread until it is dropped; for tests on one thread.
pub struct Log {
    lines: Lines,
    _subscription: DefaultGuard,
}

impl Log {
    pub fn capture() -> Self {
        // A thread without a subscriber that is the first to come upon an event would switch it
        // off for every thread.
        let _ = tracing::subscriber::set_global_default(subscriber(io::sink));
        let lines = Lines::default();
        Self {
            _subscription: tracing::subscriber::set_default(subscriber(lines.clone())),
            lines,
        }
    }

    /// All of it, at TRACE.
    pub fn text(&self) -> String {
        let bytes = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The events of this crate, each a line.
    pub fn events(&self) -> Vec<String> {
        self.text()
            .lines()
            .filter(|line| line.contains(" signalwire_webhook: "))
            .map(|line| line.trim().to_owned())
            .collect()
    }
}

fn subscriber<W>(writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(writer)
        .finish()
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
