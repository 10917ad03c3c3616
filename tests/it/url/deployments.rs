//! One row a deployment: the configuration, the request as it arrives, and the URLs that
//! SignalWire may and may not have signed.

use signalwire_webhook::{PublicUrl, RejectionReason};

use super::{
    arrival::{Arrival, Sent},
    base, exact, from_request, judge, trusting, verified_url,
};

/// A deployment. Beside what it lists as refused, every row is also tried with another host,
/// another path, and the query dropped.
pub(super) struct Deployment {
    pub(super) name: &'static str,
    pub(super) configuration: PublicUrl,
    pub(super) arrives: Arrival<'static>,
    /// Each of these lets the request in.
    pub(super) signed: &'static [&'static str],
    /// None of these does.
    pub(super) refused: &'static [&'static str],
}

#[track_caller]
pub(super) fn check(deployments: impl IntoIterator<Item = Deployment>) {
    let mut mistakes = Vec::new();
    for deployment in deployments {
        for sent in Sent::ALL {
            mistakes.extend(mistakes_in(&deployment, sent));
        }
    }
    assert!(mistakes.is_empty(), "\n{}", mistakes.join("\n"));
}

fn mistakes_in(deployment: &Deployment, sent: Sent) -> Vec<String> {
    let judge = judge(deployment.configuration.clone());
    let name = deployment.name;
    let mut mistakes = Vec::new();
    for &url in deployment.signed {
        let request = deployment.arrives.signed_for(url, sent);
        let verified = verified_url(&judge, request);
        if verified.as_deref() != Some(url) {
            mistakes.push(format!("{name}: {sent:?} for {url} is refused"));
        }
    }
    for url in never_signed(deployment) {
        let request = deployment.arrives.signed_for(&url, sent);
        if verified_url(&judge, request).is_some() {
            mistakes.push(format!("{name}: {sent:?} for {url} is let in"));
        }
    }
    mistakes
}

fn never_signed(deployment: &Deployment) -> Vec<String> {
    let url = deployment.signed[0];
    let (scheme, rest) = url.split_once("://").expect("an absolute url");
    let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let another_query = match target.split_once('?') {
        Some((path, _)) => format!("{scheme}://{authority}{path}"),
        None => format!("{url}?added=1"),
    };
    let mut urls = vec![
        format!("{scheme}://other.example{target}"),
        format!("{scheme}://{authority}/another{target}"),
        another_query,
    ];
    urls.extend(deployment.refused.iter().map(ToString::to_string));
    urls
}

#[test]
fn a_server_that_is_called_directly_needs_no_configuration() {
    check([
        Deployment {
            name: "HTTP/1.1",
            configuration: from_request(),
            arrives: Arrival {
                target: "/voice?lang=en",
                headers: &["host: hooks.example.com"],
            },
            signed: &[
                "http://hooks.example.com/voice?lang=en",
                "https://hooks.example.com/voice?lang=en",
            ],
            refused: &[
                "http://hooks.example.com/voice?lang=de",
                "http://hooks.example.com/Voice?lang=en",
                "ftp://hooks.example.com/voice?lang=en",
                "http://hooks.example.com.evil.example/voice?lang=en",
            ],
        },
        Deployment {
            name: "HTTP/2 without TLS, where nothing is in Host",
            configuration: from_request(),
            arrives: Arrival {
                target: "http://hooks.example.com/voice?lang=en",
                headers: &[],
            },
            signed: &[
                "http://hooks.example.com/voice?lang=en",
                "https://hooks.example.com/voice?lang=en",
            ],
            refused: &[],
        },
        Deployment {
            name: "HTTP/2 over TLS",
            configuration: from_request(),
            arrives: Arrival {
                target: "https://hooks.example.com/voice",
                headers: &[],
            },
            signed: &["https://hooks.example.com/voice"],
            refused: &[
                "http://hooks.example.com/voice",
                "http://hooks.example.com:80/voice",
            ],
        },
        Deployment {
            name: "a request line with the whole URL, and the same host in Host",
            configuration: from_request(),
            arrives: Arrival {
                target: "http://hooks.example.com/voice",
                headers: &["host: Hooks.Example.com:80"],
            },
            signed: &["http://hooks.example.com/voice"],
            refused: &["http://inner.example/voice"],
        },
        Deployment {
            name: "a URI with credentials, which are not part of the host",
            configuration: from_request(),
            arrives: Arrival {
                target: "http://user:secret@hooks.example.com/voice",
                headers: &[],
            },
            signed: &["http://hooks.example.com/voice"],
            refused: &["http://user:secret@other.example/voice"],
        },
    ]);
}

