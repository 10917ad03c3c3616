//! URLs as people configure them, in parts, so that each part can be signed in another way.

use std::fmt;

use crate::random::{Random, chance, choose};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl {
    pub scheme: String,
    pub userinfo: Option<String>,
    pub host: String,
    pub port: Option<String>,
    pub path: String,
    /// With its question mark; empty where there is none.
    pub query: String,
}

const HOSTS: [&str; 8] = [
    "hooks.example.com",
    "example.ngrok.io",
    "Hooks.Example.COM",
    "10.1.2.3",
    "[2001:db8::1]",
    "xn--bcher-kva.example",
    "under_score.example",
    "localhost",
];
const USERINFOS: [&str; 7] = [
    "user:secret",
    "user",
    "user:",
    ":secret",
    "us%65r:p%40ss",
    "user:a$b",
    "a:b:c",
];
const PATHS: [&str; 18] = [
    "",
    "/",
    "/sms",
    "/hook/",
    "/voice/inbound",
    "/a%20b/c",
    "/p;v=1",
    "/it's",
    "//double//slash",
    "/a/../b/./c",
    "/%7Etilde/~tilde",
    "/a%2Fb",
    "/%C3%A9/%e9",
    "/100%",
    "/a\\b",
    "/x@y:z",
    "/é",
    "/bodySHA256",
];
const QUERIES: [&str; 16] = [
    "",
    "",
    "",
    "?",
    "?a=b",
    "?a=1&a=2",
    "?z=%C3%A9",
    "?u=https%3A%2F%2Fe.com%2F%3Fz%3D1",
    "?x=a+b&y=a%20b",
    "?a=b?c=d",
    "?k[0]=1&k[x]=2",
    "?q='quoted'",
    "?&&=&a",
    "?q=%zz%",
    "?é=ü",
    "?xbodySHA256=1",
];

impl WebhookUrl {
    pub fn random(random: &mut Random) -> Self {
        let scheme = if chance(random, 85) { "https" } else { "http" };
        let port = match random.u8(..20) {
            0..12 => None,
            12..15 => Some(default_port(scheme)),
            15..19 => Some(choose(random, &["8443", "3000", "8080"])),
            _ => Some(choose(random, &["80", "443"])),
        };
        Self {
            scheme: scheme.to_owned(),
            userinfo: chance(random, 12).then(|| choose(random, &USERINFOS).to_owned()),
            host: choose(random, &HOSTS).to_owned(),
            port: port.map(str::to_owned),
            path: choose(random, &PATHS).to_owned(),
            query: choose(random, &QUERIES).to_owned(),
        }
    }

    /// Takes a URL apart that is known to be one.
    pub fn parse(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").expect("a URL has a scheme");
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
        let (userinfo, address) = match authority.rsplit_once('@') {
            Some((userinfo, address)) => (Some(userinfo), address),
            None => (None, authority),
        };
        let host_length = address
            .find("]:")
            .map(|bracket| bracket + 1)
            .or_else(|| address.find(':').filter(|_| !address.starts_with('[')))
            .unwrap_or(address.len());
        let (host, port) = address.split_at(host_length);
        Self {
            scheme: scheme.to_owned(),
            userinfo: userinfo.map(str::to_owned),
            host: host.to_owned(),
            port: port.strip_prefix(':').map(str::to_owned),
            path: path.to_owned(),
            query: query.to_owned(),
        }
    }

    pub fn origin(&self) -> String {
        let whole = Self {
            path: String::new(),
            query: String::new(),
            ..self.clone()
        };
        whole.to_string()
    }

    /// The host and port as in a `Host` header.
    pub fn authority(&self) -> String {
        match &self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// As in a request line, where no path is empty.
    pub fn target(&self) -> String {
        let slash = if self.path.is_empty() { "/" } else { "" };
        format!("{slash}{}{}", self.path, self.query)
    }

    pub fn add_to_query(&mut self, pair: &str) {
        let separator = if self.query.is_empty() { '?' } else { '&' };
        self.query.push(separator);
        self.query.push_str(pair);
    }

    pub fn has_default_port(&self) -> bool {
        self.port.as_deref() == Some(default_port(&self.scheme))
    }

    /// The raw values of every `bodySHA256` in the query.
    pub fn body_digests(&self) -> Vec<&str> {
        let query = self.query.get(1..).unwrap_or_default();
        query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .filter_map(|(name, value)| (name == "bodySHA256").then_some(value))
            .collect()
    }

    /// With the port removed, or where there is none with the default one.
    pub fn with_other_port(mut self) -> Self {
        self.port = match self.port {
            Some(_) => None,
            None => Some(default_port(&self.scheme).to_owned()),
        };
        self
    }

    pub fn without_credentials(mut self) -> Self {
        self.userinfo = None;
        self
    }

    pub fn with_other_slash(mut self) -> Self {
        self.path = match &*self.path {
            "" => "/".to_owned(),
            "/" => String::new(),
            _ => self.path,
        };
        self
    }

    /// With a slash where the path is empty.
    pub fn with_path(mut self) -> Self {
        if self.path.is_empty() {
            self.path.push('/');
        }
        self
    }

    pub fn with_host_in_lower_case(mut self) -> Self {
        self.host.make_ascii_lowercase();
        self
    }

    pub fn with_other_scheme(mut self) -> Self {
        let other = if self.scheme == "https" {
            "http"
        } else {
            "https"
        };
        other.clone_into(&mut self.scheme);
        self
    }
}

fn default_port(scheme: &str) -> &'static str {
    if scheme == "https" { "443" } else { "80" }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://", self.scheme)?;
        if let Some(userinfo) = &self.userinfo {
            write!(formatter, "{userinfo}@")?;
        }
        formatter.write_str(&self.host)?;
        if let Some(port) = &self.port {
            write!(formatter, ":{port}")?;
        }
        write!(formatter, "{}{}", self.path, self.query)
    }
}
