use signalwire_webhook::{
    ForwardingHeader::{
        self, Forwarded, XForwardedHost, XForwardedPort, XForwardedPrefix, XForwardedProto,
    },
    PublicUrl,
};

use super::{
    arrival::Arrival,
    base,
    deployments::{Deployment, check},
    exact, from_request, trusting,
};

#[test]
fn forwarded_headers_are_believed_only_where_they_are_named() {
    const FORWARDED: &[&str] = &[
        "host: 10.0.0.7:3000",
        "x-forwarded-proto: https",
        "x-forwarded-host: hooks.example.com",
        "x-forwarded-prefix: /hooks",
        "forwarded: host=hooks.example.com;proto=https",
    ];
    let arrives = Arrival {
        target: "/sms?a=b",
        headers: FORWARDED,
    };
    check([
        Deployment {
            name: "trusted",
            configuration: trusting(),
            arrives,
            signed: &[
                "https://hooks.example.com/hooks/sms?a=b",
                // The scheme's header says which is tried first, and excludes none.
                "http://hooks.example.com/hooks/sms?a=b",
            ],
            refused: &[
                "https://10.0.0.7:3000/sms?a=b",
                "https://hooks.example.com/sms?a=b",
            ],
        },
        Deployment {
            name: "off by default",
            configuration: from_request(),
            arrives,
            signed: &["https://10.0.0.7:3000/sms?a=b"],
            refused: &[
                "https://hooks.example.com/hooks/sms?a=b",
                "https://hooks.example.com/sms?a=b",
                "https://10.0.0.7:3000/hooks/sms?a=b",
            ],
        },
        Deployment {
            name: "no say against a pinned base",
            configuration: base("https://pinned.example"),
            arrives,
            signed: &["https://pinned.example/sms?a=b"],
            refused: &[
                "https://hooks.example.com/hooks/sms?a=b",
                "https://pinned.example/hooks/sms?a=b",
            ],
        },
        Deployment {
            name: "no say against an exact url",
            configuration: exact("https://pinned.example/sms"),
            arrives,
            signed: &["https://pinned.example/sms"],
            refused: &["https://hooks.example.com/hooks/sms?a=b"],
        },
    ]);
}

/// The URL that each set of headers stands for, of a request for `/sms` that a proxy sends to
/// `10.0.0.7:3000`.
#[track_caller]
fn check_forwarded(rows: &[(&'static [&'static str], &'static [&'static str])]) {
    check(rows.iter().map(|&(headers, signed)| Deployment {
        name: headers.last().expect("a header"),
        configuration: trusting(),
        arrives: Arrival {
            target: "/sms",
            headers,
        },
        signed,
        refused: &["https://inner.example/sms", "http://inner.example/sms"],
    }));
}

#[test]
fn each_forwarded_header_says_its_part_of_the_url() {
    const HOST: &str = "host: 10.0.0.7:3000";
    check_forwarded(&[
        (
            &[HOST, "x-forwarded-host: hooks.example.com"],
            &[
                "https://hooks.example.com/sms",
                "http://hooks.example.com/sms",
            ],
        ),
        (
            &[
                HOST,
                "x-forwarded-host: hooks.example.com:8443",
                "x-forwarded-proto: https",
            ],
            &["https://hooks.example.com:8443/sms"],
        ),
        (
            &["host: hooks.example.com", "x-forwarded-proto: HTTPS"],
            &[
                "https://hooks.example.com/sms",
                "https://hooks.example.com:443/sms",
            ],
        ),
        (
            &[
                HOST,
                "x-forwarded-host: hooks.example.com",
                "x-forwarded-proto: https",
                "x-forwarded-port: 8443",
            ],
            &[
                "https://hooks.example.com:8443/sms",
                "https://hooks.example.com/sms",
            ],
        ),
        (
            &[
                HOST,
                "x-forwarded-host: hooks.example.com:8443",
                "x-forwarded-proto: https",
                "x-forwarded-port: 3000",
            ],
            &["https://hooks.example.com:8443/sms"],
        ),
        (
            &[
                "host: hooks.example.com:3000",
                "x-forwarded-proto: https",
                "x-forwarded-port: 443",
            ],
            &[
                "https://hooks.example.com/sms",
                "https://hooks.example.com:443/sms",
            ],
        ),
        (
            &["host: hooks.example.com", "x-forwarded-port: 443"],
            &[
                "https://hooks.example.com/sms",
                "https://hooks.example.com:443/sms",
            ],
        ),
        (
            &["host: hooks.example.com", "x-forwarded-prefix: /api/v1/"],
            &["https://hooks.example.com/api/v1/sms"],
        ),
    ]);
}

