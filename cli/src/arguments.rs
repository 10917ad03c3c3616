use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use signalwire_webhook::{ForwardingHeader, SignatureScheme};

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
    /// Print the headers that sign a URL and a body, and after those of an event its body.
    Sign(SignArguments),
    /// Say why a captured request is refused, and what to change.
    ///
    /// Reads raw HTTP, curl command lines (for bash, cmd and PowerShell), HAR, Burp's XML, and the
    /// JSON of ngrok, webhook.site, `RequestBin`, Insomnia, Netlify, `CloudFront` and API Gateway.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// The parameters are in the URL's query, and signed with it.
    #[value(name = "GET", alias = "get")]
    Get,
    /// The parameters are in the body.
    #[value(name = "POST", alias = "post")]
    Post,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

#[derive(Args, Debug)]
#[group(id = "content", multiple = true)]
pub(crate) struct ContentArguments {
    /// Send an event as SignalWire would.
    #[arg(long, value_enum, value_name = "EVENT", conflicts_with_all = ["data", "form"])]
    pub(crate) event: Option<Event>,
    /// Set a field of the event: a parameter of a form, or a path as in call.from of SWML. From and
    /// To stand for the fields of SWML too.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// Send this body, or the content of a file as in @body.json, or standard input as in @-;
    /// signed as SWML.
    #[arg(long, value_name = "BODY", conflicts_with = "form")]
    pub(crate) data: Option<String>,
    /// The content type of --data.
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "application/json",
        requires = "data",
        conflicts_with = "event"
    )]
    pub(crate) content_type: String,
    /// Sign --data as cXML: bodySHA256 in the URL's query names the body.
    #[arg(long, requires = "data", conflicts_with = "event")]
    pub(crate) body_digest: bool,
    /// Send a form with this parameter, decoded; signed as cXML. May be given several times.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) form: Vec<String>,
    /// The method that is configured at SignalWire.
    #[arg(long, value_enum, value_name = "METHOD", default_value_t = Method::Post)]
    pub(crate) method: Method,
}

#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct SendArguments {
    /// Where the server listens, as `http://127.0.0.1:3000/voice`.
    pub(crate) url: String,
    #[command(flatten)]
    pub(crate) content: ContentArguments,
    /// Send a saved request again, as it was: a file, or the number of one that `listen --save` wrote.
    /// It is sent to the path that it had, unless URL has one.
    #[arg(
        long,
        value_name = "FILE|N",
        conflicts_with_all = ["event", "data", "form", "forge", "unsigned"]
    )]
    pub(crate) again: Option<String>,
    /// The folder of `listen --save` in which --again finds a number, this one unless given.
    #[arg(long, value_name = "FOLDER", requires = "again", conflicts_with_all = ["event", "data", "form"])]
    pub(crate) saved: Option<PathBuf>,
    /// Sign the request of --again anew, for --public-url, else for the URL that the environment and
    /// its headers name.
    #[arg(long, requires = "again", conflicts_with_all = ["event", "data", "form"])]
    pub(crate) sign: bool,
    /// The URL that is configured at SignalWire, which is what is signed; one without a path gets
    /// that of URL. The request arrives as from a tunnel, with this host.
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

/// What the layer is configured with.
#[derive(Args, Debug)]
pub(crate) struct LayerArguments {
    /// The layer's `PublicUrl::base`; `SIGNALWIRE_WEBHOOK_URL`, else `SWML_PROXY_URL_BASE`, unless
    /// something says where SignalWire sent the request. May be given several times.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Vec<String>,
    /// The layer's `PublicUrl::exact`. May be given several times.
    #[arg(long, value_name = "URL")]
    pub(crate) exact: Vec<String>,
    /// A header that the layer's `PublicUrl::from_headers` trusts. May be given several times, or
    /// several with commas between them.
    #[arg(
        long,
        alias = "header-trust",
        value_enum,
        ignore_case = true,
        value_delimiter = ',',
        value_name = "HEADER"
    )]
    pub(crate) trust_header: Vec<TrustedHeader>,
    /// A scheme that the layer's `accept` names; all of them unless given. May be given several
    /// times, or several with commas between them.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SCHEME")]
    pub(crate) accept: Vec<AcceptedScheme>,
    /// The layer's `forms_begin_with`.
    #[arg(long, value_name = "NAME")]
    pub(crate) forms_begin_with: Option<String>,
    #[command(flatten)]
    pub(crate) key: KeyArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrustedHeader {
    XForwardedProto,
    XForwardedHost,
    XForwardedPort,
    XForwardedPrefix,
    Forwarded,
}