#[test]
fn after_what_keeps_host_nothing_needs_configuration() {
    check([
        Deployment {
            name: "a tunnel (ngrok, cloudflared)",
            configuration: from_request(),
            arrives: Arrival {
                target: "/sms",
                headers: &[
                    "host: d3adb33f.ngrok-free.app",
                    "x-forwarded-for: 192.0.2.1",
                    "x-forwarded-host: d3adb33f.ngrok-free.app",
                    "x-forwarded-proto: https",
                ],
            },
            signed: &[
                "https://d3adb33f.ngrok-free.app/sms",
                "https://d3adb33f.ngrok-free.app:443/sms",
            ],
            refused: &["https://d3adb33f.ngrok-free.app:8443/sms"],
        },
        Deployment {
            name: "a load balancer that ends TLS and calls by HTTP/2",
            configuration: from_request(),
            arrives: Arrival {
                target: "http://hooks.example.com/sms",
                headers: &["x-forwarded-proto: https", "x-forwarded-port: 443"],
            },
            signed: &["https://hooks.example.com/sms"],
            refused: &[],
        },
        Deployment {
            name: "a proxy on a port of its own, in Host",
            configuration: from_request(),
            arrives: Arrival {
                target: "/sms",
                headers: &["host: hooks.example.com:8443"],
            },
            signed: &[
                "https://hooks.example.com:8443/sms",
                "https://hooks.example.com/sms",
                "http://hooks.example.com:8443/sms",
            ],
            refused: &[
                "https://hooks.example.com:8444/sms",
                "https://hooks.example.com:844/sms",
            ],
        },
    ]);
}

#[test]
fn a_base_stands_before_the_path_and_query_received() {
    const INNER: &[&str] = &["host: 10.0.0.7:3000", "x-forwarded-host: other.example"];
    check([
        Deployment {
            name: "a proxy that does not keep Host",
            configuration: base("https://hooks.example.com"),
            arrives: Arrival {
                target: "/sms?a=b",
                headers: INNER,
            },
            signed: &[
                "https://hooks.example.com/sms?a=b",
                "https://hooks.example.com:443/sms?a=b",
            ],
            refused: &[
                "http://hooks.example.com/sms?a=b",
                "https://10.0.0.7:3000/sms?a=b",
            ],
        },
        Deployment {
            name: "a proxy that strips /hooks",
            configuration: base("https://hooks.example.com/hooks/"),
            arrives: Arrival {
                target: "/sms?a=b",
                headers: INNER,
            },
            signed: &["https://hooks.example.com/hooks/sms?a=b"],
            refused: &[
                "https://hooks.example.com/sms?a=b",
                "https://hooks.example.com/hook/sms?a=b",
                "https://hooks.example.com/hooks//sms?a=b",
                "https://hooks.example.com/hookssms?a=b",
                "https://hooks.example.com/hooks/hooks/sms?a=b",
            ],
        },
        Deployment {
            name: "a proxy that strips all there is",
            configuration: base("https://hooks.example.com/hooks"),
            arrives: Arrival {
                target: "/",
                headers: INNER,
            },
            signed: &[
                "https://hooks.example.com/hooks",
                "https://hooks.example.com/hooks/",
            ],
            refused: &["https://hooks.example.com/", "https://hooks.example.com"],
        },
        Deployment {
            name: "a base that repeats a prefix which nothing strips",
            configuration: base("https://hooks.example.com/hooks"),
            arrives: Arrival {
                target: "/hooks/sms",
                headers: INNER,
            },
            signed: &["https://hooks.example.com/hooks/hooks/sms"],
            refused: &["https://hooks.example.com/hooks/sms"],
        },
        Deployment {
            name: "a port",
            configuration: base("https://hooks.example.com:8443"),
            arrives: Arrival {
                target: "/sms",
                headers: INNER,
            },
            signed: &[
                "https://hooks.example.com:8443/sms",
                "https://hooks.example.com/sms",
            ],
            refused: &[
                "https://hooks.example.com:3000/sms",
                "https://hooks.example.com:443/sms",
            ],
        },
        Deployment {
            name: "HTTP/2, whose authority says nothing against it",
            configuration: base("https://hooks.example.com"),
            arrives: Arrival {
                target: "http://10.0.0.7:3000/sms",
                headers: &[],
            },
            signed: &["https://hooks.example.com/sms"],
            refused: &["http://10.0.0.7:3000/sms"],
        },
        Deployment {
            name: "a request that names no host at all",
            configuration: base("https://hooks.example.com"),
            arrives: Arrival {
                target: "/sms",
                headers: &[],
            },
            signed: &["https://hooks.example.com/sms"],
            refused: &["https:///sms", "https://localhost/sms"],
        },
    ]);
}

