use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::event::Event;

/// Signed SignalWire webhooks for a server under development, and why a real one is refused.
///
/// The signing key comes from `SIGNALWIRE_SIGNING_KEY`, from --key-file, or from a prompt; never
/// from an argument, which other users of the machine could read.
#[derive(Debug, Parser)]
#[command(name = "signalwire-webhook", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Send a signed request to a server, and print what it answers.
    ///
    /// Exits with 0 where the status is 2xx, 1 where it is another or there is none, 2 on wrong
    /// usage.
    Send(SendArguments),
    /// Print the headers that sign a URL and a body, and behind those of an event its body.
    Sign(SignArguments),
    /// Say why a captured request is refused, and what to change.
    ///
    /// Exits with 0 where the signature is found to be genuine, 1 where nothing matches, 2 on wrong
    /// usage.
    Explain(ExplainArguments),
    /// Verify whatever arrives, at any path, and answer so that a call does not fail.
    Listen(ListenArguments),
    /// Print a shell's completions.
    Completions {
        /// The shell to print them for.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, of the program or of one of its commands.
    Man {
        /// The command, the whole program unless given.
        command: Option<String>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct KeyArguments {
    /// Read the signing key from this file instead of `SIGNALWIRE_SIGNING_KEY`.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[group(id = "content", multiple = true)]
pub(crate) struct ContentArguments {
    /// Send an event as SignalWire would.
    #[arg(long, value_enum, value_name = "EVENT", conflicts_with_all = ["data", "form"])]
    pub(crate) event: Option<Event>,
    /// Set a field of the event: a parameter of a form, or a path as in call.from of SWML.
    #[arg(long, value_name = "NAME=VALUE", requires = "event")]
    pub(crate) set: Vec<String>,
    /// Send this body, or the content of a file as in @body.json; signed as SWML.
    #[arg(long, value_name = "BODY", conflicts_with = "form")]
    pub(crate) data: Option<String>,
    /// The content type of --data.
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "application/json",
        requires = "data"
    )]
    pub(crate) content_type: String,
    /// Send a form with this parameter, decoded; signed as cXML. May be given several times.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) form: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct SendArguments {
    /// Where the server listens, as `http://127.0.0.1:3000/voice`.
    pub(crate) url: String,
    #[command(flatten)]
    pub(crate) content: ContentArguments,
    /// The URL that is configured at SignalWire, which is what is signed; without a path, that of
    /// URL is put behind it. The request arrives as from a tunnel, with this host.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Change the request after it is signed: it should be refused.
    #[arg(long, conflicts_with = "unsigned")]
    pub(crate) forge: bool,
    /// Send no signature: it should be refused.
    #[arg(long)]
    pub(crate) unsigned: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) key: KeyArguments,
}

#[derive(Args, Debug)]
pub(crate) struct SignArguments {
    /// The URL as it is configured at SignalWire.
    pub(crate) url: String,
    #[command(flatten)]
    pub(crate) content: ContentArguments,
    /// Print a curl command that sends the request.
    #[arg(long, conflicts_with = "json")]
    pub(crate) curl: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) key: KeyArguments,
}

#[derive(Args, Debug)]
pub(crate) struct VerificationArguments {
    /// The layer's `PublicUrl::base`; `SIGNALWIRE_WEBHOOK_URL`, else `SWML_PROXY_URL_BASE`, unless
    /// given.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Whether the layer believes Forwarded and X-Forwarded-*.
    #[arg(long, conflicts_with = "public_url")]
    pub(crate) trust_forwarded_headers: bool,
    /// Print JSON, one object a line.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) key: KeyArguments,
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    /// The request as it arrived: raw HTTP, a curl command line or HAR; standard input unless
    /// given.
    pub(crate) file: Option<PathBuf>,
    /// The URL that is configured at SignalWire.
    #[arg(long, value_name = "URL")]
    pub(crate) dashboard_url: Option<String>,
    #[command(flatten)]
    pub(crate) verification: VerificationArguments,
}

#[derive(Args, Debug)]
pub(crate) struct ListenArguments {
    /// The port to listen on; 0 lets the system choose one.
    #[arg(long, default_value_t = 3000)]
    pub(crate) port: u16,
    /// The address to listen on; 0.0.0.0 for all of them.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) address: std::net::IpAddr,
    #[command(flatten)]
    pub(crate) verification: VerificationArguments,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_agree_with_each_other() {
        super::Arguments::command().debug_assert();
    }
}
