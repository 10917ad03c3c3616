//! One request and what became of it, as it is kept, saved and shown.
//!
//! Everything is a copy of its own: what hyper hands out refers to a whole read buffer, which a
//! small request would keep in memory.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts};

use super::{parties::Parties, verdict::Verdict};

/// What a record takes beside its texts, rounded up.
const FIXED_SIZE: usize = 2 * 1024;

pub(crate) type Headers = Vec<(String, Vec<u8>)>;

#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) number: u64,
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
    pub(crate) verdict: Verdict,
    pub(crate) parties: Parties,
    pub(crate) urls: Urls,
    pub(crate) outcome: Outcome,
    /// The status that the caller got.
    pub(crate) status: StatusCode,
    /// The number of the first request with the same delivery.
    pub(crate) duplicate_of: Option<u64>,
    /// The number of the request that was sent again.
    pub(crate) again_of: Option<u64>,
}

/// What came before the body.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) time: SystemTime,
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) headers: Headers,
}

/// The URL that the layer tries first, and the one that was signed where it is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Urls {
    pub(crate) tried: Option<String>,
    pub(crate) signed: Option<String>,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// This program answered it with a document of its own.
    AnsweredHere,
    /// It was refused, and so not forwarded.
    Refused,
    Answered(Answer),
    /// The target failed, as this sentence says.
    Failed {
        sentence: String,
        time: Duration,
    },
}

/// What the target answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Headers,
    /// As much as is shown.
    pub(crate) body: Vec<u8>,
    /// The length of all of it.
    pub(crate) length: usize,
    pub(crate) time: Duration,
}

impl Head {
    pub(super) fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let mut headers = copied(headers);
        // HTTP/2 names the host in its URI.
        let has_host = headers.iter().any(|(name, _)| name == "host");
        if let (false, Some(authority)) = (has_host, uri.authority()) {
            headers.insert(0, ("host".to_owned(), authority.as_str().into()));
        }
        Self {
            time: SystemTime::now(),
            method: method.as_str().to_owned(),
            uri: uri
                .path_and_query()
                .map_or("/", |it| it.as_str())
                .to_owned(),
            headers,
        }
    }

    pub(crate) fn path(&self) -> &str {
        self.uri.split('?').next().unwrap_or_default()
    }

    pub(crate) fn query(&self) -> Option<&str> {
        self.uri.split_once('?').map(|(_, query)| query)
    }

    /// The request's parts, to be verified or sent once more.
    pub(crate) fn parts(&self) -> Result<Parts, http::Error> {
        let request = http::Request::builder()
            .method(self.method.as_str())
            .uri(self.uri.as_str())
            .body(())?;
        let mut parts = request.into_parts().0;
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name.as_str())?;
            parts.headers.append(name, HeaderValue::from_bytes(value)?);
        }
        Ok(parts)
    }

    fn size(&self) -> usize {
        self.method.len() + self.uri.len() + size(&self.headers)
    }
}

impl Record {
    /// The bytes that it takes in memory, rounded up.
    pub(super) fn size(&self) -> usize {
        let urls = [&self.urls.tried, &self.urls.signed];
        let urls: usize = urls.into_iter().flatten().map(String::len).sum();
        let outcome = match &self.outcome {
            Outcome::Answered(answer) => answer.body.len() + size(&answer.headers),
            Outcome::Failed { sentence, .. } => sentence.len(),
            Outcome::AnsweredHere | Outcome::Refused => 0,
        };
        FIXED_SIZE + self.head.size() + self.body.len() + self.verdict.size() + urls + outcome
    }

    pub(crate) fn is_verified(&self) -> bool {
        self.verdict.proof.is_some()
    }

    /// The request as raw HTTP, which `explain` and `send` read. Its length is that of the body that
    /// arrived, since chunks are put together by now; of a body that was not read, it is what the
    /// request said.
    pub(crate) fn as_raw_http(&self) -> Vec<u8> {
        let Head { method, uri, .. } = &self.head;
        let mut raw = format!("{method} {uri} HTTP/1.1\r\n").into_bytes();
        let is_read = !self.body.is_empty();
        for (name, value) in &self.head.headers {
            if name == header::TRANSFER_ENCODING.as_str()
                || (is_read && name == header::CONTENT_LENGTH.as_str())
            {
                continue;
            }
            add_header(&mut raw, name, value);
        }
        if is_read {
            let length = self.body.len().to_string();
            add_header(&mut raw, "content-length", length.as_bytes());
        }
        raw.extend_from_slice(b"\r\n");
        raw.extend_from_slice(&self.body);
        raw
    }
}

pub(super) fn copied(headers: &HeaderMap) -> Headers {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect()
}

fn size(headers: &Headers) -> usize {
    /// Of two vectors, and of what the allocator adds.
    const EACH: usize = 96;
    headers
        .iter()
        .map(|(name, value)| EACH + name.len() + value.len())
        .sum()
}

fn add_header(raw: &mut Vec<u8>, name: &str, value: &[u8]) {
    raw.extend_from_slice(name.as_bytes());
    raw.extend_from_slice(b": ");
    raw.extend_from_slice(value);
    raw.extend_from_slice(b"\r\n");
}
