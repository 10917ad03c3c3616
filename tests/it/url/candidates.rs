use axum::http::{HeaderName, HeaderValue, Request, request::Parts, uri::PathAndQuery};
use signalwire_webhook::PublicUrl;

use super::{
    arrival::{Arrival, Sent},
    base, exact, from_request, judge, trusting, verified_url,
};

#[track_caller]
fn assert_candidates(configuration: &PublicUrl, arrives: Arrival<'_>, expected: &[&str]) {
    let candidates = configuration.candidates(&arrives.parts());
    println!("{arrives:?}\n    {}", candidates.join("\n    "));
    assert_eq!(candidates, expected, "{configuration:?} {arrives:?}");
}

#[test]
fn the_likeliest_url_comes_first() {
    let root = Arrival {
        target: "/",
        headers: &["host: hooks.example.com"],
    };
    assert_candidates(
        &from_request(),
        root,
        &[
            "https://hooks.example.com/",
            "http://hooks.example.com/",
            "https://hooks.example.com:443/",
            "https://hooks.example.com",
            "http://hooks.example.com:80/",
            "http://hooks.example.com",
            "https://hooks.example.com:443",
            "http://hooks.example.com:80",
        ],
    );
    assert_candidates(
        &from_request(),
        Arrival {
            target: "/sms?a",
            headers: &["host: hooks.example.com:8443"],
        },
        &[
            "https://hooks.example.com:8443/sms?a",
            "http://hooks.example.com:8443/sms?a",
            "https://hooks.example.com/sms?a",
            "http://hooks.example.com/sms?a",
        ],
    );
    assert_candidates(
        &base("https://user:pass@hooks.example.com/hooks"),
        root,
        &[
            "https://hooks.example.com/hooks/",
            "https://hooks.example.com:443/hooks/",
            "https://user:pass@hooks.example.com/hooks/",
            "https://hooks.example.com/hooks",
            "https://user:pass@hooks.example.com:443/hooks/",
            "https://hooks.example.com:443/hooks",
            "https://user:pass@hooks.example.com/hooks",
            "https://user:pass@hooks.example.com:443/hooks",
        ],
    );
    assert_candidates(
        &exact("http://Hooks.example.com/sms?a"),
        root,
        &[
            "http://Hooks.example.com/sms?a",
            "http://Hooks.example.com:80/sms?a",
            "http://hooks.example.com/sms?a",
            "http://hooks.example.com:80/sms?a",
        ],
    );
    assert_candidates(
        &trusting(),
        Arrival {
            target: "/sms",
            headers: &[
                "host: 10.0.0.7",
                "x-forwarded-host: hooks.example.com",
                "x-forwarded-proto: https",
                "x-forwarded-port: 443",
                "x-forwarded-prefix: /hooks",
            ],
        },
        &[
            "https://hooks.example.com/hooks/sms",
            "http://hooks.example.com/hooks/sms",
            "https://hooks.example.com:443/hooks/sms",
            "http://hooks.example.com:80/hooks/sms",
        ],
    );
    assert_candidates(
        &trusting(),
        Arrival {
            target: "/sms",
            headers: &["host: hooks.example.com", "x-forwarded-proto: http"],
        },
        &[
            "http://hooks.example.com/sms",
            "https://hooks.example.com/sms",
            "http://hooks.example.com:80/sms",
            "https://hooks.example.com:443/sms",
        ],
    );
    assert_candidates(
        &exact("https://hooks.example.com/"),
        root,
        &[
            "https://hooks.example.com/",
            "https://hooks.example.com:443/",
        ],
    );
}

#[test]
fn several_names_take_turns() {
    let request = Arrival {
        target: "/sms",
        headers: &["host: localhost:3000"],
    };
    assert_candidates(
        &base("https://a.example")
            .or(exact("https://b.example/x"))
            .or(from_request()),
        request,
        &[
            "https://a.example/sms",
            "https://b.example/x",
            "https://localhost:3000/sms",
            "https://a.example:443/sms",
            "https://b.example:443/x",
            "http://localhost:3000/sms",
            "https://localhost/sms",
            "http://localhost/sms",
        ],
    );
    assert_candidates(
        &from_request()
            .or(from_request())
            .or(base("http://localhost:3000")),
        request,
        &[
            "http://localhost:3000/sms",
            "http://localhost/sms",
            "https://localhost:3000/sms",
            "https://localhost/sms",
        ],
    );
}