#[test]
fn the_standard_header_wins_and_the_others_fill_what_it_leaves_open() {
    const HOST: &str = "host: 10.0.0.7:3000";
    check_forwarded(&[
        (
            &[
                HOST,
                "forwarded: for=192.0.2.1;host=hooks.example.com;proto=https;by=10.0.0.1",
            ],
            &["https://hooks.example.com/sms"],
        ),
        (
            &["host: hooks.example.com", "forwarded: proto=https"],
            &["https://hooks.example.com/sms"],
        ),
        (
            &[
                HOST,
                "x-forwarded-proto: http",
                "forwarded: host=hooks.example.com",
            ],
            &["http://hooks.example.com/sms"],
        ),
        (
            &[
                HOST,
                "x-forwarded-proto: http",
                "x-forwarded-host: inner.example",
                "forwarded: host=hooks.example.com;proto=https",
            ],
            &["https://hooks.example.com/sms"],
        ),
    ]);
}

#[test]
fn of_a_list_the_first_entry_counts_on_however_many_lines() {
    const HOST: &str = "host: 10.0.0.7:3000";
    check_forwarded(&[
        (
            &[
                HOST,
                "x-forwarded-proto: https, http",
                "x-forwarded-host: hooks.example.com , inner.example",
            ],
            &["https://hooks.example.com/sms"],
        ),
        (
            &[
                HOST,
                "x-forwarded-proto:  ,, https,http",
                "x-forwarded-host: ,hooks.example.com\t,inner.example",
                "x-forwarded-port: 8443,80",
                "x-forwarded-prefix: /outer, /inner",
            ],
            &["https://hooks.example.com:8443/outer/sms"],
        ),
        (
            &[
                HOST,
                "x-forwarded-proto: https",
                "x-forwarded-proto: http",
                "x-forwarded-host: hooks.example.com",
                "x-forwarded-host: inner.example",
            ],
            &["https://hooks.example.com/sms"],
        ),
        (
            &[
                HOST,
                "x-forwarded-proto: ",
                "x-forwarded-proto: https",
                "x-forwarded-host:  , ",
                "x-forwarded-host: hooks.example.com, inner.example",
            ],
            &["https://hooks.example.com/sms"],
        ),
        (
            &[
                HOST,
                "forwarded: host=hooks.example.com;proto=https, host=inner.example;proto=http",
            ],
            &["https://hooks.example.com/sms"],
        ),
        (
            &[
                HOST,
                "forwarded: ",
                "forwarded: host=hooks.example.com;proto=https",
                "forwarded: host=inner.example;proto=http",
            ],
            &["https://hooks.example.com/sms"],
        ),
        (
            &[HOST, "forwarded: , host=hooks.example.com;proto=https,"],
            &["https://hooks.example.com/sms"],
        ),
    ]);
}

#[test]
fn forwarded_may_be_quoted_oddly_spaced_and_in_any_case() {
    const HOST: &str = "host: 10.0.0.7:3000";
    check_forwarded(&[
        (
            &[
                HOST,
                r#"forwarded: host="hooks.example.com:8443";proto="https""#,
            ],
            &[
                "https://hooks.example.com:8443/sms",
                "https://hooks.example.com/sms",
            ],
        ),
        (
            &[
                HOST,
                r#"forwarded: for="[2001:db8::2]:4711";host="[2001:db8::1]:8443";proto=https"#,
            ],
            &["https://[2001:db8::1]:8443/sms"],
        ),
        (
            &[
                HOST,
                r#"forwarded: for="_a,b;host=inner.example";host="hooks\.example.com";proto=https"#,
            ],
            &["https://hooks.example.com/sms"],
        ),
        (
            &[
                HOST,
                "forwarded:   FOR=192.0.2.1 ;\tHost=hooks.example.com ; PROTO=HTTPS  ,  for=10.0.0.1",
            ],
            &["https://hooks.example.com/sms"],
        ),
        // No token by the letter of the RFC, but what the routers of OpenShift send.
        (
            &[
                HOST,
                "forwarded: for=192.0.2.1;host=hooks.example.com:8443;proto=https",
            ],
            &["https://hooks.example.com:8443/sms"],
        ),
        // Between two semicolons there may be nothing (RFC 7239, section 4).
        (
            &[HOST, "forwarded: ;host=hooks.example.com;;proto=https;"],
            &["https://hooks.example.com/sms"],
        ),
    ]);
}

fn candidates(headers: &[&str]) -> Vec<String> {
    let arrives = Arrival {
        target: "/sms",
        headers,
    };
    trusting().candidates(&arrives.parts())
}

