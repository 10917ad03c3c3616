use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OpenFlags};
use signalwire_webhook::{ConfigError, SigningKeys};

use crate::project::key_of;

/// The table of signing keys; cheap to clone.
#[derive(Clone, Debug)]
pub struct KeyStore {
    database: Arc<Mutex<Connection>>,
}

/// Why keys are not to be had, as a sentence.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// The file is not a database, or has no such table.
    #[error("the database of signing keys cannot be read: {0}")]
    Database(#[from] rusqlite::Error),
    /// A row has an empty key, or two have keys that sign alike.
    #[error("the signing keys of the project {project:?} cannot be used: {problem}")]
    Unusable {
        /// Whose keys they are.
        project: String,
        /// What is wrong with them.
        problem: ConfigError,
    },
    /// The look-up was cut off.
    #[error("the look-up of signing keys did not finish: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
}

impl KeyStore {
    /// Opens the file for reading, and reads every key once.
    ///
    /// # Errors
    ///
    /// A [`KeyStoreError`] where the file is not there, has no table `signing_keys`, or holds a
    /// key that cannot be used.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, KeyStoreError> {
        let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        for project in projects(&database)? {
            read_keys(&database, &project)?;
        }
        Ok(Self {
            database: Arc::new(Mutex::new(database)),
        })
    }

    /// The keys of a project; `None` for one that does not exist.
    pub(crate) async fn keys_of(
        self,
        project: String,
    ) -> Result<Option<SigningKeys>, KeyStoreError> {
        tokio::task::spawn_blocking(move || {
            let database = self.database.lock();
            let database = database.unwrap_or_else(PoisonError::into_inner);
            read_keys(&database, &project)
        })
        .await?
    }
}

fn projects(database: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut select = database.prepare("SELECT DISTINCT project FROM signing_keys")?;
    let projects = select.query_map([], |row| row.get(0))?;
    projects.collect()
}

fn read_keys(database: &Connection, project: &str) -> Result<Option<SigningKeys>, KeyStoreError> {
    let mut select = database
        .prepare_cached("SELECT key FROM signing_keys WHERE project = ?1 ORDER BY rowid")?;
    let rows: Vec<String> = select
        .query_map([project], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if rows.is_empty() {
        return Ok(None);
    }
    let keys = rows.iter().enumerate();
    let keys: Result<Vec<_>, _> = keys
        .map(|(number, key)| key_of(project, number, key))
        .collect();
    let keys = keys.and_then(SigningKeys::new);
    keys.map(Some).map_err(|problem| KeyStoreError::Unusable {
        project: project.to_owned(),
        problem,
    })
}
