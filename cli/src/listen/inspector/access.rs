//! Who may look: whoever has the URL with its token, from the machine itself.
//!
//! A page of another origin can make a browser ask, though not read; and where the name of that
//! page is made to point here (DNS rebinding), read too. So the token, `Host` and `Origin` are all
//! checked, for every address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts, uri::Authority};
use sha2::{Digest as _, Sha256};

use super::super::server::Server;
use crate::{arguments::ListenArguments, failure::Failure};

/// As many characters as nobody guesses.
const SHORTEST_TOKEN: usize = 16;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'";

type Refusal = (StatusCode, &'static str);

#[derive(Clone)]
pub(crate) struct Access {
    address: SocketAddr,
    token: String,
}

impl Access {
    pub(crate) fn from_arguments(arguments: &ListenArguments) -> Result<Option<Self>, Failure> {
        let Some(address) = arguments.inspect else {
            return Ok(None);
        };
        let token = match &arguments.inspect_token {
            Some(token) => checked(token)?,
            None if address.ip().is_loopback() => random_token()?,
            None => {
                return Err(Failure::usage(format!(
                    "--inspect {address} can be reached from other machines, and shows personal data to \
                     whoever has its URL: name a token with --inspect-token, or a loopback address"
                )));
            }
        };
        Ok(Some(Self { address, token }))
    }

    /// Listens, and knows its port then.
    pub(crate) async fn bind(mut self) -> Result<(Server, Self), Failure> {
        let server = Server::bind(self.address, "--inspect").await?;
        self.address = server.address();
        Ok((server, self))
    }

    /// What is to be opened in the browser.
    pub(crate) fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        format!("http://{address}/{}/", self.token)
    }

    /// What is asked for, after the token.
    pub(super) fn path_of<'a>(&self, request: &'a Parts) -> Result<&'a str, Refusal> {
        let host = self.checked_host(request)?;
        check_origin(&request.headers, host)?;
        let path = request.uri.path().trim_start_matches('/');
        let (token, rest) = path.split_once('/').unwrap_or((path, ""));
        // Of equal length whatever was sent, so that the time of the comparison tells nothing of the
        // token.
        if Sha256::digest(token) == Sha256::digest(&self.token) {
            Ok(rest)
        } else {
            Err((
                StatusCode::FORBIDDEN,
                "this is not the URL that `listen` printed",
            ))
        }
    }

    fn checked_host<'a>(&self, request: &'a Parts) -> Result<&'a str, Refusal> {
        let mut hosts = request.headers.get_all(header::HOST).iter();
        let authority = request.uri.authority().map(Authority::as_str);
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().unwrap_or_default(),
            (None, _) => authority.unwrap_or_default(),
            (Some(_), Some(_)) => "",
        };
        if self.is_own(host) && authority.is_none_or(|it| self.is_own(it)) {
            Ok(host)
        } else {
            Err((
                StatusCode::FORBIDDEN,
                "this host is not the one that `listen` printed",
            ))
        }
    }

    /// The addresses of this machine; a name that somebody else can point here is not among them.
    fn is_own(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !name.is_empty() && !port.ends_with(']') => (name, port),
            _ => (host, "80"),
        };
        if port.parse() != Ok(self.address.port()) {
            return false;
        }
        let ip = name
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        match ip {
            Ok(ip) if self.address.ip().is_unspecified() => !ip.is_unspecified(),
            Ok(ip) => ip == self.address.ip(),
            Err(_) => name.eq_ignore_ascii_case("localhost") && !self.names_another_machine(),
        }
    }

    fn names_another_machine(&self) -> bool {
        let ip = self.address.ip();
        !ip.is_loopback() && !ip.is_unspecified()
    }
}

/// A browser names the origin of whatever asks, save where the page itself reads.
fn check_origin(headers: &HeaderMap, host: &str) -> Result<(), Refusal> {
    let own = format!("http://{host}");
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let is_cross_site = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none");
    let is_navigation = headers
        .get("sec-fetch-mode")
        .is_some_and(|mode| mode == "navigate");
    if origins.all(|origin| origin.as_bytes() == own.as_bytes())
        && (!is_cross_site || is_navigation)
    {
        Ok(())
    } else {
        Err((
            StatusCode::FORBIDDEN,
            "a page of another origin may not ask for this",
        ))
    }
}

