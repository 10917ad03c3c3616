//! The URI as it was received, and the one that a handler reads.

use axum::extract::OriginalUri;
use http::{
    Uri,
    request::Parts,
    uri::{InvalidUri, PathAndQuery},
};

use crate::verify::RejectionReason;

/// Before any router stripped a prefix from its path.
pub(super) fn received_uri(parts: &Parts) -> &Uri {
    parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |OriginalUri(uri)| uri)
}

/// Puts the query that was signed into the URI, in place of the one received: a handler reads it
/// from there, and so does axum's `Form` for a GET.
///
/// # Errors
///
/// [`RejectionReason::UnknownUrl`] for a URI that can have no query, as that of a CONNECT.
pub(super) fn read_signed_query(
    parts: &mut Parts,
    signed_url: &str,
) -> Result<(), RejectionReason> {
    let query = signed_url.split_once('?').map(|(_, query)| query);
    if let Some(OriginalUri(uri)) = parts.extensions.get_mut::<OriginalUri>() {
        set_query(uri, query)?;
    }
    set_query(&mut parts.uri, query)
}

fn set_query(uri: &mut Uri, query: Option<&str>) -> Result<(), RejectionReason> {
    if uri.query() == query {
        return Ok(());
    }
    let path_and_query = with_query(uri.path(), query).map_err(|_| RejectionReason::UnknownUrl)?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query);
    *uri = Uri::from_parts(parts).map_err(|_| RejectionReason::UnknownUrl)?;
    Ok(())
}

fn with_query(path: &str, query: Option<&str>) -> Result<PathAndQuery, InvalidUri> {
    match query {
        Some(query) => format!("{path}?{query}").parse(),
        None => path.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_gets_another_query_and_keeps_the_rest() {
        for (uri, query, expected) in [
            ("/sms?a=b", None, "/sms"),
            ("/sms?a=b", Some("c"), "/sms?c"),
            ("/sms", Some(""), "/sms?"),
            ("https://h:1/sms?a", Some("b=c"), "https://h:1/sms?b=c"),
            ("/sms", None, "/sms"),
        ] {
            let mut uri: Uri = uri.parse().unwrap();
            set_query(&mut uri, query).unwrap();
            assert_eq!(uri.to_string(), expected);
        }
    }

    #[test]
    fn a_uri_that_can_have_no_query_is_refused() {
        let mut uri: Uri = "hooks.example.com:443".parse().unwrap();
        assert_eq!(
            set_query(&mut uri, Some("a")),
            Err(RejectionReason::UnknownUrl)
        );
    }
}
