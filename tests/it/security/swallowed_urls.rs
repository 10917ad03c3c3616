//! A URL without a path that was signed for another server, in the host or the credentials of a request
//! to this one: the rest of the message is then the attacker's text, with a path of their choosing.

use axum::extract::Request;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use signalwire_webhook::{
    ForwardingHeader, PublicUrl, RejectionReason,
    SignatureScheme::{BodyDigest, FormParameters},
};

use crate::support::{
    Judge, WebhookRequest, key,
    signed::{FORM, SIGNATURE},
};

const SID: &str = "11111111-2222-3333-4444-555555555555";

/// SignalWire's signature of a message to a server that has no path in its URL.
fn captured(url: &str, text: &str) -> String {
    key().sign_form(url, [("AccountSid", SID), ("Body", text)])
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// The text is `x:y@hooks.example.com/sms…`, so that what comes before it is a user.
fn in_credentials(user_host: &str, password_start: &str) -> Request {
    let fields = [
        ("AccountSid", "victim"),
        ("Body", "PAY 1000"),
        ("From", "+1999"),
    ];
    let forged = fields.map(|(name, value)| [name, value].concat()).concat();
    let before = format!("AccountSid{SID}Bodyx");
    let (signed, user, password) = if password_start.is_empty() {
        (
            format!("https://{user_host}"),
            format!("{user_host}{before}"),
            "y".to_owned(),
        )
    } else {
        (
            format!("https://{user_host}:{password_start}"),
            user_host.to_owned(),
            format!("{password_start}{before}"),
        )
    };
    let text = if password_start.is_empty() {
        format!("x:y@hooks.example.com/sms{forged}")
    } else {
        format!("x@hooks.example.com/sms{forged}")
    };
    WebhookRequest::form("https://hooks.example.com/sms", fields)
        .header("authorization", basic(&user, &password))
        .header(SIGNATURE, captured(&signed, &text))
        .unsigned()
}

#[test]
fn a_url_without_a_path_cannot_be_the_user_of_another() {
    for url in [
        PublicUrl::exact("https://hooks.example.com/sms").unwrap(),
        PublicUrl::base("https://hooks.example.com").unwrap(),
        PublicUrl::from_request(),
    ] {
        for (host, port) in [("staging.example.com", ""), ("staging.example.com", "8443")] {
            let judge = Judge::new(key()).public_url(url.clone());
            for judge in [
                judge.clone(),
                judge
                    .accept([FormParameters])
                    .forms_begin_with("AccountSid"),
            ] {
                let verdict = judge.scheme(in_credentials(host, port));
                assert_eq!(verdict, Err(RejectionReason::SignatureMismatch), "{url:?}");
            }
        }
    }
}

#[test]
fn a_digest_in_a_text_does_not_reach_another_host() {
    let body = br#"{"my":"own"}"#;
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(body));
    let target = format!("hooks.example.com/media?bodySHA256={digest}&z=");
    let signature = captured("https://staging.example.com", &format!("x:y@{target}"));
    let user = format!("staging.example.comAccountSid{SID}Bodyx");
    let request = WebhookRequest::raw(format!("https://{target}"), "application/json", body)
        .header("authorization", basic(&user, "y"))
        .header(SIGNATURE, signature);
    for url in [
        PublicUrl::base("https://hooks.example.com").unwrap(),
        PublicUrl::from_request(),
    ] {
        let judge = Judge::new(key()).public_url(url);
        assert!(!judge.passes(request.clone().unsigned()));
        assert!(
            !judge
                .accept([BodyDigest])
                .passes(request.clone().unsigned())
        );
    }
}

/// SignalWire signs no such body: without `AccountSid` and without a brace nothing tells it from a host.
#[test]
fn a_body_that_is_neither_a_cxml_form_nor_json_reaches_another_host() {
    let url = PublicUrl::base("https://hooks.example.com").unwrap();
    for (text, passes) in [("text", true), (r#"{"text""#, false)] {
        let body = format!("{text}:y@hooks.example.com/sms{{}}");
        let signature = key().sign_body_sha1("https://staging.example.com", body.as_bytes());
        let user = format!("staging.example.com{text}");
        let request =
            WebhookRequest::raw("https://hooks.example.com/sms", "application/json", "{}")
                .header("authorization", basic(&user, "y"))
                .header(SIGNATURE, signature);
        let judge = Judge::new(key()).public_url(url.clone());
        assert_eq!(judge.passes(request.unsigned()), passes, "{text}");
    }
}

#[test]
fn a_url_without_a_path_cannot_be_the_beginning_of_a_host() {
    let host = format!("staging.example.comAccountSid{SID}Bodyx");
    let rest = "AccountSidvictim";
    let signature = captured(
        "https://staging.example.com",
        &format!("x/refund?a=b{rest}"),
    );
    let request = |host_header: &str, forwarded: Option<&str>| {
        let request = WebhookRequest::raw(
            "https://hooks.example.com/refund?a=b",
            FORM,
            "AccountSid=victim",
        )
        .header("host", host_header)
        .header(SIGNATURE, &signature);
        match forwarded {
            Some(forwarded) => request.header("x-forwarded-host", forwarded),
            None => request,
        }
        .unsigned()
    };
    let default = Judge::new(key());
    assert_eq!(
        default.scheme(request(&host, None)),
        Err(RejectionReason::UnknownUrl)
    );
    let behind_proxy =
        Judge::new(key()).public_url(PublicUrl::from_headers([ForwardingHeader::XForwardedHost]));
    assert!(!behind_proxy.passes(request("hooks.example.com", Some(&host))));
}

#[test]
fn ordinary_credentials_count_with_and_without_a_configured_url() {
    let url = "https://jane.doe:p%40ss@hooks.example.com/sms";
    let signature = key().sign_form(url, [("AccountSid", SID)]);
    let request = WebhookRequest::form("https://hooks.example.com/sms", [("AccountSid", SID)])
        .header("authorization", basic("jane.doe", "p@ss"))
        .header(SIGNATURE, signature);
    for url in [
        PublicUrl::from_request(),
        PublicUrl::base("https://hooks.example.com").unwrap(),
        PublicUrl::exact("https://hooks.example.com/sms").unwrap(),
    ] {
        let judge = Judge::new(key()).public_url(url);
        assert!(judge.passes(request.clone().unsigned()));
    }
}

/// A form has no names where it is signed as it is written, so that the first of them could not be held
/// against what is known.
#[test]
fn where_forms_have_a_first_name_none_passes_as_a_raw_body() {
    let url = "https://hooks.example.com/tenant/7";
    let text = "&AccountSid=victim&From=+1999&x=";
    let body = format!("AAccountSid{SID}Body{text}");
    let signature = key().sign_body_sha1(url, body.as_bytes());
    // axum's `Form` takes any content type that begins as a form's.
    for content_type in [
        FORM,
        "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        "application/x-www-form-urlencodedx",
        "application/x-www-form-urlencoded,a/b",
        "text/plain",
    ] {
        let request = WebhookRequest::raw(url, content_type, body.as_bytes())
            .header(SIGNATURE, &signature)
            .unsigned();
        let judge = Judge::new(key())
            .public_url(PublicUrl::base("https://hooks.example.com").unwrap())
            .forms_begin_with("AccountSid");
        assert_eq!(
            judge.scheme(request),
            Err(RejectionReason::AmbiguousBoundary)
        );
    }
}
