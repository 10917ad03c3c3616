//! What is done with each request that was answered: it gets a number, is saved, kept and printed.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Bytes;
use http::StatusCode;
use tokio::task::spawn_blocking;

use super::{
    history::{Deliveries, History},
    line::Output,
    parties::Parties,
    record::{Head, Outcome, Record, Urls},
    saved::Folder,
    verdict::Verdict,
};
use crate::terminal::{Text, complain};

pub(super) struct Journal {
    output: Output,
    deliveries: Mutex<Deliveries>,
    history: Option<Arc<History>>,
    folder: Option<Arc<Mutex<Folder>>>,
}

/// A request that was answered, without a number yet.
pub(super) struct Entry {
    pub(super) head: Head,
    pub(super) body: Bytes,
    pub(super) verdict: Verdict,
    pub(super) parties: Parties,
    pub(super) urls: Urls,
    pub(super) outcome: Outcome,
    pub(super) status: StatusCode,
    pub(super) again_of: Option<u64>,
}

impl Journal {
    pub(super) fn new(
        output: Output,
        history: Option<Arc<History>>,
        folder: Option<Folder>,
    ) -> Self {
        let first = folder.as_ref().map_or(1, Folder::next_number);
        Self {
            output,
            deliveries: Mutex::new(Deliveries::numbered_from(first)),
            history,
            folder: folder.map(|folder| Arc::new(Mutex::new(folder))),
        }
    }

    pub(super) async fn note(&self, entry: Entry) -> Arc<Record> {
        let record = Arc::new(self.record(entry));
        let file = self.save(&record).await;
        self.output.print_request(&record, file.as_deref());
        if let Some(history) = &self.history {
            history.add(Arc::clone(&record));
        }
        record
    }

    fn record(&self, entry: Entry) -> Record {
        let delivery = entry.verdict.proof.as_ref().map(|proof| proof.delivery);
        let mut deliveries = self
            .deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (number, duplicate_of) = deliveries.note(delivery);
        let is_read_later = self.history.is_some() || self.folder.is_some();
        Record {
            number,
            head: entry.head,
            body: if is_read_later {
                entry.body.to_vec()
            } else {
                Vec::new()
            },
            verdict: entry.verdict,
            parties: entry.parties,
            urls: entry.urls,
            outcome: entry.outcome,
            status: entry.status,
            duplicate_of,
            again_of: entry.again_of,
        }
    }

    /// Nothing is answered later for a slow disk but the request itself.
    async fn save(&self, record: &Arc<Record>) -> Option<PathBuf> {
        let folder = Arc::clone(self.folder.as_ref()?);
        let record = Arc::clone(record);
        let saving = spawn_blocking(move || {
            let mut folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
            folder.save(&record)
        });
        match saving.await.ok()? {
            Ok(path) => Some(path),
            Err(sentence) => {
                complain(&Text::of(format!("warning: {sentence}")));
                None
            }
        }
    }
}
