//! The last requests, in bounded memory, and word of each new one to whoever looks on.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use signalwire_webhook::DeliveryId;
use tokio::sync::broadcast::{Receiver, Sender, channel};

use super::record::Record;

/// So many requests are kept,
const REQUESTS: usize = 500;

/// and so many bytes of them.
const BYTES: usize = 64 * 1024 * 1024;

/// Whoever looks on and falls behind by more reads the list anew.
const NEWS: usize = 64;

#[derive(Debug)]
pub(crate) struct History {
    kept: Mutex<Kept>,
    news: Sender<Arc<Record>>,
}

#[derive(Debug, Default)]
struct Kept {
    records: VecDeque<Arc<Record>>,
    bytes: usize,
}

impl History {
    pub(super) fn new() -> Self {
        Self {
            kept: Mutex::default(),
            news: channel(NEWS).0,
        }
    }

    /// Keeps a record, and forgets the oldest ones that are too many with it.
    pub(super) fn add(&self, record: Arc<Record>) {
        let mut kept = self.kept();
        kept.bytes += record.size();
        kept.records.push_back(Arc::clone(&record));
        while kept.records.len() > REQUESTS || kept.bytes > BYTES {
            let Some(oldest) = kept.records.pop_front() else {
                break;
            };
            kept.bytes -= oldest.size();
        }
        drop(kept);
        // Nobody may look on.
        let _ = self.news.send(record);
    }

    pub(crate) fn get(&self, number: u64) -> Option<Arc<Record>> {
        let kept = self.kept();
        kept.records
            .iter()
            .find(|record| record.number == number)
            .cloned()
    }

    /// The oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<Record>> {
        self.kept().records.iter().cloned().collect()
    }

    pub(crate) fn news(&self) -> Receiver<Arc<Record>> {
        self.news.subscribe()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The numbers of the requests, and which of them are copies of which.
#[derive(Debug)]
pub(super) struct Deliveries {
    next: u64,
    last: VecDeque<(DeliveryId, u64)>,
}

impl Deliveries {
    pub(super) fn numbered_from(first: u64) -> Self {
        Self {
            next: first,
            last: VecDeque::new(),
        }
    }

    /// The number of another request, and that of the first one with the same delivery among the last.
    pub(super) fn note(&mut self, delivery: Option<DeliveryId>) -> (u64, Option<u64>) {
        let number = self.next;
        self.next += 1;
        let Some(delivery) = delivery else {
            return (number, None);
        };
        let mut last = self.last.iter();
        let first = last.find(|(known, _)| *known == delivery);
        let first = first.map(|&(_, number)| number);
        if first.is_none() {
            self.last.push_back((delivery, number));
            if self.last.len() > REQUESTS {
                self.last.pop_front();
            }
        }
        (number, first)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{Extensions, StatusCode};

    use super::{
        super::{
            parties::Parties,
            record::{Head, Outcome, Urls},
            verdict::Verdict,
        },
        *,
    };

    fn record(number: u64, length: usize) -> Arc<Record> {
        Arc::new(Record {
            number,
            head: Head {
                time: SystemTime::UNIX_EPOCH,
                method: "POST".to_owned(),
                uri: "/".to_owned(),
                headers: Vec::new(),
            },
            body: vec![0; length],
            verdict: Verdict::of(&Extensions::new()),
            parties: Parties::default(),
            urls: Urls::default(),
            outcome: Outcome::Failed {
                sentence: String::new(),
                time: Duration::ZERO,
            },
            status: StatusCode::BAD_GATEWAY,
            duplicate_of: None,
            again_of: None,
        })
    }

    #[test]
    fn the_last_500_are_kept() {
        let history = History::new();
        for number in 1..=10_000 {
            history.add(record(number, 0));
        }
        let numbers: Vec<u64> = history.all().iter().map(|record| record.number).collect();
        assert_eq!(numbers, (9_501..=10_000).collect::<Vec<u64>>());
        assert!(history.get(9_500).is_none() && history.get(9_501).is_some());
    }

    #[test]
    fn no_more_than_64_mebibytes_are_kept() {
        let history = History::new();
        for number in 1..=300 {
            history.add(record(number, 1024 * 1024));
        }
        let bytes: usize = history.all().iter().map(|record| record.size()).sum();
        assert!(bytes <= BYTES && bytes > BYTES - 2 * 1024 * 1024, "{bytes}");
        assert_eq!(history.all().last().unwrap().number, 300);
    }

    #[test]
    fn a_copy_has_the_number_of_the_first() {
        let mut deliveries = Deliveries::numbered_from(7);
        let [a, b] = ["a", "b"].map(DeliveryId::of);
        assert_eq!(deliveries.note(Some(a)), (7, None));
        assert_eq!(deliveries.note(None), (8, None));
        assert_eq!(deliveries.note(Some(b)), (9, None));
        assert_eq!(deliveries.note(Some(a)), (10, Some(7)));
        assert_eq!(deliveries.note(Some(a)), (11, Some(7)));
        for number in 0..1_000_u32 {
            deliveries.note(Some(DeliveryId::of(number.to_be_bytes())));
        }
        assert_eq!(deliveries.note(Some(a)), (1_012, None));
    }
}