#[test]
fn an_exact_url_is_the_whole_of_it() {
    check([
        Deployment {
            name: "a query",
            configuration: exact("https://hooks.example.com/sms?tenant=1"),
            arrives: Arrival {
                target: "/internal/7",
                headers: &["host: 10.0.0.7"],
            },
            signed: &[
                "https://hooks.example.com/sms?tenant=1",
                "https://hooks.example.com:443/sms?tenant=1",
            ],
            refused: &[
                "https://hooks.example.com/sms?tenant=2",
                "https://hooks.example.com/internal/7",
                "http://hooks.example.com/sms?tenant=1",
            ],
        },
        Deployment {
            name: "no path",
            configuration: exact("https://hooks.example.com"),
            arrives: Arrival {
                target: "/",
                headers: &[],
            },
            signed: &["https://hooks.example.com", "https://hooks.example.com:443"],
            refused: &["https://hooks.example.com/", "https://hooks.example.com//"],
        },
        Deployment {
            name: "a query without a path",
            configuration: exact("https://hooks.example.com?tenant=1"),
            arrives: Arrival {
                target: "/?tenant=1",
                headers: &[],
            },
            signed: &["https://hooks.example.com?tenant=1"],
            refused: &["https://hooks.example.com/?tenant=1"],
        },
        Deployment {
            name: "a slash alone",
            configuration: exact("https://hooks.example.com/"),
            arrives: Arrival {
                target: "/",
                headers: &[],
            },
            signed: &["https://hooks.example.com/"],
            refused: &["https://hooks.example.com"],
        },
    ]);
}

/// SignalWire reads options there, as `#rt=5000`, and never sends it.
#[test]
fn the_fragment_of_a_configured_url_is_cut_off() {
    check([
        Deployment {
            name: "a base",
            configuration: base("https://hooks.example.com/hooks/#rt=1000"),
            arrives: Arrival {
                target: "/sms",
                headers: &[],
            },
            signed: &["https://hooks.example.com/hooks/sms"],
            refused: &["https://hooks.example.com/hooks/sms#rt=1000"],
        },
        Deployment {
            name: "an exact url",
            configuration: exact("https://hooks.example.com/voice#ot=1000&rt=1000"),
            arrives: Arrival {
                target: "/voice",
                headers: &[],
            },
            signed: &["https://hooks.example.com/voice"],
            refused: &["https://hooks.example.com/voice#ot=1000&rt=1000"],
        },
    ]);
}

#[test]
fn a_server_may_have_several_public_names() {
    let configuration = base("https://hooks.example.com")
        .or(base("https://hooks.example.org/hooks"))
        .or(from_request());
    check([Deployment {
        name: "two bases and the name that is called",
        configuration,
        arrives: Arrival {
            target: "/sms?a=b",
            headers: &["host: localhost:3000"],
        },
        signed: &[
            "https://hooks.example.com/sms?a=b",
            "https://hooks.example.org/hooks/sms?a=b",
            "http://localhost:3000/sms?a=b",
        ],
        refused: &[
            "https://hooks.example.com/hooks/sms?a=b",
            "https://hooks.example.org/sms?a=b",
            "https://hooks.example.net/sms?a=b",
        ],
    }]);
}

