//! JSON in which something looks like a request: ngrok's API, webhook.site, `RequestBin`, SignalWire's
//! own log, and what servers log themselves. Each has a method, a URL, headers and a body under
//! names of its own.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    raw_http::{looks_like_raw_http, read_raw_http},
    request::{Captured, Named, check_number_of_headers},
};
use crate::{content::encoded, failure::Failure, json::Json};

const METHOD: [&str; 5] = [
    "method",
    "httpMethod",
    "request_method",
    "requestMethod",
    "verb",
];
const URL: [&str; 9] = [
    "url",
    "uri",
    "request_url",
    "requestUrl",
    "originalUrl",
    "href",
    "rawPath",
    "path",
    "path_name",
];
const QUERY: [&str; 4] = ["rawQueryString", "query_string", "queryString", "query"];
const HEADERS: [&str; 5] = [
    "multiValueHeaders",
    "headers",
    "request_headers",
    "requestHeaders",
    "rawHeaders",
];
const BODY: [&str; 12] = [
    "rawBody",
    "raw_body",
    "bodyRaw",
    "body_raw",
    "request_body",
    "requestBody",
    "body",
    "content",
    "raw",
    "postData",
    "payload",
    "data",
];

/// Deeper than any tool nests a request.
const DEEPEST: usize = 6;

/// More requests than anyone looks through.
const MOST: usize = 10_000;

/// Every request in a value, in their order.
pub(super) fn find_requests(json: Json<'_>) -> Result<Vec<Captured>, Failure> {
    let mut found = Vec::new();
    find(json, 0, &mut found)?;
    Ok(found)
}

fn find(json: Json<'_>, depth: usize, found: &mut Vec<Captured>) -> Result<(), Failure> {
    if depth > DEEPEST || found.len() >= MOST {
        return Ok(());
    }
    if let Some(request) = read_request(json) {
        found.push(request?);
        return Ok(());
    }
    let inner = if json.is_object() {
        json.fields().into_iter().map(|(_, value)| value).collect()
    } else {
        json.elements()
    };
    for value in inner {
        find(value, depth + 1, found)?;
    }
    Ok(())
}

/// Something with headers and a URL; a response has no URL.
fn read_request(json: Json<'_>) -> Option<Result<Captured, Failure>> {
    let headers = json.first(&HEADERS)?;
    let url = json.first(&URL)?.text()?;
    if headers.is_empty() {
        return None;
    }
    if let Some(raw) = raw_http(json) {
        return Some(read_raw_http(&raw));
    }
    Some(read_named(json, &url))
}

/// ngrok has the whole request in base64.
fn raw_http(json: Json<'_>) -> Option<Vec<u8>> {
    let raw = STANDARD.decode(json.text_of("raw")?.as_bytes()).ok()?;
    looks_like_raw_http(&raw).then_some(raw)
}

fn read_named(json: Json<'_>, url: &str) -> Result<Captured, Failure> {
    let method = json.first(&METHOD).and_then(Json::text);
    let mut request = Named {
        method: method.unwrap_or("POST".into()).to_ascii_uppercase(),
        url: with_query(url, json),
        headers: headers_of(json)?,
        body: Vec::new(),
    };
    let field = json.first(&BODY);
    let is_parsed = field.is_some_and(|body| body.text().is_none());
    request.body = if is_parsed {
        written_anew(field, &request)
    } else {
        body_of(json)?
    };
    let captured = request.into_captured()?;
    Ok(if is_parsed {
        captured.with_note(
            "the capture has the body parsed and not as it arrived: where the explanation names the body, \
             export the raw one",
        )
    } else {
        captured
    })
}

fn with_query(url: &str, json: Json<'_>) -> String {
    let query = json.first(&QUERY).and_then(Json::text).unwrap_or_default();
    let query = query.trim_start_matches('?');
    if url.contains('?') || query.is_empty() {
        url.to_owned()
    } else {
        format!("{url}?{query}")
    }
}

/// A form of the parsed parameters, whose encoding and order is not signed; other JSON as it is
/// written in the capture.
fn written_anew(body: Option<Json<'_>>, request: &Named) -> Vec<u8> {
    let Some(body) = body else {
        return Vec::new();
    };
    let content_type = request.header("content-type").unwrap_or_default();
    if !content_type.contains("form-urlencoded") || !body.is_object() {
        return body.written().as_bytes().to_vec();
    }
    let mut parameters = Vec::new();
    for (name, value) in body.fields() {
        let values = match value.text() {
            Some(value) => vec![value],
            None => value
                .elements()
                .into_iter()
                .filter_map(Json::text)
                .collect(),
        };
        for value in values {
            parameters.push((name.clone().into_owned(), value.into_owned()));
        }
    }
    encoded(&parameters).into_bytes()
}

/// The headers in any of the forms in which they are written: names with a value or several,
/// objects or pairs of name and value, a flat list of both.
pub(super) fn headers_of(json: Json<'_>) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let Some(headers) = json.first(&HEADERS) else {
        return Ok(Vec::new());
    };
    if headers.is_object() {
        let fields = headers.fields();
        check_number_of_headers(fields.len())?;
        return Ok(named_headers(fields));
    }
    let elements = headers.elements();
    check_number_of_headers(elements.len() / 2)?;
    let texts: Option<Vec<_>> = elements.iter().map(|element| element.text()).collect();
    if let Some(texts) = texts {
        return Ok(listed_headers(&texts));
    }
    Ok(elements.into_iter().filter_map(header_pair).collect())
}

