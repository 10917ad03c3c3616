//! Deployments put together at random: no remedy that is shown fails, nothing that is accepted is
//! called refused, nor the other way round.
//!
//! `EXPLAIN_DEPLOYMENTS` says how many (3,000 for a thorough run), `EXPLAIN_SEED` repeats a run.

use std::{env, time::SystemTime};

use signalwire_webhook::{ForwardingHeader, PublicUrl, SignatureScheme};

use super::{
    adapters,
    deployment::{Deployment, Hop, KEY, Kind, Outcome, Part, judge},
    hops::*,
};

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

fn url(random: &mut Random) -> String {
    let scheme = match random.below(32) {
        0 => "HTTPS",
        1..4 => "http",
        _ => "https",
    };
    let userinfo = random.pick(&[
        "",
        "",
        "",
        "",
        "user:hunter2@",
        "user:p%21hunter2@",
        "user@",
    ]);
    let host = random.pick(&[
        "hooks.example.com",
        "hooks.example.com",
        "acme.ngrok.io",
        "Hooks.Example.com",
        "www.example.com",
        "bücher.example",
        "hooks.example.com:8443",
        "hooks.example.com:443",
        "hooks.example.com:8000",
    ]);
    let host = if random.one_in(40) {
        "HOOKS.EXAMPLE.COM"
    } else {
        host
    };
    let path = random.pick(&[
        "/sms",
        "/sms",
        "/voice/in",
        "/hooks/sms",
        "/sms/",
        "/~acme/sms",
        "/a//b",
        "/caf%C3%A9",
        "/",
        "",
        "/my%20sms",
        "/my sms",
        "/api/v1/sms",
        "/sms;v=1",
        "/Voice/In",
        "/hooks/./sms",
        "/sms.php",
        "/a%2Fb",
        "/webhooks/signalwire/sms",
        "/a//b//c",
    ]);
    let query = random.pick(&[
        "",
        "",
        "",
        "?tenant=7",
        "?b=2&a=1",
        "?name=Sull'Adda",
        "?name=a%20b&x=1",
        "?to=%2B1555",
        "?debug",
        "?lang=en&tenant=7&id=5",
        "?",
        "?a=%7e",
        "?a=1;b=2",
        "?id=1&id=2",
        "?ids[]=1&ids[]=2",
        "?token=YWI=&x=1",
        "?Tenant=7",
        "?a=1&",
    ]);
    let fragment = if random.one_in(20) {
        "#ot=1000&rt=1000"
    } else {
        ""
    };
    format!("{scheme}://{userinfo}{host}{path}{query}{fragment}")
}

fn host_hop(random: &mut Random) -> Hop {
    let header = random.pick(&[
        "x-forwarded-host",
        "x-forwarded-host",
        "forwarded",
        "x-original-host",
        "",
    ]);
    match random.below(8) {
        6 => header_hop(random),
        7 => host("origin.hooks.example.com", header),
        0..=2 => host("app:3000", header),
        3 => host("lb-1.elb.amazonaws.com", header),
        4 => without_port(),
        _ => host("10.0.0.1", header),
    }
}

/// The host in a form that is not a header's own.
fn header_hop(random: &mut Random) -> Hop {
    let header = random.pick(&["x-forwarded-host", "x-forwarded-origin", "x-public-url"]);
    Hop::new(format!("a url in {header}"), Part::Host, move |message| {
        let host = message.get("host").unwrap_or_default();
        message.set("host", "app:3000");
        message.set(header, format!("https://{host}"));
    })
}

