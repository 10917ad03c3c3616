use std::{
    error::Error,
    io::{self, BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
};

/// A `redis-server` of this program's own, which keeps nothing on disk and ends with it.
pub struct RedisServer {
    process: Child,
    address: SocketAddr,
}

impl RedisServer {
    /// Starts it on a free port.
    ///
    /// # Errors
    ///
    /// A sentence that says what to install, or what went wrong.
    pub fn start() -> Result<Self, Box<dyn Error>> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let process = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &address.port().to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => {
                    "redis-server is not installed: install it (on Debian with \
                    `apt-get install redis-server`), or set REDIS_URL to a Redis that runs"
                        .to_owned()
                }
                _ => format!("redis-server does not start: {error}"),
            })?;
        let mut server = Self { process, address };
        server.wait_until_it_listens()?;
        Ok(server)
    }

    /// What to connect to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// It says so itself: a connection could be to a program that took the port before it.
    fn wait_until_it_listens(&mut self) -> Result<(), Box<dyn Error>> {
        let log = self.process.stdout.take().map(BufReader::new);
        let mut lines = log.into_iter().flat_map(BufRead::lines);
        let is_ready = lines.any(|line| line.is_ok_and(|line| line.contains("Ready to accept")));
        if is_ready {
            return Ok(());
        }
        let status = self.process.wait()?;
        Err(format!("redis-server ended at once with {status}").into())
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have ended by itself, as when Ctrl-C reached it too.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
