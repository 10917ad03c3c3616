use std::{
    io::{BufRead as _, BufReader, Read},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

/// Far longer than any line takes: a test whose line never comes is to fail, not to hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// The lines that a process prints.
pub(crate) struct PrintedLines(Receiver<String>);

impl PrintedLines {
    pub(crate) fn of(output: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                // Read to the end, whoever still listens: a process may not outlive its closed output.
                let _ = sender.send(line.unwrap());
            }
        });
        Self(receiver)
    }

    #[track_caller]
    pub(crate) fn next(&self) -> String {
        match self.0.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Disconnected) => panic!("the process prints no more lines"),
            Err(RecvTimeoutError::Timeout) => panic!("no line for {PATIENCE:?}"),
        }
    }
}
