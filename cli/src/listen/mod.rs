//! `listen`: a server that verifies whatever arrives, and says what it thinks of it.
//!
//! It stands at the end of a tunnel, so what arrives is anyone's. `server` bounds how many
//! connections there are. `exchange` gives each request to the library's layer, which only
//! reports, asks for an explanation of its `verdict`, and has it answered: by the program that is
//! its `destination` (`forward`, `websocket`), or with a document of `answers`. The `journal` makes
//! a `record` of it with the `parties`, prints a `line`, keeps it (`history`) and saves it
//! (`saved`). The `inspector` shows in a browser what is kept.

mod answers;
mod destination;
mod exchange;
mod forward;
mod history;
mod inspector;
mod journal;
mod line;
mod parties;
mod record;
mod saved;
mod server;
mod verdict;
mod websocket;

use std::{future::pending, net::SocketAddr, process::ExitCode, sync::Arc};

use tower::service_fn;

pub(crate) use self::saved::find as find_saved;
use self::{
    destination::Destination,
    exchange::Exchange,
    history::History,
    inspector::{Access, Inspector},
    journal::Journal,
    line::{Beginning, Output},
    saved::Folder,
    server::Server,
};
use crate::{arguments::ListenArguments, failure::Failure, layer::DescribedLayer};

pub(crate) fn run(arguments: &ListenArguments) -> Result<ExitCode, Failure> {
    let described = DescribedLayer::from_arguments(&arguments.layer)?;
    let destination = Destination::from_arguments(arguments)?;
    let access = Access::from_arguments(arguments)?;
    let folder = arguments.save.as_deref().map(Folder::open).transpose()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::of(format!("cannot start: {error}")))?
        .block_on(listen(arguments, described, destination, access, folder))
}

async fn listen(
    arguments: &ListenArguments,
    described: DescribedLayer,
    destination: Destination,
    access: Option<Access>,
    folder: Option<Folder>,
) -> Result<ExitCode, Failure> {
    let address = SocketAddr::from((arguments.address, arguments.port));
    let server = Server::bind(address, "--port").await?;
    destination.must_not_be(server.address())?;
    let page = match access {
        Some(access) => Some(access.bind().await?),
        None => None,
    };
    let output = Output::new(arguments.json, page.is_some() || folder.is_some());
    output.print_beginning(&Beginning {
        address: server.address(),
        target: destination.target(),
        folder: folder.as_ref().map(Folder::path),
        inspector: page.as_ref().map(|(_, access)| access.url()).as_deref(),
    })?;
    let explainer = match page {
        // What is to be copied from the page must be whole.
        Some(_) => described.explainer().show_queries(),
        None => described.explainer(),
    };
    let history = page.is_some().then(|| Arc::new(History::new()));
    let journal = Journal::new(output, history.clone(), folder);
    let exchange = Exchange::new(described, explainer, destination, journal);
    let inspecting = {
        let exchange = exchange.clone();
        async move {
            let (Some((server, access)), Some(history)) = (page, history) else {
                return pending().await;
            };
            let inspector = Inspector::new(access, history, exchange);
            let service = service_fn(move |request| inspector.clone().answer(request));
            server.serve(service).await;
        }
    };
    let service = service_fn(move |request| exchange.clone().answer(request));
    tokio::select! {
        () = server.serve(service) => {}
        // It ends with Ctrl-C too, and the last answers are still under way.
        () = async { inspecting.await; pending().await } => {}
    }
    Ok(ExitCode::SUCCESS)
}
