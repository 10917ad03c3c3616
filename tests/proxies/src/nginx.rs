use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    Certificate, Client, Example,
    process::{Running, is_installed},
};

/// A real nginx that ends TLS in front of an [`Example`].
pub struct Nginx {
    client: Client,
    address: SocketAddr,
    _process: Running,
    _directory: TempDir,
    upstream: Example,
}

impl Nginx {
    /// Starts one with these directives inside `server`, in which `UPSTREAM` stands for the
    /// example; `None`, and a message, where nginx or curl is not installed.
    #[must_use]
    pub fn start(server: &str, upstream: Example) -> Option<Self> {
        Self::start_with("", server, upstream)
    }

    /// As [`start`](Self::start), with more directives inside `http`.
    #[must_use]
    pub fn start_with(http: &str, server: &str, upstream: Example) -> Option<Self> {
        if !is_installed("nginx", "-v") {
            return None;
        }
        let directory = tempfile::tempdir().expect("a temporary directory");
        let Certificate {
            certificate,
            private_key,
        } = Certificate::self_signed();
        let write = |name: &str, text: &str| {
            fs::write(directory.path().join(name), text).expect("the directory can be written");
        };
        write("certificate.pem", &certificate);
        write("private_key.pem", &private_key);
        let upstream_address = upstream.address().to_string();
        // Another process may take the port before nginx does.
        let (address, process) = (0..5).find_map(|_| {
            let address = free_address();
            let text = configuration(address, http, server).replace("UPSTREAM", &upstream_address);
            write("nginx.conf", &text);
            Some((address, run(&directory, address)?))
        })?;
        Some(Self {
            client: Client::of(address)?,
            address,
            _process: process,
            _directory: directory,
            upstream,
        })
    }

    /// A client that calls it for whatever host.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The server behind it.
    #[must_use]
    pub fn upstream(&self) -> &Example {
        &self.upstream
    }

    /// The port on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("the port that was free")
}

/// All that nginx writes stays in its directory, and it needs no rights but the test's own.
fn configuration(address: SocketAddr, http: &str, server: &str) -> String {
    format!(
        "daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path client_body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{http}
    server {{
        listen {address} ssl http2;
        server_name hooks.example.com;
        ssl_certificate certificate.pem;
        ssl_certificate_key private_key.pem;
{server}
    }}
}}
"
    )
}

/// `None` where nginx ends before it listens.
fn run(directory: &TempDir, address: SocketAddr) -> Option<Running> {
    let path = directory.path();
    let mut command = Command::new("nginx");
    command
        .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
        .arg(path)
        .current_dir(path)
        .stdout(Stdio::null());
    let mut process = Running(command.spawn().expect("nginx starts"));
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if process.0.try_wait().expect("the process is ours").is_some() {
            return None;
        }
        if TcpStream::connect(address).is_ok() {
            return Some(process);
        }
        sleep(Duration::from_millis(10));
    }
    panic!("nginx does not listen on {address}");
}
