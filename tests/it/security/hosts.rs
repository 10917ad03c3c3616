//! A request that names two hosts: the layer must not verify one and the handler serve the other.

use axum::extract::Request;
use http::HeaderValue;
use signalwire_webhook::{
    ForwardingHeader, PublicUrl,
    RejectionReason::{AmbiguousHost, SignatureMismatch},
};

use crate::support::{Judge, WebhookRequest, key, signed::SIGNATURE};

const A: &str = "tenant-a.example";
const B: &str = "tenant-b.example";

fn judge(url: PublicUrl) -> Judge {
    Judge::new(key()).public_url(url)
}

fn base(url: &str) -> PublicUrl {
    PublicUrl::base(url).unwrap()
}

/// Signed for one host, with a request line and `Host` lines of the sender's choosing.
fn sms(signed_host: &str, target: &str, hosts: &[&str]) -> Request {
    let url = format!("https://{signed_host}/sms");
    let signature = key().sign_form(&url, [("From", "+1555")]);
    let sms = WebhookRequest::form(&url, [("From", "+1555")]).header(SIGNATURE, signature);
    let mut request = sms.unsigned();
    *request.uri_mut() = target.parse().unwrap();
    request.headers_mut().remove("host");
    for host in hosts {
        let host = HeaderValue::from_str(host).unwrap();
        request.headers_mut().append("host", host);
    }
    request
}

#[test]
fn two_hosts_in_one_request_are_refused_whichever_is_signed() {
    for (target, hosts) in [
        ("http://tenant-a.example/sms", &[B][..]),
        ("https://tenant-a.example/sms", &[B]),
        ("http://tenant-b.example/sms", &[A]),
        ("/sms", &[A, B]),
        ("/sms", &[B, A]),
        ("/sms", &[A, A, B]),
        ("http://tenant-a.example/sms", &[A, B]),
        ("/sms", &[A, "tenant-a.example:8443"]),
        ("http://tenant-a.example:8443/sms", &[A]),
        ("http://tenant-a.example/sms", &[""]),
        ("/sms", &[A, ""]),
        ("/sms", &["", A]),
    ] {
        for signed in [A, B] {
            let verdict = judge(PublicUrl::from_request()).scheme(sms(signed, target, hosts));
            assert_eq!(verdict, Err(AmbiguousHost), "{target} {hosts:?} {signed}");
        }
    }
}

#[test]
fn one_host_that_is_named_twice_passes() {
    for (target, hosts) in [
        ("http://tenant-a.example/sms", &[A][..]),
        ("http://tenant-a.example/sms", &["Tenant-A.Example"]),
        ("http://tenant-a.example:80/sms", &[A]),
        ("https://tenant-a.example/sms", &["tenant-a.example:443"]),
        ("http://tenant-a.example/sms", &[]),
        ("/sms", &[A, A]),
    ] {
        let request = sms(A, target, hosts);
        assert!(judge(PublicUrl::from_request()).passes(request), "{target}");
    }
}

/// The configured URL is verified, and `Host` is not: so no handler may tell tenants by it.
#[test]
fn with_a_configured_url_the_hosts_of_the_request_are_not_verified() {
    let a = base("https://tenant-a.example");
    let exact = PublicUrl::exact("https://tenant-a.example/sms").unwrap();
    for url in [a, exact] {
        for (target, hosts) in [
            ("/sms", &[B][..]),
            ("/sms", &[A, B]),
            ("http://tenant-b.example/sms", &[A]),
        ] {
            assert!(judge(url.clone()).passes(sms(A, target, hosts)));
            let verdict = judge(url.clone()).scheme(sms(B, target, hosts));
            assert_eq!(verdict, Err(SignatureMismatch), "{hosts:?}");
        }
    }
}

