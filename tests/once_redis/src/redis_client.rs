use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

/// A connection that asks Redis one thing after the other.
pub struct RedisClient(BufReader<TcpStream>);

impl RedisClient {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self(BufReader::new(
            TcpStream::connect(address).expect("Redis listens"),
        ))
    }

    /// What it answers to a command, as text.
    pub fn ask(&mut self, command: &[&str]) -> String {
        let words = command
            .iter()
            .map(|word| format!("${}\r\n{word}\r\n", word.len()));
        let words: String = words.collect();
        let request = format!("*{}\r\n{words}", command.len());
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        self.value()
    }

    fn value(&mut self) -> String {
        let mut first = String::new();
        self.0.read_line(&mut first).unwrap();
        let rest = first[1..].trim_end();
        let count: Result<usize, _> = rest.parse();
        match (&first[..1], count) {
            ("$", Ok(length)) => {
                let mut text = vec![0; length + "\r\n".len()];
                self.0.read_exact(&mut text).unwrap();
                String::from_utf8_lossy(&text[..length]).into_owned()
            }
            ("*", Ok(count)) => {
                let values: Vec<_> = (0..count).map(|_| self.value()).collect();
                values.join("\n")
            }
            _ => rest.to_owned(),
        }
    }
}
