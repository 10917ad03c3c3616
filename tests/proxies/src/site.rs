use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process,
    sync::atomic::{AtomicU16, Ordering},
};

use tempfile::TempDir;

use crate::Certificate;

/// The file for what a proxy prints.
const OUTPUT: &str = "output";

/// The folder and the addresses of one proxy.
pub(crate) struct Site {
    directory: TempDir,
    port: u16,
    upstream: SocketAddr,
}

impl Site {
    /// One with a free port and a certificate, before the server at this address.
    pub(crate) fn before(upstream: SocketAddr) -> Self {
        let site = Self {
            directory: tempfile::tempdir().expect("a temporary folder"),
            port: free_port(),
            upstream,
        };
        let made = Certificate::self_signed();
        site.write("certificate.pem", &made.certificate);
        site.write("private_key.pem", &made.private_key);
        site.write("both.pem", &(made.certificate + &made.private_key));
        site
    }

    pub(crate) fn folder(&self) -> &Path {
        self.directory.path()
    }

    /// Where the proxy must listen.
    pub(crate) fn listen(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Replaces the words that [`Proxy`](crate::Proxy) lists.
    pub(crate) fn fill(&self, text: &str) -> String {
        let folder = self.folder().display();
        text.replace("UPSTREAM_PORT", &self.upstream.port().to_string())
            .replace("UPSTREAM", &self.upstream.to_string())
            .replace("LISTEN", &self.listen().to_string())
            .replace("PORT", &self.port.to_string())
            .replace("CERTIFICATE", &format!("{folder}/certificate.pem"))
            .replace("PRIVATE_KEY", &format!("{folder}/private_key.pem"))
            .replace("BOTH", &format!("{folder}/both.pem"))
            .replace("DIRECTORY", &folder.to_string())
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder().join(name), text).expect("the folder can be written");
    }

    pub(crate) fn new_output(&self) -> File {
        File::create(self.folder().join(OUTPUT)).expect("the folder can be written")
    }

    /// What the proxy has printed.
    pub(crate) fn output(&self) -> String {
        fs::read_to_string(self.folder().join(OUTPUT)).unwrap_or_default()
    }
}

/// Below the ports that the system gives to clients, and no port twice, since some proxies share a
/// port with whoever has it.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + u16::try_from(process::id() % 150).expect("a small number") * 100;
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    (0..1_000)
        .map(|_| first + NEXT.fetch_add(1, Ordering::Relaxed))
        .find(is_free)
        .expect("a free port")
}