/// Headers of every answer.
pub(super) fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn checked(token: &str) -> Result<String, Failure> {
    let is_plain = token
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if is_plain && token.len() >= SHORTEST_TOKEN {
        return Ok(token.to_owned());
    }
    Err(Failure::usage(format!(
        "--inspect-token must have at least {SHORTEST_TOKEN} letters, digits, dashes and underscores, and \
         nothing else"
    )))
}

fn random_token() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::of(format!("cannot make a random token: {error}")))?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(address: &str) -> Access {
        Access {
            address: address.parse().unwrap(),
            token: "0123456789abcdef".to_owned(),
        }
    }

    fn asked(access: &Access, path: &str, headers: &[(&str, &str)]) -> Result<String, StatusCode> {
        let mut request = http::Request::get(path);
        for &(name, value) in headers {
            request = request.header(name, value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let path = access.path_of(&parts).map(ToOwned::to_owned);
        path.map_err(|(status, _)| status)
    }

    #[test]
    fn only_the_url_that_was_printed_opens() {
        let access = access("127.0.0.1:4040");
        assert_eq!(access.url(), "http://127.0.0.1:4040/0123456789abcdef/");
        let host = [("host", "127.0.0.1:4040")];
        assert_eq!(asked(&access, "/0123456789abcdef/", &host).unwrap(), "");
        assert_eq!(
            asked(&access, "/0123456789abcdef/a/b", &host).unwrap(),
            "a/b"
        );
        for path in ["/", "/0123456789abcdeg/", "/0123456789abcde/", "//"] {
            assert_eq!(
                asked(&access, path, &host),
                Err(StatusCode::FORBIDDEN),
                "{path}"
            );
        }
    }

    #[test]
    fn a_name_that_points_here_is_not_this_host() {
        let path = "/0123456789abcdef/";
        for (address, host, is_own) in [
            ("127.0.0.1:4040", "127.0.0.1:4040", true),
            ("127.0.0.1:4040", "LOCALHOST:4040", true),
            ("127.0.0.1:4040", "127.0.0.1:4041", false),
            ("127.0.0.1:4040", "127.0.0.1", false),
            ("127.0.0.1:4040", "evil.example:4040", false),
            ("127.0.0.1:4040", "localhost.evil.example:4040", false),
            ("127.0.0.1:4040", "", false),
            ("127.0.0.1:80", "127.0.0.1", true),
            ("[::1]:4040", "[::1]:4040", true),
            ("[::1]:4040", "127.0.0.1:4040", false),
            ("0.0.0.0:4040", "192.0.2.1:4040", true),
            ("0.0.0.0:4040", "evil.example:4040", false),
            ("192.0.2.1:4040", "localhost:4040", false),
        ] {
            let asked = asked(&access(address), path, &[("host", host)]);
            assert_eq!(asked.is_ok(), is_own, "{address} {host}");
        }
        let twice = [("host", "127.0.0.1:4040"), ("host", "127.0.0.1:4040")];
        assert!(asked(&access("127.0.0.1:4040"), path, &twice).is_err());
        for (authority, is_own) in [("127.0.0.1:4040", true), ("evil.example", false)] {
            let url = format!("http://{authority}{path}");
            let asked = asked(&access("127.0.0.1:4040"), &url, &twice[..1]);
            assert_eq!(asked.is_ok(), is_own, "{authority}");
        }
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        let access = access("127.0.0.1:4040");
        for (name, value, is_allowed) in [
            ("origin", "http://127.0.0.1:4040", true),
            ("origin", "http://127.0.0.1:4041", false),
            ("origin", "http://evil.example", false),
            ("origin", "null", false),
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "none", true),
            ("sec-fetch-site", "same-site", false),
            ("sec-fetch-site", "cross-site", false),
        ] {
            let headers = [("host", "127.0.0.1:4040"), (name, value)];
            let asked = asked(&access, "/0123456789abcdef/", &headers);
            assert_eq!(asked.is_ok(), is_allowed, "{name} {value}");
        }
        let link = [
            ("host", "127.0.0.1:4040"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ];
        assert!(asked(&access, "/0123456789abcdef/", &link).is_ok());
    }

    #[test]
    fn a_token_is_long_and_plain() {
        assert!(checked("0123456789abc_-X").is_ok());
        for token in [
            "",
            "0123456789abcde",
            "0123456789abcdef/",
            "0123456789abcdéf",
        ] {
            assert!(checked(token).is_err(), "{token}");
        }
        assert_ne!(random_token().unwrap(), random_token().unwrap());
    }
}
