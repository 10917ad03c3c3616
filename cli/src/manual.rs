use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::{arguments::Arguments, failure::Failure, terminal::print_data};

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        shell,
        &mut Arguments::command(),
        "signalwire-webhook",
        &mut script,
    );
    print_data(&script)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn page(command: Option<&str>) -> Result<ExitCode, Failure> {
    let program = Arguments::command();
    let shown = match command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned().ok_or_else(|| {
                Failure::usage(format!("{name:?} is not a command of this program"))
            })?;
            found
                .display_name(format!("signalwire-webhook-{name}"))
                .bin_name(format!("signalwire-webhook {name}"))
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(shown)
        .render(&mut page)
        .map_err(|error| Failure::of(format!("cannot write the manual page: {error}")))?;
    print_data(&page)?;
    Ok(ExitCode::SUCCESS)
}
