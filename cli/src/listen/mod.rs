//! `listen`: a server that verifies whatever arrives, and says what it thinks of it.
//!
//! It stands at the end of a tunnel, so what arrives is anyone's. `server` bounds how many
//! connections there are; `exchange` gives each request to the library's layer, which only
//! reports, asks for an explanation of its `verdict`, prints a `line` about it, with the
//! `parties`, and answers with a document of `answers`.

mod answers;
mod exchange;
mod line;
mod parties;
mod server;
mod verdict;

use std::{net::SocketAddr, process::ExitCode};

use tower::service_fn;

use self::{exchange::Exchange, line::Output, server::Server};
use crate::{arguments::ListenArguments, failure::Failure, layer::DescribedLayer};

pub(crate) fn run(arguments: &ListenArguments) -> Result<ExitCode, Failure> {
    let described = DescribedLayer::from_arguments(&arguments.layer)?;
    let output = Output::new(arguments.json);
    let exchange = Exchange::new(described.layer(), described.explainer(), output);
    let address = SocketAddr::from((arguments.address, arguments.port));
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::of(format!("cannot start: {error}")))?
        .block_on(async {
            let server = Server::bind(address).await?;
            output.print_address(server.address())?;
            let service = service_fn(move |request| exchange.clone().answer(request));
            server.serve(service).await;
            Ok(ExitCode::SUCCESS)
        })
}
