//! Keys that are looked up by the name of the project that a request seems to be from.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::BoxError;
use bytes::Bytes;
use http::request::Parts;
use tokio::time::{Instant, timeout};

use super::key_provider::SigningKeyProvider;
use crate::key::SigningKeys;

/// More projects than this are not remembered.
const MAX_REMEMBERED: usize = 10_000;

/// Nor is one with a longer name, in bytes: anyone can write it.
const LONGEST_NAME: usize = 256;

type Identify = dyn Fn(&Parts, &Bytes) -> Option<String> + Send + Sync;
type Found = Result<Option<SigningKeys>, BoxError>;
type Find = dyn Fn(String) -> Pin<Box<dyn Future<Output = Found> + Send>> + Send + Sync;

/// A look-up took longer than its time limit.
#[derive(Debug, thiserror::Error)]
#[error("the key look-up took longer than {0:?}: raise its `time_limit`, or see what it waits for")]
struct LookUpTimeout(Duration);

#[derive(Clone)]
pub(super) struct KeyLookUp {
    identify: Arc<Identify>,
    find: Arc<Find>,
    pub(super) time_limit: Duration,
    remembered: Option<Arc<Remembered>>,
}

impl KeyLookUp {
    pub(super) fn new<Identify, Find, Finding>(identify: Identify, find: Find) -> Self
    where
        Identify: Fn(&Parts, &Bytes) -> Option<String> + Send + Sync + 'static,
        Find: Fn(String) -> Finding + Send + Sync + 'static,
        Finding: Future<Output = Found> + Send + 'static,
    {
        let find = move |project| -> Pin<Box<dyn Future<Output = Found> + Send>> {
            Box::pin(find(project))
        };
        Self {
            identify: Arc::new(identify),
            find: Arc::new(find),
            time_limit: Duration::from_secs(2),
            remembered: None,
        }
    }

    pub(super) fn remember_for(&mut self, how_long: Duration) {
        self.remembered = Some(Arc::new(Remembered {
            how_long,
            keys: Mutex::default(),
        }));
    }
}

impl SigningKeyProvider for KeyLookUp {
    async fn signing_keys(&self, parts: &Parts, body: &Bytes) -> Found {
        let Some(project) = (self.identify)(parts, body) else {
            return Ok(None);
        };
        if let Some(keys) = self.remembered.as_ref().and_then(|all| all.get(&project)) {
            return Ok(Some(keys));
        }
        let finding = (self.find)(project.clone());
        let found = timeout(self.time_limit, finding)
            .await
            .map_err(|_| LookUpTimeout(self.time_limit))??;
        if let (Some(remembered), Some(keys)) = (&self.remembered, &found) {
            remembered.insert(project, keys);
        }
        Ok(found)
    }
}

impl fmt::Debug for KeyLookUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cached_for = self.remembered.as_ref().map(|all| all.how_long);
        formatter
            .debug_struct("KeyLookUp")
            .field("time_limit", &self.time_limit)
            .field("cached_for", &cached_for)
            .finish_non_exhaustive()
    }
}

/// The keys of projects that were found. Anyone can name a project, so one that is not known is not
/// remembered.
struct Remembered {
    how_long: Duration,
    keys: Mutex<HashMap<String, (Instant, SigningKeys)>>,
}

impl Remembered {
    fn get(&self, project: &str) -> Option<SigningKeys> {
        let all = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, keys) = all.get(project)?;
        (since.elapsed() < self.how_long).then(|| keys.clone())
    }

    fn insert(&self, project: String, keys: &SigningKeys) {
        if project.len() > LONGEST_NAME {
            return;
        }
        let mut all = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_REMEMBERED {
            all.retain(|_, (since, _)| since.elapsed() < self.how_long);
        }
        if all.len() < MAX_REMEMBERED || all.contains_key(&project) {
            all.insert(project, (Instant::now(), keys.clone()));
        }
    }
}
