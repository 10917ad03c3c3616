use std::{io::Write as _, process::Command, process::Stdio};

use super::{stdout, without_environment};

/// Runs a command line on a terminal of its own, which util-linux's `script` makes. `None` where
/// there is none.
pub(crate) fn on_a_terminal(
    command_line: &str,
    input: &str,
    variables: &[(&str, &str)],
) -> Option<String> {
    let mut command = without_environment(Command::new("script"));
    command.args(["-qec", command_line, "/dev/null"]);
    command.env("TERM", "xterm");
    command
        .envs(variables.iter().copied())
        .stdin(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        eprintln!("skipped: there is no `script` here");
        return None;
    };
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    Some(stdout(&output))
}
