//! The page on which a developer sees the requests, and the little that it asks for.
//!
//! A request is a stranger's. Whatever of it reaches the browser does so as JSON, as plain text or
//! as a download, and the page makes text of it, never markup. `access` decides who may look,
//! `view` what is told, `events` tells of each new request, `curl` and `search` do what their names
//! say. Nothing here knows a key, and nothing computes a signature.

mod access;
mod curl;
mod events;
mod search;
mod view;

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{Method, Request, StatusCode, header};
use tokio::task::spawn_blocking;

pub(super) use self::access::Access;
use self::{
    curl::curl_command,
    events::events,
    search::matching,
    view::{details, summary},
};
use super::{exchange::Exchange, history::History, record::Record};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
const ICON: &str = include_str!("icon.svg");

#[derive(Clone)]
pub(super) struct Inspector {
    access: Arc<Access>,
    history: Arc<History>,
    exchange: Exchange,
}

impl Inspector {
    pub(super) fn new(access: Access, history: Arc<History>, exchange: Exchange) -> Self {
        Self {
            access: Arc::new(access),
            history,
            exchange,
        }
    }

    pub(super) async fn answer<B>(self, request: Request<B>) -> Result<Response, Infallible> {
        let (parts, _) = request.into_parts();
        let mut response = match self.access.path_of(&parts) {
            Ok(path) => {
                let query = parts.uri.query().unwrap_or_default();
                self.route(&parts.method, path, query).await
            }
            Err(refusal) => refusal.into_response(),
        };
        access::protect(response.headers_mut());
        Ok(response)
    }

    async fn route(&self, method: &Method, path: &str, query: &str) -> Response {
        let is_get = method == Method::GET;
        let words: Vec<&str> = path.split('/').collect();
        match words[..] {
            [""] if is_get => asset("text/html; charset=utf-8", PAGE),
            ["style.css"] if is_get => asset("text/css; charset=utf-8", STYLE),
            ["script.js"] if is_get => asset("text/javascript; charset=utf-8", SCRIPT),
            ["icon.svg"] if is_get => asset("image/svg+xml", ICON),
            ["events"] if is_get => events(&self.history),
            ["requests"] if is_get => self.list(),
            ["search"] if is_get => self.search(query).await,
            ["requests", number, ref rest @ ..] => match self.find(number) {
                Some(record) => self.one(method, &record, rest).await,
                None => {
                    missing("this request is not kept any more: the last 500 are, up to 64 MiB")
                }
            },
            _ => missing("there is nothing at this address"),
        }
    }

    fn find(&self, number: &str) -> Option<Arc<Record>> {
        self.history.get(number.parse().ok()?)
    }

    fn list(&self) -> Response {
        let all = self.history.all();
        let summaries: Vec<_> = all.iter().map(|record| summary(record)).collect();
        json(&serde_json::json!({
            "target": self.exchange.target(),
            "requests": summaries,
        }))
    }

    /// It may read all that is kept, on a thread of its own.
    async fn search(&self, query: &str) -> Response {
        let all = self.history.all();
        let query = query.to_owned();
        let search = spawn_blocking(move || matching(&all, &query));
        json(&search.await.unwrap_or_default().into())
    }

    async fn one(&self, method: &Method, record: &Arc<Record>, rest: &[&str]) -> Response {
        match (method, rest) {
            (&Method::GET, []) => json(&details(record, self.exchange.target())),
            (&Method::GET, ["curl"]) => {
                let command = curl_command(record, self.exchange.target());
                (
                    [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
                    command,
                )
                    .into_response()
            }
            (&Method::GET, ["raw"]) => download(record),
            (&Method::POST, ["again"]) => self.again(record).await,
            _ => missing("there is nothing at this address"),
        }
    }

    async fn again(&self, record: &Record) -> Response {
        match self.exchange.clone().again(record).await {
            Ok(again) => json(&summary(&again)),
            Err(error) => {
                let sentence = format!("this request cannot be sent again: {error}");
                (StatusCode::UNPROCESSABLE_ENTITY, sentence).into_response()
            }
        }
    }
}

fn asset(content_type: &'static str, content: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], content).into_response()
}

fn json(value: &serde_json::Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, value.to_string()).into_response()
}

fn download(record: &Record) -> Response {
    let name = format!("attachment; filename=\"{:06}.http\"", record.number);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, Body::from(record.as_raw_http())).into_response()
}

fn missing(sentence: &'static str) -> Response {
    (StatusCode::NOT_FOUND, sentence).into_response()
}
