//! Fields of one name, in another order or number than they were signed in.

use signalwire_webhook::{
    RejectionReason, SigningKey, validate_request, validate_request_with_body,
};

use crate::support::{
    Judge, WebhookRequest,
    signed::{FORM, SIGNATURE},
};

const URL: &str = "https://example.com/hook";

fn form(body: &str, signature: &str) -> axum::extract::Request {
    WebhookRequest::raw(URL, FORM, body)
        .header(SIGNATURE, signature)
        .unsigned()
}

/// The signatures of `ToaTob`, `Toa` and `Bodyhi`, as SignalWire would make them.
#[test]
fn another_order_or_number_of_equal_names_is_refused() {
    let key = SigningKey::new("test-key").unwrap();
    for (signature, genuine, forged) in [
        (
            "x8TMzW4SfG5TI4zuo4PFIS1APNA=",
            "To=a&To=b",
            &["To=b&To=a", "To=b&To=a&To=b&To=a", "To=a&To=b&To=a&To=b"][..],
        ),
        (
            "whXS9xNU4hXAO+xsSkUzc4SxZIY=",
            "To=a",
            &["To=a&To=a", "To=a&To=a&To=a"],
        ),
        (
            "49ZLPAV1eyIp/hwBEQ95CpqBOrs=",
            "Body=hi",
            &["Body=hi&Body=hi", "Body=hi&Body=hi&Body=hi"],
        ),
    ] {
        let judge = Judge::new(key.clone());
        assert!(judge.passes(form(genuine, signature)), "{genuine}");
        for forged in forged {
            let verdict = judge.scheme(form(forged, signature));
            assert_eq!(verdict, Err(RejectionReason::SignatureMismatch), "{forged}");
            let decoded = form_urlencoded::parse(forged.as_bytes());
            assert!(!validate_request(&key, signature, URL, decoded), "{forged}");
            let raw = forged.as_bytes();
            assert!(
                !validate_request_with_body(&key, signature, URL, raw),
                "{forged}"
            );
        }
    }
}