#[test]
fn credentials_may_be_signed_or_left_out() {
    const AUTHORIZATION: &str = "authorization: Basic dXNlcjpwQHNz"; // user:p@ss
    check([
        Deployment {
            name: "from the configured base",
            configuration: base("https://user:p%40ss@hooks.example.com"),
            arrives: Arrival {
                target: "/sms?a=b",
                headers: &["host: 10.0.0.7"],
            },
            signed: &[
                "https://hooks.example.com/sms?a=b",
                "https://user:p%40ss@hooks.example.com/sms?a=b",
                "https://user:p%40ss@hooks.example.com:443/sms?a=b",
            ],
            refused: &[
                "https://user@hooks.example.com/sms?a=b",
                "https://user:other@hooks.example.com/sms?a=b",
            ],
        },
        Deployment {
            name: "from the exact url",
            configuration: exact("https://user:p%40ss@hooks.example.com/sms?a=b"),
            arrives: Arrival {
                target: "/sms?a=b",
                headers: &[],
            },
            signed: &[
                "https://user:p%40ss@hooks.example.com/sms?a=b",
                "https://hooks.example.com/sms?a=b",
            ],
            refused: &[],
        },
        Deployment {
            name: "from the Authorization header",
            configuration: from_request(),
            arrives: Arrival {
                target: "/sms?a=b",
                headers: &["host: hooks.example.com", AUTHORIZATION],
            },
            signed: &[
                "https://hooks.example.com/sms?a=b",
                "https://user:p%40ss@hooks.example.com/sms?a=b",
                "https://user:p%40ss@hooks.example.com:443/sms?a=b",
                "http://user:p%40ss@hooks.example.com:80/sms?a=b",
            ],
            refused: &[
                "https://user:p@ss@hooks.example.com/sms?a=b",
                "https://user@hooks.example.com/sms?a=b",
                "https://user:p%40ss@other.example/sms?a=b",
            ],
        },
        Deployment {
            name: "from the Authorization header, with a base and for the root",
            configuration: base("https://hooks.example.com"),
            arrives: Arrival {
                target: "/",
                headers: &[AUTHORIZATION],
            },
            signed: &[
                "https://hooks.example.com/",
                "https://user:p%40ss@hooks.example.com/",
                "https://user:p%40ss@hooks.example.com",
                "https://user:p%40ss@hooks.example.com:443",
            ],
            refused: &[],
        },
        Deployment {
            name: "a user without a password",
            configuration: from_request(),
            arrives: Arrival {
                target: "/sms",
                headers: &["host: hooks.example.com", "authorization: basic  dXNlcjo="],
            },
            signed: &[
                "https://user@hooks.example.com/sms",
                "https://hooks.example.com/sms",
            ],
            refused: &["https://other@hooks.example.com/sms"],
        },
        Deployment {
            name: "the configured ones count for more than those received",
            configuration: base("https://configured:one@hooks.example.com"),
            arrives: Arrival {
                target: "/sms",
                headers: &[AUTHORIZATION],
            },
            signed: &["https://configured:one@hooks.example.com/sms"],
            refused: &["https://user:p%40ss@hooks.example.com/sms"],
        },
    ]);
}

#[test]
fn an_authorization_header_that_holds_no_credentials_is_ignored() {
    const HOST: &str = "host: hooks.example.com";
    let rows = [
        "",
        "Basic",
        "Basic !",
        "Basic dXNlcg==",
        "Basic Og==",
        "Basic gIA6gIA=",
        "Bearer dXNlcjpwQHNz",
    ];
    let candidates = |headers: &[&str]| {
        let arrives = Arrival {
            target: "/sms",
            headers,
        };
        from_request().candidates(&arrives.parts())
    };
    for authorization in rows {
        let line = format!("authorization: {authorization}");
        assert_eq!(
            candidates(&[HOST, &line]),
            candidates(&[HOST]),
            "{authorization}",
        );
    }
}

#[test]
fn ports_may_be_signed_or_left_out() {
    check([
        Deployment {
            name: "the default port of https, received",
            configuration: from_request(),
            arrives: Arrival {
                target: "/sms",
                headers: &["host: hooks.example.com:443"],
            },
            signed: &[
                "https://hooks.example.com:443/sms",
                "https://hooks.example.com/sms",
            ],
            refused: &["https://hooks.example.com:80/sms"],
        },
        Deployment {
            name: "the default port of http, received",
            configuration: from_request(),
            arrives: Arrival {
                target: "/sms",
                headers: &["host: hooks.example.com:80"],
            },
            signed: &[
                "http://hooks.example.com:80/sms",
                "http://hooks.example.com/sms",
            ],
            refused: &["https://hooks.example.com:443/sms"],
        },
        Deployment {
            name: "no port, received",
            configuration: from_request(),
            arrives: Arrival {
                target: "/sms",
                headers: &["host: hooks.example.com"],
            },
            signed: &[
                "https://hooks.example.com:443/sms",
                "http://hooks.example.com:80/sms",
            ],
            refused: &[
                "https://hooks.example.com:80/sms",
                "http://hooks.example.com:443/sms",
            ],
        },
        Deployment {
            name: "the default port, configured",
            configuration: base("http://hooks.example.com:80"),
            arrives: Arrival {
                target: "/sms",
                headers: &[],
            },
            signed: &[
                "http://hooks.example.com:80/sms",
                "http://hooks.example.com/sms",
            ],
            refused: &["https://hooks.example.com/sms"],
        },
    ]);
}

