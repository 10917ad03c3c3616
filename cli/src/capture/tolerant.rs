//! JSON in which something looks like a request: ngrok's API, webhook.site, `RequestBin`, SignalWire's
//! own log, and what servers log themselves. Each has a method, a URL, headers and a body under
//! names of its own.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    headers::{has_headers, headers_of},
    post_data::PostData,
    query::query_of,
    raw_http::{looks_like_raw_http, read_raw_http},
    request::{Captured, Named},
};
use crate::{content::encoded, failure::Failure, json::Json};

const METHOD: [&str; 5] = [
    "method",
    "httpMethod",
    "request_method",
    "requestMethod",
    "verb",
];
/// A router of Express shortens `url`, and leaves `originalUrl` as it arrived.
const URL: [&str; 10] = [
    "rawUrl",
    "originalUrl",
    "url",
    "uri",
    "request_url",
    "requestUrl",
    "href",
    "rawPath",
    "path",
    "path_name",
];
const QUERY: [&str; 6] = [
    "rawQueryString",
    "rawQuery",
    "query_string",
    "queryString",
    "querystring",
    "query",
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
    let url = json.first(&URL)?.text()?;
    if !has_headers(json) {
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
    // Insomnia, and what writes HAR's requests, put the text beside its type.
    let typed = field.filter(|body| body.get("mimeType").is_some());
    if let Some(post_data) = typed.filter(|body| body.first(&["text", "params"]).is_some()) {
        let body = PostData::of(post_data)?;
        request.body.clone_from(&body.bytes);
        return Ok(body.or_encoded(request.into_captured()?));
    }
    if let Some(bytes) = field.and_then(encoded_data).transpose()? {
        request.body = bytes;
        return request.into_captured();
    }
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
    let query = match json.first(&QUERY) {
        Some(query) if query.is_object() => query_of(query.pairs()),
        query => query.and_then(Json::text).unwrap_or_default().into_owned(),
    };
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
    let pairs = body.pairs().into_iter();
    let parameters: Vec<(String, String)> = pairs
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    encoded(&parameters).into_bytes()
}

/// `CloudFront` names the encoding beside the data.
fn encoded_data(body: Json<'_>) -> Option<Result<Vec<u8>, Failure>> {
    body.get("encoding")?;
    let data = body.text_of("data")?;
    let is_base64 = body.text_of("encoding").as_deref() == Some("base64");
    Some(if is_base64 {
        from_base64(&data)
    } else {
        Ok(data.into_owned().into_bytes())
    })
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
    from_base64(&text)
}

pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, Failure> {
    STANDARD.decode(text.as_bytes()).map_err(|error| {
        Failure::usage(format!(
            "the capture says that a body is base64, and it is not ({error}): export it once more"
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
    fn a_query_may_stand_beside_the_path() {
        for query in [
            r#""a=b%20c""#,
            r#""?a=b%20c""#,
            r#"{"a":"b c"}"#,
            r#"{"a":["b c"]}"#,
        ] {
            let json = format!(r#"{{"path":"/sms","query":{query},"headers":{{"a":"b"}}}}"#);
            assert_eq!(read(&json)[0].parts.uri, "/sms?a=b%20c", "{query}");
        }
        let both = read(r#"{"url":"/sms?a=b","query":{"c":"d"},"headers":{"a":"b"}}"#);
        assert_eq!(both[0].parts.uri, "/sms?a=b");
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
    fn a_body_may_stand_beside_its_encoding_or_be_parameters() {
        for (body, expected) in [
            (
                r#"{"encoding":"base64","data":"AP8=","inputTruncated":false}"#,
                &b"\0\xff"[..],
            ),
            (r#"{"encoding":"text","data":"a=b"}"#, b"a=b"),
            (
                r#"{"mimeType":"x","params":[{"name":"From","value":"+1"}]}"#,
                b"From=%2B1",
            ),
            (r#"{"mimeType":"x","text":"a"}"#, b"a"),
        ] {
            let json = format!(r#"{{"uri":"/","headers":{{"a":"b"}},"body":{body}}}"#);
            assert_eq!(read(&json)[0].body(), expected, "{body}");
        }
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