fn target_hop(random: &mut Random) -> Hop {
    match random.below(26) {
        0 => stripped("/hooks", "x-forwarded-prefix"),
        1 => stripped("/hooks", ""),
        2 => path("no slash", |path| match path.trim_end_matches('/') {
            "" => "/".to_owned(),
            path => path.to_owned(),
        }),
        3 => path("a slash", |path| format!("{}/", path.trim_end_matches('/'))),
        4 => path("a tilde", |path| path.replace('~', "%7E")),
        5 => path("merges slashes", |path| path.replace("//", "/")),
        6 => path("lower case", |path| path.replace("%C3%A9", "%c3%a9")),
        7 => sorted(),
        8 => in_query("%20", "+"),
        9 => in_query("'", "%27"),
        10 => in_query("%2B", "+"),
        11 => rewritten("/internal", "x-original-uri"),
        12 => path("no dots", |path| path.replace("/./", "/")),
        13 => path("lower case", str::to_ascii_lowercase),
        14 => path("no ending", |path| path.replace(".php", "")),
        15 => path("unescapes slashes", |path| path.replace("%2F", "/")),
        16 => stripped("/webhooks/signalwire", ""),
        17 => stripped("/webhooks", "x-forwarded-prefix"),
        18 => path("a session", |path| format!("{path};jsessionid=1A")),
        19 => in_query(";", "&"),
        20 => query("joins", |query| query.replace("id=1&id=2", "id=1,2")),
        21 => query("numbers", |query| {
            query
                .replacen("[]", "%5B0%5D", 1)
                .replacen("[]", "%5B1%5D", 1)
        }),
        22 => query("equals signs", |query| query.replace("YWI=", "YWI%3D")),
        23 => in_query("Tenant", "tenant"),
        24 => query("no empty pair", |query| {
            query.trim_end_matches('&').to_owned()
        }),
        _ => query("adds", |query| match query {
            "" => "via=proxy".to_owned(),
            query => format!("{query}&via=proxy"),
        }),
    }
}

fn body_hop(random: &mut Random, kind: Kind) -> Hop {
    let appended =
        |text: &'static str| body("appends", move |body| [body, text.as_bytes()].concat());
    let adapted = |name: &str, change: fn(&str) -> String| {
        body(name, move |body| {
            change(&String::from_utf8_lossy(body)).into_bytes()
        })
    };
    let common = |random: &mut Random| match random.below(12) {
        4 => in_event(),
        5 => in_chunks(),
        6 => percent_encoded(),
        7 => quoted(),
        8 => appended("\0"),
        9 => adapted("a Buffer", adapters::buffer),
        10 => adapted("a record", adapters::record),
        11 => adapted("XML", adapters::xml_text),
        0 => gzip(true),
        1 => gzip(false),
        2 => base64(),
        _ => appended("\n"),
    };
    match (kind, random.below(11)) {
        (Kind::Form, 0) => in_body("%2B", "+"),
        (Kind::Form, 1) => in_body("%", "%25"),
        (Kind::Form, 2) => appended("&MediaUrl0="),
        (Kind::Form, 3) => content_type("text/plain"),
        (Kind::Form, 4) => form_as_json(),
        (Kind::Form, 5) => form_as_multipart(),
        (Kind::Form, 6) => form_as_query(),
        (Kind::Form, 7) => adapted("snake case", adapters::snake_case_names),
        (Kind::Form, 8) => adapted("brackets", adapters::names_in_brackets),
        (Kind::Form, 9) => adapted("unescapes", |form| adapters::unescaped(form, "&")),
        (Kind::Json | Kind::JsonSha1 | Kind::Digest, 0) => in_body("[]", "{}"),
        (Kind::Json | Kind::JsonSha1 | Kind::Digest, 1) => body("Python", |body| {
            let value: serde_json::Value = serde_json::from_slice(body).unwrap();
            let text = serde_json::to_string(&value).unwrap();
            text.replace("\":", "\": ")
                .replace(",\"", ", \"")
                .into_bytes()
        }),
        (Kind::Json | Kind::JsonSha1 | Kind::Digest, 2) => body("indents", |body| {
            let value: serde_json::Value = serde_json::from_slice(body).unwrap();
            serde_json::to_vec_pretty(&value).unwrap()
        }),
        (Kind::Json | Kind::JsonSha1 | Kind::Digest, 3) => body("in a string", |body| {
            serde_json::to_vec(&String::from_utf8_lossy(body)).unwrap()
        }),
        (Kind::Json | Kind::JsonSha1 | Kind::Digest, 4) => utf_16(),
        (Kind::Json | Kind::JsonSha1 | Kind::Digest, 5) => {
            adapted("a dictionary", adapters::python_dict)
        }
        (Kind::Json | Kind::JsonSha1 | Kind::Digest, 6) => {
            adapted("an event stream", adapters::event_stream)
        }
        _ => common(random),
    }
}

