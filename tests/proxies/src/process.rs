use std::{
    io::{ErrorKind, Write as _, stderr},
    process::{Child, Command, Stdio},
};

/// A process that ends with the test, however the test ends.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and there is nobody to tell.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a program is there; says so where it is not, so that a skipped test shows.
pub(crate) fn is_installed(program: &str, version_flag: &str) -> bool {
    let found = Command::new(program)
        .arg(version_flag)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Unlike `eprintln!`, this is shown for a test that passes.
            let _ = writeln!(stderr(), "skipped: {program} is not installed");
            false
        }
        _ => true,
    }
}
