//! SignalWire's packages, each in a program that answers lines of JSON with lines of JSON.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use serde::Deserialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    CompatibilityApi,
    WebApi,
    Python,
    Rust,
}

impl Package {
    pub fn name(self) -> &'static str {
        match self {
            Self::CompatibilityApi => "npm @signalwire/compatibility-api 3.2.0",
            Self::WebApi => "npm @signalwire/web-api 3.1.7",
            Self::Python => "Python signalwire-sdk 3.7.5",
            Self::Rust => "Rust signalwire-sdk 1.1.2",
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct PackageVerdict {
    pub accepts: bool,
    pub error: Option<String>,
}

/// One program, and the packages whose verdicts it answers with, in their order.
pub struct Program {
    pub packages: &'static [Package],
    start: fn(&Path) -> Option<Command>,
}

pub const PROGRAMS: [Program; 3] = [
    Program {
        packages: &[Package::CompatibilityApi, Package::WebApi],
        start: javascript,
    },
    Program {
        packages: &[Package::Python],
        start: python,
    },
    Program {
        packages: &[Package::Rust],
        start: rust,
    },
];

impl Program {
    /// Installs what the program needs; `None` where the machine lacks its language.
    pub fn install(&self) -> Option<Command> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let mut command = (self.start)(&folder)?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Some(command)
    }
}

/// Feeds a program every line and reads as many answers.
pub fn ask(mut command: Command, lines: &[String]) -> Vec<Vec<PackageVerdict>> {
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} should start: {error}"));
    let answers = thread::scope(|scope| {
        let mut input = child.stdin.take().expect("the standard input is piped");
        scope.spawn(move || {
            for line in lines {
                writeln!(input, "{line}").expect("the program should read to the end");
            }
        });
        read_answers(&mut child)
    });
    let status = child.wait().expect("the program was started");
    assert!(status.success(), "{command:?} failed: {status}");
    assert_eq!(answers.len(), lines.len(), "{command:?}");
    answers
}

fn read_answers(child: &mut Child) -> Vec<Vec<PackageVerdict>> {
    let output = child.stdout.take().expect("the standard output is piped");
    BufReader::new(output)
        .lines()
        .map(|line| {
            let line = line.expect("the program writes text");
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
        })
        .collect()
}

fn javascript(peers: &Path) -> Option<Command> {
    let folder = peers.join("javascript");
    if !["node", "npm"]
        .iter()
        .all(|program| succeeds(program, &["--version"]))
    {
        return None;
    }
    let install = [
        "install",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
        "--silent",
    ];
    run(Command::new("npm").args(install).current_dir(&folder));
    let mut command = Command::new("node");
    command.arg(folder.join("judge.js"));
    Some(command)
}

fn python(peers: &Path) -> Option<Command> {
    let folder = peers.join("python");
    // Debian has Python without the module that makes an environment.
    if !succeeds("python3", &["-c", "import ensurepip, venv"]) {
        return None;
    }
    let interpreter = folder.join(".venv/bin/python3");
    if !interpreter.exists() {
        run(Command::new("python3")
            .args(["-m", "venv"])
            .arg(folder.join(".venv")));
    }
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ];
    run(Command::new(&interpreter)
        .args(install)
        .arg(folder.join("requirements.txt")));
    let mut command = Command::new(interpreter);
    command.arg(folder.join("judge.py"));
    Some(command)
}

#[allow(clippy::unnecessary_wraps, reason = "a test that cargo runs has cargo")]
fn rust(peers: &Path) -> Option<Command> {
    let folder = peers.join("rust");
    let target = folder.join("target");
    let cargo = env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    run(Command::new(cargo)
        .args(["build", "--quiet", "--locked", "--target-dir"])
        .arg(&target)
        .current_dir(&folder));
    Some(Command::new(target.join("debug/judge")))
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

fn run(command: &mut Command) {
    let status = command
        .status()
        .unwrap_or_else(|error| panic!("{command:?} should start: {error}"));
    assert!(status.success(), "{command:?} failed: {status}");
}
