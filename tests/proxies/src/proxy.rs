use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{self, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{Call, Certificate, Client, Program, Sent, Upstream, Version, process::Running};

/// A proxy, and how to run it.
///
/// In its configuration and its arguments `LISTEN` stands for the address it must listen on,
/// `PORT` for the port of that, `UPSTREAM` for the address of the server, `UPSTREAM_PORT` for
/// the port of that, `DIRECTORY` for a folder of its own, `CERTIFICATE` and `PRIVATE_KEY` for PEM
/// files, and `BOTH` for one that has both.
pub struct Proxy {
    /// What to run.
    pub program: Program,
    /// The file name of its configuration.
    pub file: &'static str,
    /// The arguments with which it stays in the foreground; its working directory is `DIRECTORY`.
    pub arguments: &'static [&'static str],
    /// Its whole configuration, around what a set-up adds.
    pub configuration: fn(Front, &str) -> String,
}

/// What a proxy listens for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// HTTP/1.1 without TLS, as after a load balancer that ends TLS.
    Plain,
    /// HTTP/2 without TLS.
    PlainHttp2,
    /// TLS, with HTTP/1.1 alone.
    TlsHttp1,
    /// TLS, with HTTP/1.1 and HTTP/2.
    Tls,
}

impl Front {
    /// Whether the proxy ends TLS.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Self::TlsHttp1 | Self::Tls)
    }

    /// The versions in which it can be called.
    #[must_use]
    pub fn versions(self) -> &'static [Version] {
        match self {
            Self::Plain | Self::TlsHttp1 => &[Version::Http1],
            Self::PlainHttp2 => &[Version::Http2PriorKnowledge],
            Self::Tls => &[Version::Http1, Version::Http2],
        }
    }

    /// The URL by which a client calls it for this public one, which is `https`.
    #[must_use]
    pub fn called(self, public: &str) -> String {
        if self.is_tls() {
            public.to_owned()
        } else {
            public.replacen("https://", "http://", 1)
        }
    }
}

/// A proxy between a client and a server.
pub struct RunningProxy {
    client: Client,
    port: u16,
    upstream: Upstream,
    process: Running,
    directory: TempDir,
}

impl RunningProxy {
    /// A client that calls the proxy for whatever host.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The server.
    #[must_use]
    pub fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// The port on which the proxy listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Proxy {
    /// Starts it in front of a server of its own, and waits until this URL gets there; `None`, and a
    /// message, where the proxy or curl is not installed.
    ///
    /// # Panics
    ///
    /// Where it does not start; what it says is in the message.
    #[must_use]
    pub fn start(&self, front: Front, setup: &str, public: &str) -> Option<RunningProxy> {
        let program = self.program.find()?;
        let mut upstream = Upstream::start();
        // Another process may take the port before the proxy does.
        let attempts = 5;
        let mut complaint = String::new();
        for _ in 0..attempts {
            let port = free_port();
            let directory = tempfile::tempdir().expect("a temporary directory");
            let process = self.run(&program, front, setup, &directory, port, upstream.address());
            let mut running = RunningProxy {
                client: Client::of((Ipv4Addr::LOCALHOST, port).into())?,
                port,
                upstream,
                process,
                directory,
            };
            match running.wait(front, public) {
                Ok(()) => return Some(running),
                Err(said) => complaint = said,
            }
            upstream = running.upstream;
        }
        panic!("{:?} does not start: {complaint}", self.program);
    }

    fn run(
        &self,
        program: &Path,
        front: Front,
        setup: &str,
        directory: &TempDir,
        port: u16,
        upstream: SocketAddr,
    ) -> Running {
        let folder = directory.path();
        let write = |name: &str, text: &str| {
            fs::write(folder.join(name), text).expect("the folder can be written");
        };
        let made = Certificate::self_signed();
        write("certificate.pem", &made.certificate);
        write("private_key.pem", &made.private_key);
        write("both.pem", &(made.certificate + &made.private_key));
        let shown = folder.display().to_string();
        let fill = |text: &str| {
            text.replace("UPSTREAM_PORT", &upstream.port().to_string())
                .replace("UPSTREAM", &upstream.to_string())
                .replace("LISTEN", &format!("127.0.0.1:{port}"))
                .replace("PORT", &port.to_string())
                .replace("CERTIFICATE", &format!("{shown}/certificate.pem"))
                .replace("PRIVATE_KEY", &format!("{shown}/private_key.pem"))
                .replace("BOTH", &format!("{shown}/both.pem"))
                .replace("DIRECTORY", &shown)
        };
        write(self.file, &fill(&(self.configuration)(front, setup)));
        let output = fs::File::create(folder.join("output")).expect("the folder can be written");
        let mut command = Command::new(program);
        command
            .args(self.arguments.iter().map(|argument| fill(argument)))
            .current_dir(folder)
            .env("HOME", folder)
            .env("NODE_PATH", Program::node_modules())
            .env_remove("NODE_OPTIONS")
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a file descriptor"))
            .stderr(output);
        Running(command.spawn().expect("the program starts"))
    }
}

impl RunningProxy {
    /// Waits until a request gets to the server: some proxies listen before they know where to
    /// send what they hear.
    fn wait(&mut self, front: Front, public: &str) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(20);
        let called = front.called(public);
        let call = Call::unsigned(front.versions()[0], &called, Sent::Get);
        while Instant::now() < deadline {
            let has_ended = self.process.0.try_wait().expect("the process is ours");
            if let Some(status) = has_ended {
                return Err(format!("{status}: {}", self.output()));
            }
            let _ = self.client.try_call(&call);
            if !self.upstream.take_received().is_empty() {
                return Ok(());
            }
            sleep(Duration::from_millis(20));
        }
        Err(format!("nothing gets through: {}", self.output()))
    }

    fn output(&self) -> String {
        fs::read_to_string(self.directory.path().join("output")).unwrap_or_default()
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
