//! nginx.

use proxy_tests::{Arrival, Call, Fate, Fates, Front, Needs, Program, Proxy, Sent, Setup, Version};
use signalwire_webhook::ForwardingHeader::{
    Forwarded, XForwardedHost, XForwardedPort, XForwardedPrefix, XForwardedProto,
};

/// It serves `hooks.example.com` and no other host.
///
/// A set-up is what stands in `server`; what comes before the line `server:` stands in `http`.
pub(crate) static NGINX: Proxy = Proxy {
    program: Program::Debian {
        name: "nginx",
        package: "nginx",
    },
    file: "nginx.conf",
    arguments: &["-e", "stderr", "-p", "DIRECTORY", "-c", "nginx.conf"],
    configuration: |front, setup| {
        let tls = match front {
            Front::Plain => "",
            Front::PlainHttp2 => "http2",
            Front::TlsHttp1 => "ssl",
            Front::Tls => "ssl http2",
        };
        let (http, server) = setup.split_once("server:").unwrap_or(("", setup));
        format!(
            "daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr;
            events {{}}
            http {{
                access_log off;
                client_body_temp_path client_body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                ssl_certificate CERTIFICATE;
                ssl_certificate_key PRIVATE_KEY;
                {http}
                server {{
                    listen LISTEN {tls} default_server;
                    return 421;
                }}
                server {{
                    listen LISTEN {tls};
                    server_name hooks.example.com;
                    {server}
                }}
            }}"
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");
pub(crate) const BASE_WITH_PREFIX: Needs<'_> = Needs::Base("https://hooks.example.com/hooks");

/// A path in `proxy_pass` has nginx tidy up the rest.
pub(crate) const STRIPPED_ARRIVALS: &[(&str, Arrival)] = &[
    ("//voice//x/", Arrival::As("/voice/x/")),
    ("/a/../voice", Arrival::As("/voice")),
    ("/%7Evoice/%61", Arrival::As("/~voice/a")),
    ("/a%2Fb", Arrival::As("/a/b")),
    ("/voice?", Arrival::As("/voice")),
];

#[test]
fn host_kept() {
    Setup::of(
        &NGINX,
        "location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Host $host;
        }",
    )
    .front(Front::Tls)
    .needs(Needs::Nothing)
    .check();
}

/// `$host` is what the client wrote, `$host` the name by which nginx chose the server.
#[test]
fn host_kept_as_the_client_wrote_it() {
    Setup::of(
        &NGINX,
        "location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Host $http_host;
        }",
    )
    .front(Front::Tls)
    .needs(Needs::Nothing)
    .host_line_wins()
    .check();
}

#[test]
fn host_kept_with_its_port() {
    Setup::of(
        &NGINX,
        "location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Host $http_host;
        }",
    )
    .public("https://hooks.example.com:8443")
    .needs(Needs::Nothing)
    .host_line_wins()
    .check();
}

/// So `$http_host` lets through what nginx would refuse if it was asked for it.
#[test]
fn a_host_that_is_not_served() {
    let setup = Setup::of(
        &NGINX,
        "location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Host $http_host;
        }",
    );
    let Some(running) = setup.start() else { return };
    let url = "https://other.example.com/voice";
    let called = setup.called(url);
    let captured =
        Call::unsigned(Version::Http1, &called, Sent::Form).signed(Sent::Form.signature(url));
    assert_eq!(running.client().call(&captured).status, 421);

    let replay = captured.request_target("http://hooks.example.com/voice");
    assert_eq!(running.client().call(&replay).status, 200);
}

