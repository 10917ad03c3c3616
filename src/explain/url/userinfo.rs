//! The credentials that may have stood in the signed URL.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::request::Parts;

use super::{
    escapes::{QUERY_STYLES, decode, hex_in_other_case},
    headers::{AUTHORIZATION_HEADERS, values},
    text::UrlText,
};
use crate::{explain::ranked::Variations, url::RequestUrl};

const MAX_PLACES: usize = 20;
const MAX_BYTES: usize = 8 * 1024;
/// Longer ones are not written into a URL.
const MAX_LENGTH: usize = 256;

/// None, those that the request carries, and those of the dashboard and the configuration; in every
/// way in which they may be escaped.
pub(in crate::explain) fn userinfo_variations(
    parts: &Parts,
    tried: &[String],
    dashboard: Option<&UrlText<'_>>,
) -> Variations<Option<String>> {
    let mut all = Variations::at_most(MAX_PLACES, MAX_BYTES);
    all.add(0, None);
    if let Some(userinfo) = dashboard.and_then(|url| url.userinfo) {
        all.add(0, Some(userinfo.to_owned()));
        add_escaped(&mut all, userinfo);
    }
    let in_tried = tried.iter().filter_map(|url| UrlText::parse(url)?.userinfo);
    for userinfo in in_tried {
        all.add(1, Some(userinfo.to_owned()));
    }
    let request = RequestUrl::new(&parts.uri, &parts.headers);
    if let Some(credentials) = request.credentials {
        all.add(0, Some(credentials.clone()));
        add_escaped(&mut all, &credentials);
    }
    for name in AUTHORIZATION_HEADERS {
        for credentials in values(&parts.headers, name).filter_map(basic) {
            all.add(1, Some(credentials.clone()));
            add_escaped(&mut all, &credentials);
        }
    }
    all.sort();
    all
}

fn add_escaped(all: &mut Variations<Option<String>>, userinfo: &str) {
    if userinfo.len() > MAX_LENGTH {
        return;
    }
    let (user, password) = match userinfo.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (userinfo, None),
    };
    let (user, password) = (decode(user), password.map(decode));
    for (index, style) in QUERY_STYLES.into_iter().enumerate() {
        let mut written = String::new();
        style.encode(&user, &mut written);
        if let Some(password) = &password {
            written.push(':');
            style.encode(password, &mut written);
        }
        all.add(2, Some(hex_in_other_case(&written)));
        // The first one escapes all that may be escaped.
        all.add(if index == 0 { 1 } else { 2 }, Some(written));
    }
    if let Ok(decoded) = str::from_utf8(&decode(userinfo)) {
        all.add(2, Some(decoded.to_owned()));
    }
    // A user without a password is written with the colon and without it.
    all.add(
        2,
        Some(match userinfo.strip_suffix(':') {
            Some(user) => user.to_owned(),
            None => format!("{userinfo}:"),
        }),
    );
}

/// As a URL has them, unescaped.
fn basic(value: &str) -> Option<String> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > 2 * MAX_LENGTH {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    (decoded.contains(':') && decoded != ":").then_some(decoded)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn found(header: &str, userinfo: &str) -> Vec<Option<String>> {
        let value = format!("Basic {}", STANDARD.encode(userinfo));
        let request = Request::post("/sms").header(header, value);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        userinfo_variations(&parts, &[], None)
            .iter()
            .map(|ranked| ranked.value.clone())
            .collect()
    }

    #[test]
    fn credentials_are_tried_in_every_way_in_which_they_may_be_escaped() {
        let all = found("authorization", "us:p!x(y)");
        assert_eq!(all[0], None);
        assert_eq!(all[1].as_deref(), Some("us:p!x(y)"));
        for written in ["us:p%21x%28y%29", "us:p!x(y)"] {
            assert!(all.contains(&Some(written.to_owned())), "{written}");
        }
        let all = found("x-forwarded-authorization", "us:p");
        assert!(all.contains(&Some("us:p".to_owned())));
    }
}
