//! The layer behind real proxies, over TLS, and in AWS Lambda.

mod apache;
mod caddy;
mod envoy;
mod example;
mod express_http_proxy;
mod fastify_http_proxy;
mod haproxy;
mod harness;
mod http_proxy_middleware;
mod lambda;
mod lighttpd;
mod nginx;
mod tls;
mod traefik;
mod varnish;