#[test]
fn hosts_may_be_addresses_upper_case_or_punycode() {
    check([
        Deployment {
            name: "IPv6",
            configuration: from_request(),
            arrives: Arrival {
                target: "/sms",
                headers: &["host: [2001:db8::1]"],
            },
            signed: &["https://[2001:db8::1]/sms", "https://[2001:db8::1]:443/sms"],
            refused: &["https://2001:db8::1/sms", "https://[2001:db8::2]/sms"],
        },
        Deployment {
            name: "IPv6 with a port, in the manner of HTTP/2",
            configuration: from_request(),
            arrives: Arrival {
                target: "http://[2001:db8::1]:8443/sms",
                headers: &[],
            },
            signed: &[
                "https://[2001:db8::1]:8443/sms",
                "https://[2001:db8::1]/sms",
            ],
            refused: &["https://[2001:db8::1]:443/sms"],
        },
        Deployment {
            name: "IPv6, configured",
            configuration: base("https://[2001:DB8::1]:8443/hooks"),
            arrives: Arrival {
                target: "/sms",
                headers: &[],
            },
            signed: &[
                "https://[2001:DB8::1]:8443/hooks/sms",
                "https://[2001:db8::1]/hooks/sms",
            ],
            refused: &[],
        },
        Deployment {
            name: "upper case",
            configuration: from_request(),
            arrives: Arrival {
                target: "/Sms",
                headers: &["host: Hooks.Example.COM"],
            },
            signed: &[
                "https://Hooks.Example.COM/Sms",
                "https://hooks.example.com/Sms",
            ],
            refused: &[
                "https://hooks.example.com/sms",
                "https://HOOKS.example.com/Sms",
            ],
        },
        Deployment {
            name: "upper case, configured, a scheme too",
            configuration: base("HTTPS://Hooks.Example.com"),
            arrives: Arrival {
                target: "/sms",
                headers: &[],
            },
            signed: &[
                "https://Hooks.Example.com/sms",
                "https://hooks.example.com/sms",
            ],
            refused: &["HTTPS://Hooks.Example.com/sms"],
        },
        Deployment {
            name: "an internationalised name",
            configuration: from_request(),
            arrives: Arrival {
                target: "/sms",
                headers: &["host: xn--bcher-kva.example"],
            },
            signed: &["https://xn--bcher-kva.example/sms"],
            refused: &["https://b\u{fc}cher.example/sms"],
        },
    ]);
}

/// Each row: what the request line holds, what may have been signed for it, and what may not.
#[track_caller]
fn check_paths<const ROWS: usize>(
    rows: [(
        &'static str,
        &'static [&'static str],
        &'static [&'static str],
    ); ROWS],
) {
    check(rows.map(|(target, signed, refused)| Deployment {
        name: target,
        configuration: from_request(),
        arrives: Arrival {
            target,
            headers: &["host: hooks.example.com"],
        },
        signed,
        refused,
    }));
}

