//! The walk in `docs/inspector.md`, replayed: every command, and every line that it prints.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    process::{Child, Stdio},
    thread,
};

use super::support::{PrintedLines, program};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/inspector.md");
const ANSWER: &str = "<Response><Message>Thank you.</Message></Response>";

#[test]
fn the_walk_of_the_guide_goes_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut walk = Walk {
        target: target(),
        folder: folder.path().to_owned(),
        listening: None,
    };
    let mut steps = 0;
    for (kind, block) in blocks() {
        steps += 1;
        match (&*kind, block.split_once('\n')) {
            ("console", Some((command, expected))) => {
                let command = command.strip_prefix("$ signalwire-webhook ").unwrap();
                if let Some(arguments) = command.strip_prefix("listen ") {
                    walk.listen(arguments, expected);
                } else {
                    walk.run(command, expected);
                }
            }
            ("text", _) => walk.expect_lines(&block),
            _ => panic!("a block that is no step: {kind} {block}"),
        }
    }
    assert!(steps >= 10, "the guide has {steps} steps");
}

/// The kind and the content of each fenced block.
fn blocks() -> Vec<(String, String)> {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let mut parts = document.split("```");
    parts.next();
    let mut blocks = Vec::new();
    while let (Some(block), Some(_)) = (parts.next(), parts.next()) {
        let (kind, content) = block.split_once('\n').unwrap();
        blocks.push((kind.to_owned(), content.to_owned()));
    }
    blocks
}

struct Walk {
    target: String,
    folder: std::path::PathBuf,
    listening: Option<Listen>,
}

struct Listen {
    child: Child,
    lines: PrintedLines,
    url: String,
}

impl Drop for Listen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Walk {
    fn listen(&mut self, arguments: &str, expected: &str) {
        self.listening = None;
        let arguments = arguments
            .replace("--inspect", "--inspect=127.0.0.1:0 --port 0")
            .replace("http://127.0.0.1:8080", &self.target);
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut command = program(&["listen"]);
        command.args(arguments).current_dir(&self.folder);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let lines = PrintedLines::of(child.stdout.take().unwrap());
        let first = lines.next();
        let url = first.strip_prefix("Listening on ").unwrap();
        let url = url.split(';').next().unwrap().to_owned();
        self.listening = Some(Listen { child, lines, url });
        assert_line(&self.shown(&first), expected.lines().next().unwrap());
        for expected in expected.lines().skip(1) {
            let line = self.listening.as_ref().unwrap().lines.next();
            let expected = expected.replace("127.0.0.1:4040", "127.0.0.1:…");
            assert_line(&self.shown(&line), &expected);
        }
    }

    fn run(&self, command: &str, expected: &str) {
        let listening = self.listening.as_ref().unwrap();
        let command = command
            .replace("http://127.0.0.1:3000", &listening.url)
            .replace("http://127.0.0.1:8080", &self.target);
        let arguments: Vec<&str> = command.split(' ').collect();
        let output = program(&arguments)
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        for (index, expected) in expected.lines().enumerate() {
            assert_line(
                printed.lines().nth(index).unwrap_or("nothing more"),
                expected,
            );
        }
    }

    fn expect_lines(&self, expected: &str) {
        for expected in expected.lines() {
            let line = self.listening.as_ref().unwrap().lines.next();
            assert_line(&self.shown(&line), expected);
        }
    }

    /// With the ports of the guide.
    fn shown(&self, line: &str) -> String {
        line.replace(
            &self.listening.as_ref().unwrap().url,
            "http://127.0.0.1:3000",
        )
        .replace(&self.target, "http://127.0.0.1:8080")
    }
}

/// An ellipsis stands for whatever differs from run to run.
#[track_caller]
fn assert_line(line: &str, expected: &str) {
    let mut rest = line;
    for (index, part) in expected.split('…').enumerate() {
        let found = rest
            .find(part)
            .filter(|&position| index > 0 || position == 0);
        let Some(position) = found else {
            panic!("expected {expected:?}, and it is {line:?}");
        };
        rest = &rest[position + part.len()..];
    }
    assert!(
        rest.is_empty() || expected.ends_with('…'),
        "expected {expected:?}, and it is {line:?}"
    );
}

/// The program of the walk, which thanks for each message.
fn target() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 8 * 1024]);
            let length = ANSWER.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{ANSWER}"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}
