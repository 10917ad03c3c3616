//! A real nginx in front of the example, called by a real curl over TLS.
//!
//! What an nginx needs is in the documentation of the example `behind_proxy`. Each test runs one
//! of those configurations, and the same with the server configured for another.

use proxy_tests::{
    Example, Nginx,
    configurations::{KEEPS_HOST, SAYS_HOST, SAYS_PREFIX},
};

const URL: &str = "https://hooks.example.com/voice?lang=en";
const URL_WITH_PREFIX: &str = "https://hooks.example.com/hooks/voice?lang=en";

/// Paths and queries that some proxies tidy up. nginx itself refuses `%00`.
const UNTIDY: [&str; 6] = [
    "/a%2Fb%20c+d;e=f?g%20h+i",
    "//a//b/",
    "/voice/?",
    "/caf%C3%A9/%7Ea?b=2&a=1&a=1",
    "/%61?%61=%62",
    "/?a=/b?c",
];

/// `None`, and a message, where nginx or curl is not installed.
macro_rules! nginx_or_skip {
    ($nginx:expr) => {
        match $nginx {
            Some(nginx) => nginx,
            None => return,
        }
    };
}

#[test]
fn where_host_is_kept_nothing_needs_configuration() {
    let nginx = nginx_or_skip!(Nginx::start(KEEPS_HOST, Example::unconfigured()));
    let client = nginx.client();
    client.assert_verified(URL);
    client.assert_verified("https://hooks.example.com/");
    client.assert_verified_as(URL, "https://hooks.example.com:443/voice?lang=en");
    let port = nginx.port();
    client.assert_verified(&format!("https://hooks.example.com:{port}/voice"));
}

#[test]
fn where_host_is_kept_another_base_refuses_what_is_genuine() {
    let wrong = Example::with_base("https://hooks.example.org");
    let nginx = nginx_or_skip!(Nginx::start(KEEPS_HOST, wrong));
    nginx.client().assert_refused(URL);
}

#[test]
fn credentials_in_the_url_may_be_signed_or_left_out() {
    let nginx = nginx_or_skip!(Nginx::start(KEEPS_HOST, Example::unconfigured()));
    let called = "https://user:p%40ss@hooks.example.com/voice";
    nginx.client().assert_verified_as(called, called);
    nginx
        .client()
        .assert_verified_as(called, "https://hooks.example.com/voice");
}

#[test]
fn where_host_is_kept_the_path_and_query_are_too() {
    let nginx = nginx_or_skip!(Nginx::start(KEEPS_HOST, Example::unconfigured()));
    for target in UNTIDY {
        nginx
            .client()
            .assert_verified(&format!("https://hooks.example.com{target}"));
    }
}

#[test]
fn where_host_is_not_kept_the_forwarded_headers_are_enough() {
    let nginx = nginx_or_skip!(Nginx::start(
        SAYS_HOST,
        Example::trusting_forwarded_headers()
    ));
    nginx.client().assert_verified(URL);
    let port = nginx.port();
    nginx
        .client()
        .assert_verified(&format!("https://hooks.example.com:{port}/voice"));
}

#[test]
fn where_host_is_not_kept_and_nothing_is_trusted_what_is_genuine_is_refused() {
    let nginx = nginx_or_skip!(Nginx::start(SAYS_HOST, Example::unconfigured()));
    nginx.client().assert_refused(URL);
}

#[test]
fn where_nothing_says_the_host_a_base_does() {
    const SERVER: &str = "location / { proxy_pass http://UPSTREAM; }";
    let base = Example::with_base("https://hooks.example.com");
    let nginx = nginx_or_skip!(Nginx::start(SERVER, base));
    nginx.client().assert_verified(URL);

    for wrong in [
        Example::unconfigured(),
        Example::trusting_forwarded_headers(),
    ] {
        let nginx = nginx_or_skip!(Nginx::start(SERVER, wrong));
        nginx.client().assert_refused(URL);
    }
}

#[test]
fn a_port_that_the_host_leaves_out_is_said_apart_or_configured() {
    const URL: &str = "https://hooks.example.com:8443/voice";
    const SERVER: &str = "
        location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Port $server_port;
        }";
    let trusting = Example::trusting_forwarded_headers();
    let nginx = nginx_or_skip!(Nginx::start(SERVER, trusting));
    let url = format!("https://hooks.example.com:{}/voice", nginx.port());
    nginx.client().assert_verified(&url);

    let base = Example::with_base("https://hooks.example.com:8443");
    let nginx = nginx_or_skip!(Nginx::start(SERVER, base));
    nginx.client().assert_verified(URL);

    let nginx = nginx_or_skip!(Nginx::start(SERVER, Example::unconfigured()));
    nginx.client().assert_refused(URL);
}