fn named_headers(fields: Vec<(Cow<'_, str>, Json<'_>)>) -> Vec<(String, Vec<u8>)> {
    let mut named = Vec::new();
    for (name, value) in fields {
        let values = match value.text() {
            Some(value) => vec![value],
            None => value
                .elements()
                .into_iter()
                .filter_map(Json::text)
                .collect(),
        };
        for value in values {
            named.push((name.clone().into_owned(), value.into_owned().into_bytes()));
        }
    }
    named
}

/// As `["Host: h", …]`, or as `["Host", "h", …]`, which Node.js calls `rawHeaders`.
fn listed_headers(texts: &[Cow<'_, str>]) -> Vec<(String, Vec<u8>)> {
    let lines: Option<Vec<(&str, &str)>> = texts.iter().map(|line| line.split_once(": ")).collect();
    let pairs = lines.unwrap_or_else(|| {
        let (pairs, _) = texts.as_chunks::<2>();
        pairs
            .iter()
            .map(|[name, value]| (&**name, &**value))
            .collect()
    });
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .collect()
}

fn header_pair(pair: Json<'_>) -> Option<(String, Vec<u8>)> {
    let (name, value) = if pair.is_object() {
        let name = pair.first(&["name", "key"])?;
        (name, pair.get("value")?)
    } else {
        let [name, value] = pair.elements()[..] else {
            return None;
        };
        (name, value)
    };
    let value = value.text()?.into_owned().into_bytes();
    Some((name.text()?.into_owned(), value))
}

/// The body that is text, decoded where the capture says that it is base64.
pub(super) fn body_of(json: Json<'_>) -> Result<Vec<u8>, Failure> {
    let text = json.first(&BODY).and_then(Json::text).unwrap_or_default();
    let is_base64 = json.get("isBase64Encoded").is_some_and(Json::is_true)
        || ["encoding", "bodyEncoding"]
            .iter()
            .any(|name| json.text_of(name).as_deref() == Some("base64"));
    if !is_base64 {
        return Ok(text.into_owned().into_bytes());
    }
    STANDARD.decode(text.as_bytes()).map_err(|error| {
        Failure::usage(format!(
            "the capture says that the body is base64, and it is not ({error}): export it once more"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Vec<Captured> {
        find_requests(Json::all(json).unwrap()[0]).unwrap()
    }

    #[test]
    fn headers_are_read_in_every_form() {
        for headers in [
            r#"{"Host":"h","X-A":["b"]}"#,
            r#"[{"name":"Host","value":"h"},{"name":"X-A","value":"b"}]"#,
            r#"[["Host","h"],["X-A","b"]]"#,
            r#"["Host: h","X-A: b"]"#,
            r#"["Host","h","X-A","b"]"#,
        ] {
            let json =
                format!(r#"{{"method":"post","url":"/sms","headers":{headers},"body":"a=b"}}"#);
            let captured = read(&json).remove(0);
            assert_eq!(captured.parts.method, "POST");
            assert_eq!(captured.parts.headers["host"], "h", "{headers}");
            assert_eq!(captured.parts.headers["x-a"], "b", "{headers}");
            assert_eq!(captured.body(), b"a=b");
        }
    }

    #[test]
    fn ngrok_has_the_whole_request_in_base64() {
        let raw = STANDARD.encode("POST /sms HTTP/1.1\r\nHost: h\r\nX-A: c\r\n\r\na=b");
        let json = format!(
            r#"{{"requests":[{{"uri":"/api/requests/http/1","request":{{"method":"POST","uri":"/sms",
                "headers":{{"Host":["h"],"X-A":["b"]}},"raw":"{raw}"}},
                "response":{{"status":"200 OK","headers":{{"A":["b"]}}}}}}]}}"#
        );
        let all = read(&json);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].parts.headers["x-a"], "c");
        assert_eq!(all[0].body(), b"a=b");
    }

    #[test]
    fn a_parsed_body_is_written_anew_with_a_note() {
        let form = read(
            r#"{"url":"/","headers":{"content-type":"application/x-www-form-urlencoded"},
                "body":{"From":"+1","To":["a","b"]}}"#,
        );
        assert_eq!(form[0].body(), b"From=%2B1&To=a&To=b");
        assert_eq!(form[0].notes.len(), 1);
        let json = read(r#"{"url":"/","headers":{"a":"b"},"body":{ "a": 1.0 }}"#);
        assert_eq!(json[0].body(), br#"{ "a": 1.0 }"#);
    }

    #[test]
    fn neither_a_response_nor_anything_else_is_a_request() {
        for json in [
            r#"{"status":200,"headers":{"a":"b"},"body":"c"}"#,
            r#"{"url":"/","headers":{}}"#,
            "3",
            r#"[[[[[[[[[{"url":"/","headers":{"a":"b"}}]]]]]]]]]"#,
        ] {
            assert!(read(json).is_empty(), "{json}");
        }
    }
}
