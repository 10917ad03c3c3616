use std::{path::Path, process::Command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_signalwire-webhook-once-redis-tls");

/// `src/main.rs`, in a process of its own: which authorities it trusts is said by its environment.
pub(crate) struct Program(Command);

impl Program {
    pub(crate) fn trusting_the_system() -> Self {
        let mut command = Command::new(PROGRAM);
        command
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR");
        Self(command)
    }

    pub(crate) fn trusting(file: &Path) -> Self {
        let Self(mut command) = Self::trusting_the_system();
        command.env("SSL_CERT_FILE", file);
        Self(command)
    }

    /// What it prints; an error is what it says where it fails.
    pub(crate) fn run(mut self, url: &str) -> Result<String, String> {
        let output = self.0.arg(url).output().expect("the program runs");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        match output.status.code() {
            Some(0) => Ok(text(output.stdout)),
            _ => Err(text(output.stderr)),
        }
    }
}
