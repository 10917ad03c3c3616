use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::{Client, Front, Program, RunningProxy, Upstream, process::Running, site::Site};

/// Another process may take the port before the proxy does.
const ATTEMPTS: usize = 5;

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

impl Proxy {
    /// Starts it before a server of its own, and waits until this URL gets there; `None`, and a
    /// message, where the proxy or curl is not installed.
    ///
    /// # Panics
    ///
    /// Where it does not start; what it says is in the message.
    #[must_use]
    pub fn start(&self, front: Front, setup: &str, public: &str) -> Option<RunningProxy> {
        let program = self.program.find()?;
        let configuration = (self.configuration)(front, setup);
        let mut complaint = String::new();
        for _ in 0..ATTEMPTS {
            let upstream = Upstream::start();
            let site = Site::before(upstream.address());
            site.write(self.file, &site.fill(&configuration));
            let mut running = RunningProxy {
                client: Client::of(site.listen())?,
                upstream,
                process: self.run(&program, &site),
                site,
            };
            if running.gets_through(front, public) {
                return Some(running);
            }
            complaint = running.site.output();
        }
        panic!("{:?} does not start: {complaint}", self.program);
    }

    fn run(&self, program: &Path, site: &Site) -> Running {
        let output = site.new_output();
        let arguments = self.arguments.iter().map(|argument| site.fill(argument));
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(site.folder())
            .env("HOME", site.folder())
            .env("NODE_PATH", Program::node_modules())
            .env_remove("NODE_OPTIONS")
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a file descriptor"))
            .stderr(output);
        Running(command.spawn().expect("the program starts"))
    }
}
