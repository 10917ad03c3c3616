//! Apache httpd.

use proxy_tests::{Arrival, Call, Fate, Fates, Front, Needs, Program, Proxy, Sent, Setup, Version};
use signalwire_webhook::ForwardingHeader::{XForwardedHost, XForwardedPrefix, XForwardedProto};

static APACHE: Proxy = Proxy {
    program: Program::Debian {
        name: "apache2",
        package: "apache2",
    },
    file: "apache.conf",
    arguments: &["-X", "-d", "DIRECTORY", "-f", "apache.conf"],
    configuration: |front, setup| {
        let tls = match front {
            Front::Plain => "",
            Front::PlainHttp2 => "Protocols h2c",
            Front::TlsHttp1 => "SSLEngine on",
            Front::Tls => "SSLEngine on\nProtocols h2 http/1.1",
        };
        let modules: String = [
            "mpm_event",
            "authz_core",
            "headers",
            "http2",
            "proxy",
            "proxy_http",
            "rewrite",
            "ssl",
        ]
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .concat();
        format!(
            "{modules}
ServerName hooks.example.com
Listen LISTEN
PidFile apache.pid
Mutex file:DIRECTORY
ErrorLog /dev/stderr
User nobody
Group nogroup
SSLCertificateFile CERTIFICATE
SSLCertificateKeyFile PRIVATE_KEY
<VirtualHost LISTEN>
{tls}
{setup}
</VirtualHost>
"
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

/// It appends what it was called to the client's.
const FATES: Fates = Fates {
    host: Fate::Appended,
    ..Fates::ALL_PASSED
};

/// Of the path, and of nothing in the query.
const ARRIVALS: &[(&str, Arrival)] = &[
    ("//voice//x/", Arrival::As("/voice/x/")),
    ("/a/../voice", Arrival::As("/voice")),
    ("/%7Evoice/%61", Arrival::As("/~voice/a")),
    ("/a%2Fb", Arrival::Never(404)),
];

#[test]
fn host_replaced() {
    Setup::of(&APACHE, "ProxyPass / http://UPSTREAM/")
        .needs(BASE)
        .fates(FATES)
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn host_kept() {
    Setup::of(
        &APACHE,
        "ProxyPreserveHost On
        ProxyPass / http://UPSTREAM/",
    )
    .needs(Needs::Nothing)
    .fates(FATES)
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn host_kept_and_nothing_decoded() {
    Setup::of(
        &APACHE,
        "AllowEncodedSlashes NoDecode
        MergeSlashes Off
        ProxyPreserveHost On
        ProxyPass / http://UPSTREAM/ nocanon",
    )
    .front(Front::Tls)
    .needs(Needs::Nothing)
    .fates(FATES)
    // What `ProxyPass` ends with is the slash that the path begins with.
    .arrivals(&[("//voice//x/", Arrival::As("/voice//x/"))])
    .check();
}

#[test]
fn host_said_by_the_proxy_alone() {
    Setup::of(
        &APACHE,
        "RequestHeader unset X-Forwarded-Host early
        RequestHeader set X-Forwarded-Proto https
        ProxyPass / http://UPSTREAM/",
    )
    .needs(Needs::Headers(&[XForwardedHost, XForwardedProto]))
    .needs(BASE)
    .fates(Fates {
        host: Fate::Overwritten,
        proto: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &APACHE,
        "ProxyPreserveHost On
        ProxyPass /hooks/ http://UPSTREAM/",
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(FATES)
    .arrivals(ARRIVALS)
    .check();
}

/// Apache removes the headers that `Connection` names after `RequestHeader` has set them.
#[test]
fn a_prefix_that_is_said_can_be_dropped_by_the_client() {
    let setup = Setup::of(
        &APACHE,
        "ProxyPreserveHost On
        RequestHeader set X-Forwarded-Prefix /hooks
        ProxyPass /hooks/ http://UPSTREAM/",
    )
    .public("https://hooks.example.com/hooks");
    let Some(running) = setup.start() else { return };
    let called = setup.called(&setup.public_url("/voice"));
    let captured = Sent::Form.signature("https://hooks.example.com/voice");
    let replay = Call::unsigned(Version::Http1, &called, Sent::Form)
        .signed(captured)
        .headers(&[("Connection", "close, X-Forwarded-Prefix")]);

    let trusting = Needs::Headers(&[XForwardedPrefix]);
    running.upstream().configure(trusting.public_url());
    assert_eq!(running.client().call(&replay).status, 200);

    let base = Needs::Base("https://hooks.example.com/hooks");
    running.upstream().configure(base.public_url());
    assert!(running.client().call(&replay).is_refusal());
}

/// Without `Connection` the client can have nothing dropped.
#[test]
fn prefix_stripped_and_said() {
    Setup::of(
        &APACHE,
        "ProxyPreserveHost On
        RequestHeader unset Connection early
        RequestHeader set X-Forwarded-Prefix /hooks
        ProxyPass /hooks/ http://UPSTREAM/",
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Headers(&[XForwardedPrefix]))
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(Fates {
        prefix: Fate::Overwritten,
        ..FATES
    })
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn host_kept_and_nothing_added() {
    Setup::of(
        &APACHE,
        "ProxyPreserveHost On
        ProxyAddHeaders Off
        ProxyPass / http://UPSTREAM/",
    )
    .needs(Needs::Nothing)
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn prefix_stripped_by_a_rewrite_rule() {
    Setup::of(
        &APACHE,
        "ProxyPreserveHost On
        RewriteEngine On
        RewriteRule ^/hooks/(.*)$ http://UPSTREAM/$1 [P]",
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(FATES)
    .arrivals(ARRIVALS)
    .check();
}
