//! The example `behind_proxy`: the nginx configurations in its documentation, and the program.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use proxy_tests::{
    Answer, Call, Client, Fate, Fates, Front, Needs, SIGNING_KEY, Sent, Setup, Version,
};
use signalwire_webhook::ForwardingHeader::{XForwardedHost, XForwardedPrefix, XForwardedProto};

use crate::nginx::{BASE_WITH_PREFIX, NGINX, STRIPPED_ARRIVALS};

/// The first block of nginx in the example's documentation that has these words.
fn documented(words: &str) -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/behind_proxy.rs");
    let source = fs::read_to_string(example).expect("the example is there");
    let documentation: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .collect();
    let documentation = documentation.join("\n");
    let mut blocks = documentation.split("```nginx\n").skip(1);
    blocks
        .find_map(|rest| {
            let (block, _) = rest.split_once("```")?;
            block
                .contains(words)
                .then(|| block.replace("127.0.0.1:3000", "UPSTREAM"))
        })
        .unwrap_or_else(|| panic!("no block of the example's documentation has {words}"))
}

#[test]
fn its_configuration_that_keeps_host() {
    Setup::of(&NGINX, documented("Host $host"))
        .front(Front::Tls)
        .needs(Needs::Nothing)
        .check();
}

#[test]
fn its_configuration_that_says_the_host() {
    Setup::of(&NGINX, documented("X-Forwarded-Host"))
        .front(Front::Tls)
        .needs(Needs::Headers(&[XForwardedProto, XForwardedHost]))
        .fates(Fates {
            host: Fate::Overwritten,
            proto: Fate::Overwritten,
            ..Fates::ALL_PASSED
        })
        .check();
}

#[test]
fn its_configuration_that_strips_a_prefix_and_says_so() {
    Setup::of(&NGINX, documented("X-Forwarded-Prefix"))
        .front(Front::Tls)
        .public("https://hooks.example.com/hooks")
        .needs(BASE_WITH_PREFIX)
        .needs(Needs::Headers(&[
            XForwardedProto,
            XForwardedHost,
            XForwardedPrefix,
        ]))
        .fates(Fates {
            host: Fate::Overwritten,
            proto: Fate::Overwritten,
            prefix: Fate::Overwritten,
            ..Fates::ALL_PASSED
        })
        .arrivals(STRIPPED_ARRIVALS)
        .check();
}

/// The program, which ends with the test.
struct Program {
    process: Child,
    address: SocketAddr,
}

impl Program {
    fn start(built: &Path, arguments: &[&str], webhook_url: Option<&str>) -> Self {
        let mut process = Command::new(built)
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("SIGNALWIRE_SIGNING_KEY", SIGNING_KEY)
            .env_remove("SIGNALWIRE_WEBHOOK_URL")
            .env_remove("SWML_PROXY_URL_BASE")
            .envs(webhook_url.map(|url| ("SIGNALWIRE_WEBHOOK_URL", url)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the example starts");
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the example says where it listens");
        let address = line.trim().strip_prefix("listening on ");
        let address = address.and_then(|address| address.parse().ok());
        Self {
            process,
            address: address.unwrap_or_else(|| panic!("the example says {line:?}")),
        }
    }

    /// The answer to a genuine request to this URL, which arrives with these headers.
    fn answer(&self, signed: &str, headers: &[(&str, &str)]) -> Option<Answer> {
        let called = "http://app.internal/voice";
        let call = Call::unsigned(Version::Http1, called, Sent::Form)
            .signed(Sent::Form.signature(signed))
            .headers(headers);
        Some(Client::of(self.address)?.call(&call))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself, and there is nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Has cargo build the example: a package cannot depend on another's.
fn built() -> PathBuf {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--package",
            "signalwire-webhook",
            "--features",
            "explain",
        ])
        .args(["--example", "behind_proxy"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "the example does not build");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo names the executable")
}

#[test]
fn the_program_takes_a_base_or_headers_to_trust() {
    let said = [("X-Forwarded-Host", "hooks.example.com")];
    let url = "https://hooks.example.com/voice";
    let built = built();
    for (arguments, base, expected) in [
        (&[][..], None, 403),
        (&[], Some("https://hooks.example.com"), 200),
        (&["--trust", "X-Forwarded-Host"], None, 200),
        (
            &[
                "--trust",
                "X-Forwarded-Prefix,Forwarded",
                "--explain-rejections",
            ],
            None,
            403,
        ),
    ] {
        let program = Program::start(&built, arguments, base);
        let Some(answer) = program.answer(url, &said) else {
            return;
        };
        assert_eq!(
            answer.status, expected,
            "{arguments:?} {base:?}: {answer:?}"
        );
        assert!(expected != 200 || answer.body == url, "{answer:?}");
    }
}
