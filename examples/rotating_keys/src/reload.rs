use std::{sync::Arc, time::Duration};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use signalwire_webhook::RotatingKeys;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Notify,
};

use crate::KeyFile;

/// One change of a secret is many events: what comes within this time is one of them.
const SETTLING: Duration = Duration::from_millis(100);

/// Replaces the keys whenever the file changes or the process receives SIGHUP.
///
/// Both are watched for when this returns; the changes are seen while the future that it returns
/// is awaited, which never ends. What the file cannot be used for is logged, and the keys stay.
///
/// # Errors
///
/// Where the file's folder cannot be watched, or the signal not be received.
pub fn reload_on_change(
    file: KeyFile,
    keys: RotatingKeys,
) -> Result<impl Future<Output = ()>, notify::Error> {
    let changed = Arc::new(Notify::new());
    let watcher = watch(&file, changed.clone())?;
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(async move {
        let _watcher = watcher;
        loop {
            tokio::select! {
                () = changed.notified() => tokio::time::sleep(SETTLING).await,
                _ = hangups.recv() => {}
            }
            reload(&file, &keys);
        }
    })
}

/// Watches the folder: a mounted secret's file is a link to `..data/file`, and what is replaced is
/// `..data`, itself a link. A watch on the file would go on watching the one that was replaced.
fn watch(file: &KeyFile, changed: Arc<Notify>) -> Result<RecommendedWatcher, notify::Error> {
    let mut watcher =
        notify::recommended_watcher(move |event: Result<Event, notify::Error>| match event {
            Ok(event) if !is_change(event.kind) => {}
            Ok(_) => changed.notify_one(),
            Err(error) => {
                tracing::error!(%error, "the key file is not watched well: send SIGHUP to reload");
            }
        })?;
    watcher.watch(&file.folder(), RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

/// To read the file is an event too, and no reason to read it again.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}

fn reload(file: &KeyFile, keys: &RotatingKeys) {
    match file.read() {
        Ok(read) => {
            keys.replace(read);
            tracing::info!(?keys, "signing keys reloaded");
        }
        Err(error) => tracing::error!("signing keys kept as they were: {error}"),
    }
}