#[test]
fn two_urls_with_the_name_that_the_request_shows_take_turns() {
    let request = Arrival {
        target: "/sms",
        headers: &["host: hooks.example.com"],
    };
    assert_candidates(
        &base("https://hooks.example.com/a").or(base("https://hooks.example.com/b")),
        request,
        &[
            "https://hooks.example.com/a/sms",
            "https://hooks.example.com/b/sms",
            "https://hooks.example.com:443/a/sms",
            "https://hooks.example.com:443/b/sms",
        ],
    );
}

#[test]
fn the_name_that_the_request_shows_is_tried_whole_among_any_number() {
    let name = |number: u32| base(&format!("https://host{number}.example"));
    let names = (1..20).fold(name(0), |names, number| names.or(name(number)));
    let candidates = names.candidates(
        &Arrival {
            target: "/sms",
            headers: &["host: HOST19.example", "authorization: Basic dXNlcjpwYXNz"],
        }
        .parts(),
    );
    assert_eq!(
        candidates[..5],
        [
            "https://host19.example/sms",
            "https://host19.example:443/sms",
            "https://user:pass@host19.example/sms",
            "https://user:pass@host19.example:443/sms",
            "https://host0.example/sms",
        ]
    );
    assert_eq!(candidates.len(), 16);
}

#[test]
fn sixteen_names_are_all_tried_and_no_seventeenth() {
    let name = |number: u32| base(&format!("https://host{number}.example"));
    let names = (1..17).fold(name(0), |names, number| names.or(name(number)));
    let candidates = names.candidates(
        &Arrival {
            target: "/sms",
            headers: &[],
        }
        .parts(),
    );
    let expected: Vec<String> = (0..16)
        .map(|number| format!("https://host{number}.example/sms"))
        .collect();
    assert_eq!(candidates, expected);
}

#[test]
fn a_request_with_every_choice_open_is_tried_with_the_sixteen_likeliest() {
    let headers = [
        "host: Hooks.Example.Com",
        "authorization: Basic dXNlcjpwYXNz",
    ];
    let request = Arrival {
        target: "/",
        headers: &headers,
    }
    .parts();
    let candidates = from_request().candidates(&request);
    assert_eq!(
        candidates,
        [
            "https://Hooks.Example.Com/",
            "http://Hooks.Example.Com/",
            "https://Hooks.Example.Com:443/",
            "https://user:pass@Hooks.Example.Com/",
            "https://Hooks.Example.Com",
            "https://hooks.example.com/",
            "http://Hooks.Example.Com:80/",
            "http://user:pass@Hooks.Example.Com/",
            "https://user:pass@Hooks.Example.Com:443/",
            "http://Hooks.Example.Com",
            "https://Hooks.Example.Com:443",
            "https://user:pass@Hooks.Example.Com",
            "http://hooks.example.com/",
            "https://hooks.example.com:443/",
            "https://user:pass@hooks.example.com/",
            "https://hooks.example.com",
        ]
    );
    assert_sane(&candidates, &request);
}