#[test]
fn a_prefix_that_is_stripped_and_said_is_put_back() {
    let nginx = nginx_or_skip!(Nginx::start(
        SAYS_PREFIX,
        Example::trusting_forwarded_headers()
    ));
    nginx.client().assert_verified(URL_WITH_PREFIX);
    nginx
        .client()
        .assert_verified("https://hooks.example.com/hooks/");

    for wrong in [
        Example::unconfigured(),
        Example::with_base("https://hooks.example.com"),
        Example::with_base("https://hooks.example.com/hook"),
    ] {
        let nginx = nginx_or_skip!(Nginx::start(SAYS_PREFIX, wrong));
        nginx.client().assert_refused(URL_WITH_PREFIX);
    }
}

#[test]
fn a_prefix_that_is_stripped_in_silence_is_in_the_base() {
    const SERVER: &str = "
        location /hooks/ {
            proxy_pass http://UPSTREAM/;
            proxy_set_header Host $http_host;
        }";
    let base = Example::with_base("https://hooks.example.com/hooks");
    let nginx = nginx_or_skip!(Nginx::start(SERVER, base));
    nginx.client().assert_verified(URL_WITH_PREFIX);

    for wrong in [
        Example::unconfigured(),
        Example::trusting_forwarded_headers(),
    ] {
        let nginx = nginx_or_skip!(Nginx::start(SERVER, wrong));
        nginx.client().assert_refused(URL_WITH_PREFIX);
    }
}

/// A path in `proxy_pass` has nginx tidy up the rest; that is why the example's documentation
/// gives another way to strip a prefix.
#[test]
fn a_prefix_that_is_stripped_with_a_variable_leaves_the_rest_byte_for_byte() {
    const MAP: &str = "
        map $request_uri $without_prefix {
            ~^/hooks(?<rest>/.*)$ $rest;
        }";
    const SERVER: &str = "
        location /hooks/ {
            proxy_pass http://UPSTREAM$without_prefix;
        }";
    let base = || Example::with_base("https://hooks.example.com/hooks");
    let nginx = nginx_or_skip!(Nginx::start_with(MAP, SERVER, base()));
    for target in UNTIDY {
        nginx
            .client()
            .assert_verified(&format!("https://hooks.example.com/hooks{target}"));
    }

    let tidying = nginx_or_skip!(Nginx::start(SAYS_PREFIX, base()));
    for target in ["//a//b/", "/a%2Fb"] {
        tidying
            .client()
            .assert_refused(&format!("https://hooks.example.com/hooks{target}"));
    }
}

#[test]
fn forwarded_alone_is_enough() {
    const SERVER: &str = r#"
        location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Forwarded "for=$remote_addr;host=\"$http_host\";proto=$scheme";
        }"#;
    let trusting = Example::trusting_forwarded_headers();
    let nginx = nginx_or_skip!(Nginx::start(SERVER, trusting));
    nginx.client().assert_verified(URL);
    let port = nginx.port();
    nginx
        .client()
        .assert_verified(&format!("https://hooks.example.com:{port}/voice"));

    let nginx = nginx_or_skip!(Nginx::start(SERVER, Example::unconfigured()));
    nginx.client().assert_refused(URL);
}

/// The outer proxy ends TLS; the inner one, called by plain HTTP under a name of its own, appends
/// what it sees to what the outer one said.
#[test]
fn of_two_proxies_the_outer_one_counts() {
    const INNER: &str = r#"
        upstream inner { server unix:inner.sock; }
        server {
            listen unix:inner.sock;
            location / {
                proxy_pass http://UPSTREAM;
                proxy_set_header X-Forwarded-Proto "$http_x_forwarded_proto, $scheme";
                proxy_set_header X-Forwarded-Host "$http_x_forwarded_host, $http_host";
            }
        }"#;
    const OUTER: &str = "
        location / {
            proxy_pass http://inner;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
        }";
    let trusting = Example::trusting_forwarded_headers();
    let nginx = nginx_or_skip!(Nginx::start_with(INNER, OUTER, trusting));
    nginx.client().assert_verified(URL);

    let nginx = nginx_or_skip!(Nginx::start_with(INNER, OUTER, Example::unconfigured()));
    nginx.client().assert_refused(URL);
}