impl From<TrustedHeader> for ForwardingHeader {
    fn from(header: TrustedHeader) -> Self {
        match header {
            TrustedHeader::XForwardedProto => Self::XForwardedProto,
            TrustedHeader::XForwardedHost => Self::XForwardedHost,
            TrustedHeader::XForwardedPort => Self::XForwardedPort,
            TrustedHeader::XForwardedPrefix => Self::XForwardedPrefix,
            TrustedHeader::Forwarded => Self::Forwarded,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AcceptedScheme {
    /// SWML, X-SignalWire-SHA256-Signature.
    #[value(alias = "RawBodySha256")]
    RawBodySha256,
    /// SWML, X-SignalWire-Signature.
    #[value(alias = "RawBodySha1")]
    RawBodySha1,
    /// cXML.
    #[value(alias = "FormParameters")]
    FormParameters,
    /// cXML with a body that is not a form.
    #[value(alias = "BodyDigest")]
    BodyDigest,
}

impl From<AcceptedScheme> for SignatureScheme {
    fn from(scheme: AcceptedScheme) -> Self {
        match scheme {
            AcceptedScheme::RawBodySha256 => Self::RawBodySha256,
            AcceptedScheme::RawBodySha1 => Self::RawBodySha1,
            AcceptedScheme::FormParameters => Self::FormParameters,
            AcceptedScheme::BodyDigest => Self::BodyDigest,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    /// The request as it arrived; - or nothing for standard input.
    pub(crate) file: Option<PathBuf>,
    /// The URL that is configured at SignalWire.
    #[arg(long, value_name = "URL")]
    pub(crate) dashboard_url: Option<String>,
    /// Read the files that a captured curl command names, as in -d @body.json.
    #[arg(long)]
    pub(crate) read_files: bool,
    /// Print JSON, one object a line.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) layer: LayerArguments,
}

#[derive(Args, Debug)]
pub(crate) struct ListenArguments {
    /// The port to listen on; 0 lets the system choose one.
    #[arg(long, default_value_t = 3000)]
    pub(crate) port: u16,
    /// The address to listen on; 0.0.0.0 for all of them.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) address: std::net::IpAddr,
    /// Forward each verified request to this program, as `http://127.0.0.1:8080`, and give its answer.
    #[arg(long, value_name = "URL")]
    pub(crate) forward_to: Option<String>,
    /// Forward refused requests too: the program must verify them itself.
    #[arg(long, requires = "forward_to")]
    pub(crate) forward_refused: bool,
    /// Forward handshakes with `Upgrade: websocket` unverified: SignalWire does not sign those of `<Stream>`.
    #[arg(long, requires = "forward_to")]
    pub(crate) forward_streams: bool,
    /// Save each request in this folder, as raw HTTP that `explain` and `send` read. It holds
    /// personal data.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) save: Option<PathBuf>,
    /// Show the requests on a page in the browser, at the URL that is printed.
    #[arg(
        long,
        value_name = "ADDRESS",
        num_args = 0..=1,
        default_missing_value = "127.0.0.1:4040"
    )]
    pub(crate) inspect: Option<std::net::SocketAddr>,
    /// The token in the page's URL, a random one unless given. An address that other machines reach
    /// needs it.
    #[arg(long, value_name = "TOKEN", requires = "inspect")]
    pub(crate) inspect_token: Option<String>,
    /// Print JSON, one object a line.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) layer: LayerArguments,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_agree_with_each_other() {
        super::Arguments::command().debug_assert();
    }
}
