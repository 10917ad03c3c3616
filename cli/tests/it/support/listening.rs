use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::{Child, Stdio},
};

use super::{printed_lines::PrintedLines, program};

/// `listen`, killed at the end of the test.
pub(crate) struct Listening {
    child: Child,
    lines: PrintedLines,
    port: String,
}

impl Listening {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = program(&["listen", "--port", "0"]);
        command.args(arguments).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = PrintedLines::of(child.stdout.take().unwrap());
        let first = lines.next();
        let address = first.split("http://127.0.0.1:").nth(1).unwrap();
        let port = address.chars().take_while(char::is_ascii_digit).collect();
        Self { child, lines, port }
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    #[track_caller]
    pub(crate) fn next_line(&self) -> String {
        self.lines.next()
    }

    pub(crate) fn exchange(&self, request: impl AsRef<[u8]>) -> String {
        exchange(&self.address(), request)
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn most_memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kibibytes = line.unwrap().split_ascii_whitespace().nth(1).unwrap();
        kibibytes.parse::<usize>().unwrap() * 1024
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends the bytes of a request that closes its connection, and reads the answer to its end.
pub(crate) fn exchange(address: &str, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_ref()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