/// Extractors that read such a header name another host than the proof does.
#[test]
fn a_forwarding_header_that_is_not_trusted_passes_and_the_proof_has_the_signed_host() {
    for header in ["x-forwarded-host", "forwarded"] {
        let mut request = sms(A, "/sms", &[A]);
        let other = HeaderValue::from_static("host=tenant-b.example");
        request.headers_mut().insert(header, other);
        let verified = judge(PublicUrl::from_request()).judge(request).unwrap();
        assert_eq!(verified.url(), "https://tenant-a.example/sms", "{header}");
    }
}

#[test]
fn each_source_of_several_is_decided_by_itself() {
    let url = base("https://hooks.example").or(PublicUrl::from_request());
    let two_hosts = |signed| sms(signed, "/sms", &[A, B]);
    assert!(judge(url.clone()).passes(two_hosts("hooks.example")));
    for signed in [A, B] {
        let verdict = judge(url.clone()).scheme(two_hosts(signed));
        assert_eq!(verdict, Err(AmbiguousHost));
        assert!(judge(url.clone()).passes(sms(signed, "/sms", &[signed])));
    }
}

#[test]
fn a_trusted_header_names_the_host_and_without_it_the_request_does() {
    let url = PublicUrl::from_headers([ForwardingHeader::XForwardedHost]);
    let mut named = sms("hooks.example", "/sms", &[A, B]);
    let host = HeaderValue::from_static("hooks.example");
    named.headers_mut().insert("x-forwarded-host", host);
    assert!(judge(url.clone()).passes(named));
    let verdict = judge(url).scheme(sms(A, "/sms", &[A, B]));
    assert_eq!(verdict, Err(AmbiguousHost));
}

#[cfg(feature = "axum")]
mod on_a_socket {
    use axum::{Router, routing::post};
    use http::{HeaderMap, Uri};
    use signalwire_webhook::SignalWireWebhookLayer;

    use super::{A, B};
    use crate::support::{
        REFUSED, key,
        server::{RawRequest, Server},
        signed::SIGNATURE,
    };

    /// A handler that tells its tenants by `Host`, as many do.
    async fn tenants() -> Server {
        let tenant = async |uri: Uri, headers: HeaderMap| {
            let host = headers.get("host").and_then(|host| host.to_str().ok());
            let host = host.or(uri.host()).unwrap_or_default();
            format!("served {host}")
        };
        let app = Router::new()
            .route("/sms", post(tenant))
            .layer(SignalWireWebhookLayer::new(key()));
        Server::start(app).await
    }

    fn captured(target: &str) -> RawRequest {
        let signature = key().sign_form("https://tenant-a.example/sms", [("From", "+1555")]);
        RawRequest::post(target)
            .header(SIGNATURE, signature)
            .form("From=%2B1555")
    }

    #[tokio::test]
    async fn http_1_with_another_host_than_that_of_the_request_line_is_refused() {
        let server = tenants().await;
        let absolute = || captured("http://tenant-a.example/sms");
        server.send(&absolute().host(B)).await.assert_refused();
        let genuine = server.send(&absolute().host(A)).await;
        assert_eq!(
            (genuine.status, &*genuine.body),
            (200, "served tenant-a.example")
        );
    }

    /// A server may refuse it before the layer does.
    #[tokio::test]
    async fn http_1_with_two_host_lines_is_refused() {
        let server = tenants().await;
        for hosts in [[A, B], [B, A]] {
            let request = captured("/sms").host(hosts[0]).host(hosts[1]);
            let reply = server.send(&request).await;
            assert!([400, 403].contains(&reply.status), "{reply:?}");
        }
    }

    #[tokio::test]
    async fn http_2_with_another_host_than_its_authority_is_refused() {
        let server = tenants().await;
        let two_hosts = captured("/sms").host(B);
        assert_eq!(server.send_http2(A, &two_hosts).await, REFUSED);
        for genuine in [captured("/sms"), captured("/sms").host(A)] {
            let answer = server.send_http2(A, &genuine).await;
            assert_eq!(answer, "served tenant-a.example");
        }
    }
}
