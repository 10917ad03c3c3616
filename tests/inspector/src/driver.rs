use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// Longer than any browser takes to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program that drives a browser. Both end when this is dropped, however the test ends.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    pub(crate) fn start() -> Self {
        /// Two that start at once may choose the same port, and then one of them ends.
        const TRIES: usize = 10;
        (0..TRIES)
            .find_map(|_| Self::try_to_start())
            .expect("chromedriver says its port")
    }

    fn try_to_start() -> Option<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed: tests/inspector/install");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.by_ref().find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.rsplit_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let Some(port) = port else {
            process.wait().unwrap();
            return None;
        };
        thread::spawn(move || lines.for_each(drop));
        Some(Self { process, port })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The end of the connection is that of the process.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new())?;
        Ok(())
    }
}

impl Drop for Driver {
    /// Killed, it would leave its browser behind.
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            eprintln!("chromedriver does not shut down, and is killed: {error}");
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}
