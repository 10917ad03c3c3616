//! The events with which AWS calls a Lambda function: API Gateway's REST API (version 1) and HTTP API
//! (version 2), function URLs, and a load balancer.

use super::{
    headers::headers_of,
    query::query_of,
    request::{Captured, Named},
    tolerant::body_of,
};
use crate::{failure::Failure, json::Json};

/// `None` for JSON that is not such an event.
pub(super) fn read_event(json: Json<'_>) -> Option<Result<Captured, Failure>> {
    let context = json.get("requestContext")?;
    if let Some(http) = context.get("http") {
        return Some(read_version_2(json, context, http));
    }
    json.get("httpMethod")?;
    Some(read_version_1(json, context))
}

fn read_version_2(event: Json<'_>, context: Json<'_>, http: Json<'_>) -> Result<Captured, Failure> {
    let path = event.text_of("rawPath").or_else(|| http.text_of("path"));
    let query = event.text_of("rawQueryString").unwrap_or_default();
    let separator = if query.is_empty() { "" } else { "?" };
    let mut request = Named {
        method: http.text_of("method").unwrap_or_default().into_owned(),
        url: format!("{}{separator}{query}", path.unwrap_or_default()),
        headers: headers_of(event)?,
        body: body_of(event)?,
    };
    add_host(&mut request, context);
    request.into_captured()
}

fn read_version_1(event: Json<'_>, context: Json<'_>) -> Result<Captured, Failure> {
    // The stage is part of what SignalWire called, and of the path of the context alone.
    let path = context.text_of("path").or_else(|| event.text_of("path"));
    let is_from_balancer = context.get("elb").is_some();
    let query = query(event, is_from_balancer);
    let separator = if query.is_empty() { "" } else { "?" };
    let mut request = Named {
        method: event.text_of("httpMethod").unwrap_or_default().into_owned(),
        url: format!("{}{separator}{query}", path.unwrap_or_default()),
        headers: headers_of(event)?,
        body: body_of(event)?,
    };
    add_host(&mut request, context);
    let captured = request.into_captured()?;
    Ok(if query.is_empty() || is_from_balancer {
        captured
    } else {
        captured.with_note(
            "the event of a REST API has the query decoded and in no order: where the explanation names \
             the query, give the URL as it is configured with --dashboard-url",
        )
    })
}

fn add_host(request: &mut Named, context: Json<'_>) {
    if let (None, Some(host)) = (request.header("host"), context.text_of("domainName")) {
        request.add_header("host", host.into_owned());
    }
}

/// A load balancer hands the parameters on as they were sent.
fn query(event: Json<'_>, is_encoded: bool) -> String {
    let parameters = event.first(&["multiValueQueryStringParameters", "queryStringParameters"]);
    let pairs = parameters.map(Json::pairs).unwrap_or_default();
    if !is_encoded {
        return query_of(pairs);
    }
    let written: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    written.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(event: &str) -> Captured {
        read_event(Json::all(event).unwrap()[0]).unwrap().unwrap()
    }

    #[test]
    fn both_versions_are_read() {
        let first = read(
            r#"{"resource":"/{proxy+}","path":"/sms","httpMethod":"POST",
                "headers":{"Content-Type":"application/x-www-form-urlencoded"},
                "multiValueHeaders":{"Content-Type":["application/x-www-form-urlencoded"]},
                "queryStringParameters":{"tenant":"8"},
                "multiValueQueryStringParameters":{"tenant":["7","8"],"name":["Jane Doe"]},
                "requestContext":{"path":"/prod/sms","stage":"prod","domainName":"a.execute-api.example"},
                "body":"RnJvbT0lMkIx","isBase64Encoded":true}"#,
        );
        assert_eq!(
            first.parts.uri,
            "/prod/sms?tenant=7&tenant=8&name=Jane%20Doe"
        );
        assert_eq!(first.parts.headers["host"], "a.execute-api.example");
        assert_eq!(first.body(), b"From=%2B1");
        assert!(first.notes[0].contains("--dashboard-url"));
        let second = read(
            r#"{"version":"2.0","rawPath":"/sms","rawQueryString":"a=b%20c",
                "headers":{"host":"h.example","content-type":"application/json"},
                "requestContext":{"http":{"method":"POST","path":"/sms"},"domainName":"h.example"},
                "body":"{}","isBase64Encoded":false}"#,
        );
        assert_eq!(second.parts.uri, "/sms?a=b%20c");
        assert_eq!(second.parts.method, "POST");
        assert_eq!(second.body(), b"{}");
        assert!(second.notes.is_empty());
    }
}