fn signature_hop(random: &mut Random) -> Hop {
    match random.below(6) {
        4 => in_signature("JSON", |value| value.replace('=', "\\u003d")),
        5 => in_signature("mail", |value| value.replace('=', "=3D")),
        0 => in_signature("no padding", |value| value.trim_end_matches('=').to_owned()),
        1 => in_signature("quotes", |value| format!("\"{value}\"")),
        2 => in_signature("twice", |value| format!("{value}, {value}")),
        _ => signature("moves", |message| {
            let value = message.get(SHA1).unwrap();
            message.remove(SHA1);
            message.set("x-webhook-signature", value);
        }),
    }
}

fn key(random: &mut Random) -> String {
    match random.below(8) {
        7 => format!("{KEY}{KEY}"),
        0 => format!("\"{KEY}\""),
        1 => format!("K={KEY}"),
        2 => format!("export K='{KEY}';"),
        3 => format!("PSKother,{KEY}"),
        4 => format!("{KEY}\\n"),
        5 => format!("{{\"k\":\"{KEY}\"}}"),
        _ => format!("\u{202a}{KEY}\u{202c}"),
    }
}

fn public_url(random: &mut Random) -> PublicUrl {
    match random.below(5) {
        0 => PublicUrl::base("https://staging.example.com").unwrap(),
        1 => PublicUrl::base("https://hooks.example.com/hooks").unwrap(),
        2 => PublicUrl::exact("https://hooks.example.com/other?a=b").unwrap(),
        3 => PublicUrl::from_headers([ForwardingHeader::XForwardedHost]),
        _ => PublicUrl::base("http://hooks.example.com").unwrap(),
    }
}

fn deployment(random: &mut Random) -> Deployment {
    let kind = random.pick(&[
        Kind::Form,
        Kind::Form,
        Kind::Json,
        Kind::JsonSha1,
        Kind::Digest,
        Kind::Get,
    ]);
    let mut deployment = Deployment::new(kind, &url(random));
    if random.one_in(2) {
        deployment = deployment.hop(host_hop(random));
    }
    if random.one_in(3) {
        deployment = deployment.hop(target_hop(random));
    }
    if kind != Kind::Get && random.one_in(3) {
        deployment = deployment.hop(body_hop(random, kind));
    }
    if kind != Kind::Json && random.one_in(10) {
        deployment = deployment.hop(signature_hop(random));
    }
    if random.one_in(6) {
        deployment = deployment.key(key(random));
    }
    if random.one_in(4) {
        deployment = deployment.configured(public_url(random));
    }
    if random.one_in(10) {
        deployment = deployment.accepting(SignatureScheme::RawBodySha256);
    }
    deployment.is_url_known = random.one_in(3);
    deployment
}

/// Whether the host or the fragment is named nowhere, so that nothing can be found.
fn hides_its_url(deployment: &Deployment) -> bool {
    let hides_host = |hop: &Hop| hop.part == Part::Host && hop.name.ends_with(", ");
    !deployment.is_url_known
        && (deployment.hops.iter().any(hides_host) || deployment.url.contains('#'))
}

#[test]
fn no_remedy_fails_in_deployments_put_together_at_random() {
    let read = |name: &str| env::var(name).ok()?.parse::<u64>().ok();
    let number = read("EXPLAIN_DEPLOYMENTS").unwrap_or(300);
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let seed = read("EXPLAIN_SEED").unwrap_or(u64::from(now.subsec_nanos()));
    println!("EXPLAIN_SEED={seed}");
    let mut random = Random(seed);
    let (mut wrong, mut silent, mut explicable) = (Vec::new(), Vec::new(), 0);
    for _ in 0..number {
        let deployment = deployment(&mut random);
        let can_be_found = !hides_its_url(&deployment);
        explicable += usize::from(can_be_found);
        match judge(&deployment) {
            Outcome::Silent(context) if can_be_found => silent.push(context),
            Outcome::Right | Outcome::Silent(_) => {}
            Outcome::Wrong(problem) => wrong.push(problem),
        }
    }
    println!(
        "{} silent of {explicable}:\n{}",
        silent.len(),
        silent.join("\n")
    );
    assert!(
        wrong.is_empty(),
        "seed {seed}: {} wrong:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    assert!(
        silent.len() * 100 <= explicable * 8,
        "seed {seed}: {} of {explicable} silent",
        silent.len()
    );
}