#[test]
fn the_path_and_query_are_signed_byte_for_byte() {
    check_paths([
        (
            "/a%2Fb",
            &["https://hooks.example.com/a%2Fb"],
            &[
                "https://hooks.example.com/a/b",
                "https://hooks.example.com/a%2fb",
            ],
        ),
        (
            "/a%20b+c?d%20e+f",
            &["https://hooks.example.com/a%20b+c?d%20e+f"],
            &[
                "https://hooks.example.com/a b+c?d%20e+f",
                "https://hooks.example.com/a+b+c?d%20e+f",
                "https://hooks.example.com/a%20b+c?d+e+f",
            ],
        ),
        (
            "/sms?",
            &["https://hooks.example.com/sms?"],
            &["https://hooks.example.com/sms"],
        ),
        (
            "/sms",
            &["https://hooks.example.com/sms"],
            &[
                "https://hooks.example.com/sms?",
                "https://hooks.example.com/sms/",
            ],
        ),
        (
            "/sms/",
            &["https://hooks.example.com/sms/"],
            &["https://hooks.example.com/sms"],
        ),
        (
            "//a//b",
            &["https://hooks.example.com//a//b"],
            &[
                "https://hooks.example.com/a/b",
                "https://hooks.example.com/a//b",
            ],
        ),
        (
            "/a;b=c;d?e;f",
            &["https://hooks.example.com/a;b=c;d?e;f"],
            &[
                "https://hooks.example.com/a?e;f",
                "https://hooks.example.com/a%3Bb=c;d?e;f",
            ],
        ),
        (
            "/a%00b",
            &["https://hooks.example.com/a%00b"],
            &[
                "https://hooks.example.com/a\0b",
                "https://hooks.example.com/a",
            ],
        ),
    ]);
}

#[test]
fn nothing_in_the_path_and_query_is_tidied() {
    check_paths([
        (
            "/a/../b/./c",
            &["https://hooks.example.com/a/../b/./c"],
            &["https://hooks.example.com/b/c"],
        ),
        (
            "/?a=/b?c",
            &[
                "https://hooks.example.com/?a=/b?c",
                "https://hooks.example.com?a=/b?c",
            ],
            &["https://hooks.example.com/a=/b?c"],
        ),
        (
            "/caf%C3%A9?b=2&a=1&a=1",
            &["https://hooks.example.com/caf%C3%A9?b=2&a=1&a=1"],
            &[
                "https://hooks.example.com/caf\u{e9}?b=2&a=1&a=1",
                "https://hooks.example.com/caf%C3%A9?a=1&a=1&b=2",
                "https://hooks.example.com/caf%C3%A9?b=2&a=1",
            ],
        ),
        (
            "http://hooks.example.com//a%2Fb//?",
            &["https://hooks.example.com//a%2Fb//?"],
            &["https://hooks.example.com//a%2Fb//"],
        ),
    ]);
}

#[test]
fn a_request_that_names_no_valid_host_is_refused() {
    let hosts: [&[&str]; 6] = [
        &[],
        &["host: "],
        &["host: hooks.example.com/sms"],
        &["host: user@hooks.example.com"],
        &["host: hooks.example.com?"],
        &["host: b\u{fc}cher.example"],
    ];
    for headers in hosts {
        let both = from_request().or(trusting());
        for configuration in [from_request(), trusting(), both] {
            let arrives = Arrival {
                target: "/sms",
                headers,
            };
            assert!(
                configuration.candidates(&arrives.parts()).is_empty(),
                "{headers:?}"
            );
            let request = arrives.signed_for("https://hooks.example.com/sms", Sent::Form);
            let verdict = judge(configuration).scheme(request);
            assert_eq!(verdict, Err(RejectionReason::UnknownUrl), "{headers:?}");
        }
    }
}

#[test]
fn a_url_that_cannot_be_configured_is_an_error_that_says_what_to_write() {
    for (url, remedy) in [
        (
            "https://hooks.example.com?a=b",
            "write the part before the question mark",
        ),
        ("hooks.example.com", "write it with its scheme"),
        ("//hooks.example.com", "write it with its scheme"),
        ("/hooks", "write it with its scheme"),
        ("ftp://hooks.example.com", "write https:// or http://"),
        ("ws://hooks.example.com", "does not sign"),
        ("wss://hooks.example.com/media", "<Stream>"),
        ("https://", "write it as in https://hooks.example.com"),
        ("https://b\u{fc}cher.example", "punycode"),
        ("https://hooks.example.com:99999", "1 to 65535"),
    ] {
        let error = PublicUrl::base(url).expect_err(url);
        assert!(
            matches!(error, signalwire_webhook::ConfigError::InvalidUrl { .. }),
            "{error:?}"
        );
        let sentence = error.to_string();
        // A query may hold a token, so no message shows it.
        let shown = url.replace("?a=b", "?***");
        assert!(
            sentence.contains(&format!("{shown:?}")) && sentence.contains(remedy),
            "{sentence}"
        );
    }
    assert!(PublicUrl::exact("https://hooks.example.com?a=b").is_ok());
}
