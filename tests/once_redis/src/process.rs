use std::{
    ffi::OsStr,
    io::{ErrorKind, Write as _, stderr},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{self, Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// A process that ends with the test, however the test ends.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).expect("the process is ours");
    }

    /// Ends it at once, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.0.kill().expect("the process is ours");
        self.0.wait().expect("the process is ours");
    }

    /// Whether it listens before it ends.
    pub(crate) fn listens_on(&mut self, address: SocketAddr) -> bool {
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            if self.0.try_wait().expect("the process is ours").is_some() {
                return false;
            }
            if TcpStream::connect(address).is_ok() {
                return true;
            }
            sleep(Duration::from_millis(5));
        }
        panic!("nothing listens on {address}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and there is nobody to tell.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a program is there; says so where it is not, so that a skipped test shows.
pub(crate) fn is_installed(program: &OsStr) -> bool {
    let found = Command::new(program)
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Unlike `eprintln!`, this is shown for a test that passes.
            let _ = writeln!(stderr(), "skipped: {} is not installed", program.display());
            false
        }
        _ => true,
    }
}

/// Below the ports that the system gives to clients, and none twice: a test that runs beside this one
/// would take a port between its choice and its use, or while the process that had it is away.
pub(crate) fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + u16::try_from(process::id() % 150).expect("a small number") * 100;
    (0..1_000)
        .map(|_| first + NEXT.fetch_add(1, Ordering::Relaxed))
        .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .find(|address| TcpListener::bind(address).is_ok())
        .expect("a free port")
}
