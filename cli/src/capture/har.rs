//! HAR, as browsers, proxies and mitmproxy save it.

use super::{
    post_data::PostData,
    request::{Captured, Named, check_number_of_headers},
};
use crate::{failure::Failure, json::Json};

/// All requests; `None` for JSON that is not HAR.
pub(super) fn read_har(json: Json<'_>) -> Option<Result<Vec<Captured>, Failure>> {
    let entries = json.get("log")?.get("entries")?.elements();
    let requests = entries
        .into_iter()
        .filter_map(|entry| entry.get("request"))
        .map(read_request);
    Some(requests.collect())
}

fn read_request(request: Json<'_>) -> Result<Captured, Failure> {
    let text = |name| request.text_of(name).unwrap_or_default().into_owned();
    let mut named = Named {
        method: text("method"),
        url: text("url"),
        ..Named::default()
    };
    let headers = request.get("headers");
    let headers = headers.map(Json::elements).unwrap_or_default();
    check_number_of_headers(headers.len())?;
    for header in headers {
        if let (Some(name), Some(value)) = (header.text_of("name"), header.text_of("value")) {
            named.add_header(name, value.into_owned());
        }
    }
    let Some(post_data) = request.get("postData") else {
        return named.into_captured();
    };
    let body = PostData::of(post_data)?;
    named.body.clone_from(&body.bytes);
    let note = truncation_note(request, post_data, body.bytes.len());
    let mut captured = named.into_captured()?;
    captured.notes.extend(note);
    Ok(body.or_encoded(captured))
}

/// Browsers leave long bodies out, and say how long they were.
fn truncation_note(request: Json<'_>, post_data: Json<'_>, length: usize) -> Option<String> {
    if let Some(comment) = post_data.text_of("comment") {
        let is_about_length = comment.to_ascii_lowercase().contains("truncat");
        return is_about_length.then(|| {
            "the HAR says that it does not hold the whole body: export the request once more with the \
             whole of it"
                .to_owned()
        });
    }
    let size: usize = request.text_of("bodySize")?.parse().ok()?;
    let has_length = request
        .get("headers")
        .map(Json::elements)
        .unwrap_or_default()
        .iter()
        .filter_map(|header| header.text_of("name"))
        .any(|name| name.eq_ignore_ascii_case("content-length"));
    (size > length && length > 0 && !has_length).then(|| {
        format!(
            "the HAR has {length} bytes of the body, and its bodySize says {size}: what is missing is \
             signed too, so export the request once more"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(har: &str) -> Vec<Captured> {
        let json = Json::all(har).unwrap()[0];
        read_har(json).unwrap().unwrap()
    }

    fn with(post_data: &str) -> Captured {
        read(&format!(
            r#"{{"log":{{"entries":[{{"request":{{"method":"POST","url":"https://h/sms",
                "headers":[{{"name":"X-SignalWire-Signature","value":"a"}}],
                "postData":{post_data},"bodySize":99}}}}]}}}}"#
        ))
        .remove(0)
    }

    #[test]
    fn a_body_is_its_text_or_its_parameters() {
        let text = with(r#"{"text":"From=%2B1","params":[{"name":"x","value":"y"}]}"#);
        assert_eq!(text.body(), b"From=%2B1");
        assert!(text.notes[0].contains("its bodySize says 99"));
        let decoded = with(r#"{"params":[{"name":"From","value":"+1 é"},{"name":"To"}]}"#);
        assert_eq!(decoded.body(), b"From=%2B1+%C3%A9&To=");
        assert_eq!(decoded.bodies.len(), 1);
        let either = with(r#"{"text":"","params":[{"name":"From","value":"%2B1"}]}"#);
        assert_eq!(either.body(), b"From=%252B1");
        assert_eq!(either.bodies[1].bytes, b"From=%2B1");
        let base64 = with(r#"{"text":"AP8=","encoding":"base64"}"#);
        assert_eq!(base64.body(), [0, 255]);
        let truncated = with(r#"{"text":"From","comment":"Request body was truncated"}"#);
        assert!(truncated.notes[0].contains("does not hold the whole body"));
    }
}