/// No header reaches beyond the part of the URL that it is for.
fn assert_sane(candidates: &[String], request: &Parts) {
    assert!(candidates.len() <= 16, "{candidates:#?}");
    let target = request
        .uri
        .path_and_query()
        .map_or("", PathAndQuery::as_str);
    for (index, url) in candidates.iter().enumerate() {
        assert!(!candidates[..index].contains(url), "{url} is there twice");
        let after_scheme = ["https://", "http://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme));
        let rest = after_scheme.unwrap_or_else(|| panic!("{url} has no scheme"));
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        assert!(!host.is_empty() && !host.starts_with(':'), "{url}");
        assert!(!authority.contains(['#', ' ', '\\', '"']), "{url}");
        assert!(authority.matches('@').count() <= 1, "{url}");
        assert!(
            url.ends_with(target.trim_start_matches('/')),
            "{url} for {target}"
        );
    }
}

/// Xorshift with a fixed seed, so that a failure comes back.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("less than a usize")
    }

    fn choose<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    fn header_value(&mut self) -> HeaderValue {
        loop {
            let length = self.below(6);
            let bytes: Vec<u8> = (0..length).flat_map(|_| self.fragment()).collect();
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                return value;
            }
        }
    }

    fn fragment(&mut self) -> Vec<u8> {
        const FRAGMENTS: &[&str] = &[
            "hooks.example.com",
            "Hooks",
            "[::1]",
            "[",
            "]",
            ":",
            ":443",
            ":80",
            ":99999999999999999999",
            "https",
            "http",
            "proto=",
            "host=",
            "for=",
            ";",
            ",",
            "=",
            "\"",
            "\\",
            "\\\"",
            " ",
            "\t",
            "/",
            "//",
            "/hooks",
            "?",
            "#",
            "@",
            "%",
            "%2F",
            "..",
            "Basic ",
            "dXNlcjpwYXNz",
            "Og==",
            "8443",
            "0",
            "+1",
            "-1",
            "*",
            "\u{fc}",
            "\u{1f600}",
        ];
        match self.below(8) {
            0 => vec![u8::try_from(self.below(256)).expect("a byte")],
            _ => self.choose(FRAGMENTS).as_bytes().to_vec(),
        }
    }

    fn hostile_request(&mut self) -> Parts {
        const NAMES: &[&str] = &[
            "host",
            "host",
            "forwarded",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "authorization",
        ];
        const TARGETS: &[&str] = &[
            "/",
            "/sms",
            "/sms?",
            "/?a=b",
            "//",
            "*",
            "/a%2Fb//;c",
            "http://hooks.example.com",
            "https://Hooks.Example.com?a",
            "http://user:pass@[::1]:8443/sms",
            "hooks.example.com:443",
        ];
        let mut request = Request::new(());
        *request.uri_mut() = self.choose(TARGETS).parse().expect("a uri");
        for _ in 0..self.below(12) {
            let name = HeaderName::from_static(self.choose(NAMES));
            let value = self.header_value();
            request.headers_mut().append(name, value);
        }
        request.into_parts().0
    }
}

fn configurations() -> [PublicUrl; 5] {
    [
        from_request(),
        trusting(),
        base("https://user:pass@Hooks.example.com:8443/hooks").or(trusting()),
        trusting()
            .or(from_request())
            .or(base("http://hooks.example.com")),
        (0..20).fold(trusting(), |urls, _| urls.or(trusting())),
    ]
}

#[test]
fn whatever_the_headers_no_more_than_sixteen_different_urls_are_tried() {
    let mut random = Random(0x5167_4A11_2E57);
    for _ in 0..2_000 {
        let request = random.hostile_request();
        for configuration in configurations() {
            assert_sane(&configuration.candidates(&request), &request);
        }
    }
}

#[test]
fn hostile_headers_let_nothing_pass() {
    let mut random = Random(0x0FF1_CE42);
    let judges = configurations().map(judge);
    let signed = Arrival {
        target: "/",
        headers: &[],
    }
    .signed_for("https://other.example/", Sent::Form);
    let (genuine, _) = signed.into_parts();
    for _ in 0..400 {
        for judge in &judges {
            let mut parts = random.hostile_request();
            parts.method = genuine.method.clone();
            parts.headers.extend(genuine.headers.clone());
            let request = Request::from_parts(parts, "From=%2B15551234567&Body=a+b".into());
            assert_eq!(verified_url(judge, request), None);
        }
    }
}

#[test]
fn a_configuration_joined_twice_is_there_once() {
    let url = base("https://hooks.example.com").or(from_request());
    let twice = url.clone().or(url.clone());
    assert_eq!(format!("{twice:?}"), format!("{url:?}"));
    let other = base("https://hooks.example.com/b");
    assert_ne!(format!("{:?}", url.clone().or(other)), format!("{url:?}"));
}