/// The file comes with Debian's package.
#[test]
fn host_kept_by_the_proxy_params_of_debian() {
    Setup::of(
        &NGINX,
        "location / {
            proxy_pass http://UPSTREAM;
            include /etc/nginx/proxy_params;
        }",
    )
    .front(Front::Tls)
    .needs(Needs::Nothing)
    .fates(Fates {
        proto: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

#[test]
fn http2_without_tls() {
    Setup::of(
        &NGINX,
        "location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Host $host;
        }",
    )
    .front(Front::PlainHttp2)
    .needs(Needs::Nothing)
    .check();
}

/// `$host` has no port.
#[test]
fn host_kept_without_its_port() {
    const PUBLIC: &str = "https://hooks.example.com:8443";
    Setup::of(
        &NGINX,
        "location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Port 8443;
        }",
    )
    .public(PUBLIC)
    .needs(Needs::Headers(&[XForwardedPort]))
    .needs(Needs::Base(PUBLIC))
    .fates(Fates {
        port: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

#[test]
fn host_replaced() {
    Setup::of(&NGINX, "location / { proxy_pass http://UPSTREAM; }")
        .needs(BASE)
        .cannot_be_advised()
        .check();
}

#[test]
fn host_replaced_and_said() {
    Setup::of(
        &NGINX,
        "location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $host;
        }",
    )
    .needs(Needs::Headers(&[XForwardedHost, XForwardedProto]))
    .needs(BASE)
    .fates(Fates {
        host: Fate::Overwritten,
        proto: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

#[test]
fn host_replaced_and_said_in_the_standard_header() {
    Setup::of(
        &NGINX,
        r#"location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Forwarded "for=$remote_addr;host=\"$host\";proto=$scheme";
        }"#,
    )
    .front(Front::Tls)
    .needs(Needs::Headers(&[Forwarded]))
    .needs(BASE)
    .fates(Fates {
        forwarded: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &NGINX,
        "location /hooks/ {
            proxy_pass http://UPSTREAM/;
            proxy_set_header Host $host;
        }",
    )
    .public("https://hooks.example.com/hooks")
    .needs(BASE_WITH_PREFIX)
    .arrivals(STRIPPED_ARRIVALS)
    .check();
}

#[test]
fn prefix_stripped_and_said() {
    Setup::of(
        &NGINX,
        "location /hooks/ {
            proxy_pass http://UPSTREAM/;
            proxy_set_header X-Forwarded-Prefix /hooks;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $host;
        }",
    )
    .front(Front::Tls)
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Headers(&[
        XForwardedHost,
        XForwardedProto,
        XForwardedPrefix,
    ]))
    .needs(BASE_WITH_PREFIX)
    .fates(Fates {
        host: Fate::Overwritten,
        proto: Fate::Overwritten,
        prefix: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .arrivals(STRIPPED_ARRIVALS)
    .check();
}

#[test]
fn prefix_stripped_with_a_variable() {
    Setup::of(
        &NGINX,
        "map $request_uri $without_prefix {
            ~^/hooks(?<rest>/.*)$ $rest;
        }
        server:
        location /hooks/ {
            proxy_pass http://UPSTREAM$without_prefix;
        }",
    )
    .public("https://hooks.example.com/hooks")
    .needs(BASE_WITH_PREFIX)
    .cannot_be_advised()
    .check();
}

/// The outer proxy ends TLS; the inner one, called by plain HTTP under a name of its own, appends
/// what it sees to what the outer one said.
#[test]
fn two_proxies_of_which_the_inner_one_appends() {
    Setup::of(
        &NGINX,
        r#"upstream inner { server unix:inner.sock; }
        server {
            listen unix:inner.sock;
            location / {
                proxy_pass http://UPSTREAM;
                proxy_set_header X-Forwarded-Proto "$http_x_forwarded_proto, $scheme";
                proxy_set_header X-Forwarded-Host "$http_x_forwarded_host, $host";
            }
        }
        server:
        location / {
            proxy_pass http://inner;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $host;
        }"#,
    )
    .front(Front::Tls)
    .needs(Needs::Headers(&[XForwardedHost, XForwardedProto]))
    .needs(BASE)
    .fates(Fates {
        host: Fate::Overwritten,
        proto: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

/// The inner one says `http` of what the outer one heard by TLS.
#[test]
fn two_proxies_of_which_the_inner_one_overwrites() {
    Setup::of(
        &NGINX,
        "upstream inner { server unix:inner.sock; }
        server {
            listen unix:inner.sock;
            location / {
                proxy_pass http://UPSTREAM;
                proxy_set_header Host $host;
                proxy_set_header X-Forwarded-Proto $scheme;
            }
        }
        server:
        location / {
            proxy_pass http://inner;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Proto $scheme;
        }",
    )
    .front(Front::Tls)
    .needs(Needs::Nothing)
    .needs(Needs::Headers(&[XForwardedProto]))
    .fates(Fates {
        proto: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

#[test]
fn forwarding_headers_removed() {
    Setup::of(
        &NGINX,
        r#"location / {
            proxy_pass http://UPSTREAM;
            proxy_set_header Host $host;
            proxy_set_header Forwarded "";
            proxy_set_header X-Forwarded-Host "";
            proxy_set_header X-Forwarded-Proto "";
            proxy_set_header X-Forwarded-Port "";
            proxy_set_header X-Forwarded-Prefix "";
        }"#,
    )
    .needs(Needs::Nothing)
    .fates(Fates {
        forwarded: Fate::Removed,
        host: Fate::Removed,
        proto: Fate::Removed,
        port: Fate::Removed,
        prefix: Fate::Removed,
    })
    .check();
}