#[test]
fn what_is_malformed_in_a_forwarded_header_is_ignored() {
    const HOST: &str = "host: hooks.example.com";
    for malformed in [
        "x-forwarded-proto: gopher",
        "x-forwarded-proto: https://",
        "x-forwarded-proto: gopher, http",
        "x-forwarded-proto: h\u{fc}",
        "x-forwarded-host: inner.example/sms",
        "x-forwarded-host: user@inner.example",
        "x-forwarded-host: inner.example:port",
        "x-forwarded-host: [::1",
        "x-forwarded-host: https://inner.example",
        "x-forwarded-host: inner example",
        "x-forwarded-port: 0",
        "x-forwarded-port: 65536",
        "x-forwarded-port: -1",
        "x-forwarded-port: +8443",
        "x-forwarded-port: 443/x",
        "x-forwarded-prefix: hooks",
        "x-forwarded-prefix: /hooks?x=",
        "x-forwarded-prefix: /hooks#",
        "x-forwarded-prefix: /a b",
        "x-forwarded-prefix: /",
        "forwarded: ",
        "forwarded: host",
        "forwarded: host=",
        "forwarded: host=\"inner.example",
        "forwarded: host=\"inner.example\"x;proto=http",
        "forwarded: host=\"inner.example\\",
        "forwarded: host=inner.example/sms;proto=gopher",
        "forwarded: inner.example, for=x;host=inner.example",
        "forwarded: host=inner.example;host=other.example",
        "forwarded: ;=;=,=;;\"",
    ] {
        assert_eq!(
            candidates(&[HOST, malformed]),
            candidates(&[HOST]),
            "{malformed}"
        );
    }
}

/// Else the header of a proxy further in would count as that of the outermost one.
#[test]
fn after_a_malformed_line_no_other_is_read() {
    const HOST: &str = "host: hooks.example.com";
    for (malformed, inner) in [
        (
            "x-forwarded-host: h\u{fc}",
            "x-forwarded-host: inner.example",
        ),
        ("x-forwarded-host: a/b", "x-forwarded-host: inner.example"),
        ("x-forwarded-proto: gopher", "x-forwarded-proto: http"),
        ("forwarded: h\u{fc}", "forwarded: host=inner.example"),
        ("forwarded: host=\"", "forwarded: host=inner.example"),
    ] {
        let headers = [HOST, malformed, inner];
        assert_eq!(candidates(&headers), candidates(&[HOST]), "{malformed}");
    }
}

#[test]
fn what_is_malformed_in_forwarded_leaves_the_other_headers_in_force() {
    check_forwarded(&[(
        &[
            "host: 10.0.0.7:3000",
            "x-forwarded-host: hooks.example.com",
            "x-forwarded-proto: https",
            "forwarded: host=\"",
        ],
        &["https://hooks.example.com/sms"],
    )]);
}

#[test]
fn a_header_that_is_not_named_is_not_read() {
    const LINES: [(ForwardingHeader, &str, &str); 5] = [
        (
            XForwardedProto,
            "x-forwarded-proto: http",
            "http://hooks.example.com/sms",
        ),
        (
            XForwardedHost,
            "x-forwarded-host: outer.example",
            "https://outer.example/sms",
        ),
        (
            XForwardedPort,
            "x-forwarded-port: 8443",
            "https://hooks.example.com:8443/sms",
        ),
        (
            XForwardedPrefix,
            "x-forwarded-prefix: /v1",
            "https://hooks.example.com/v1/sms",
        ),
        (
            Forwarded,
            "forwarded: host=standard.example",
            "https://standard.example/sms",
        ),
    ];
    let headers: Vec<&str> = LINES.iter().map(|(_, line, _)| *line).collect();
    let arrives = Arrival {
        target: "/sms",
        headers: &[&["host: hooks.example.com"], &headers[..]].concat(),
    };
    let likeliest = |url: PublicUrl| url.candidates(&arrives.parts())[0].clone();
    for (header, line, expected) in LINES {
        let named = PublicUrl::from_headers([header]);
        assert_eq!(likeliest(named), expected, "{line}");
    }
    let none = PublicUrl::from_headers::<ForwardingHeader>([]);
    assert_eq!(likeliest(none), likeliest(from_request()));
}

/// As an inner proxy writes it that a load balancer with TLS stands before.
#[test]
fn a_trusted_scheme_orders_the_two_and_excludes_none() {
    const LINES: [&[&str]; 2] = [
        &["host: hooks.example.com", "x-forwarded-proto: http"],
        &["host: hooks.example.com", "forwarded: proto=http"],
    ];
    for headers in LINES {
        check([Deployment {
            name: headers[1],
            configuration: trusting(),
            arrives: Arrival {
                target: "/sms",
                headers,
            },
            signed: &[
                "http://hooks.example.com/sms",
                "https://hooks.example.com/sms",
                "https://hooks.example.com:443/sms",
            ],
            refused: &["ftp://hooks.example.com/sms"],
        }]);
    }
}
