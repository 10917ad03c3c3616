//! Where the layer and SignalWire's packages are known to disagree, and why that is right.

use signalwire_webhook::{
    RejectionReason,
    SignatureScheme::{self, BodyDigest, FormParameters, RawBodySha1, RawBodySha256},
};

use crate::{
    disagreement::Disagreement,
    package::Package::{self, CompatibilityApi, Python, Rust, WebApi},
    signing::{
        BYTE_ORDER_MARK, SIGNALWIRE, in_javascripts_order, in_order, is_lossy, json_members,
    },
    webhook::UrlSource,
};

pub struct Deviation {
    pub name: &'static str,
    pub reason: &'static str,
    pub explains: fn(&Disagreement<'_>) -> bool,
}

const RAW_BODY: [SignatureScheme; 2] = [RawBodySha1, RawBodySha256];
const JAVASCRIPT: [Package; 2] = [CompatibilityApi, WebApi];
const SDKS: [Package; 2] = [Python, Rust];

/// The first that explains a disagreement counts. Those that the layer refuses stand first.
pub const DEVIATIONS: &[Deviation] = &[
    Deviation {
        name: "bodySHA256 written with escapes",
        reason: "SignalWire writes it plainly; the packages decode the query before they look",
        explains: |case| {
            let escaped_value = case.webhook.url.body_digests().join("").contains('%');
            let is_refused = case.is_refused_for(&[RejectionReason::BodyDigestMismatch])
                && escaped_value
                || (case.is_refused_as_unsigned()
                    || case.is_refused_for(&[RejectionReason::BodyTooLarge]))
                    && case.webhook.has_escaped_digest_name();
            let is_accepted = case.is_of(&SDKS)
                && case.is_accepted_as(&[FormParameters])
                && case.webhook.has_escaped_digest_name();
            is_refused || is_accepted
        },
    },
    Deviation {
        name: "a body that nothing signed",
        reason: "the packages hold base64 against the URL alone, whatever the body",
        explains: |case| {
            // Without a content type the layer reads it as a form, and Express not at all.
            let is_too_large_a_form = case.webhook.content_type.is_none()
                && case.is_refused_for(&[RejectionReason::BodyTooLarge]);
            (case.is_refused_as_unsigned() || is_too_large_a_form)
                && !case.webhook.body.is_empty()
                && case.is_signed_with(b"")
        },
    },
    Deviation {
        name: "one header with two values",
        reason: "the SDKs take the first and see no second",
        explains: |case| {
            case.is_of(&SDKS) && case.is_refused_for(&[RejectionReason::AmbiguousSignature])
        },
    },
    Deviation {
        name: "an empty header beside Twilio's",
        reason: "compatibility-api passes over the header of SignalWire where it is empty",
        explains: |case| {
            case.is_of(&[CompatibilityApi])
                && case.is_refused_for(&[RejectionReason::MalformedSignature])
                && case
                    .webhook
                    .signatures
                    .contains(&(SIGNALWIRE, String::new()))
        },
    },
    Deviation {
        name: "a form that does not say so",
        reason: "the SDKs read every body as a form, whatever its content type",
        explains: |case| {
            case.is_of(&SDKS)
                && (case.is_refused_as_unsigned()
                    || case.is_refused_for(&[RejectionReason::BodyDigestMismatch]))
                && !case.webhook.has_form_type()
                && case.is_signed_with(&in_order(&case.webhook.body))
        },
    },
    Deviation {
        name: "members of a JSON object as parameters",
        reason: "web-api takes a parsed body of any type for a parsed form",
        explains: |case| {
            let members = json_members(&case.webhook.body);
            case.is_of(&[WebApi])
                && case.is_refused_as_unsigned()
                && !members.is_empty()
                && case.is_signed_with(members.as_bytes())
        },
    },
    Deviation {
        name: "a form whose first name does not begin with a letter",
        reason: "the packages take any form after the URL, so a signature for a longer URL passes \
                 with the rest of it as a first name; SignalWire's names begin with a letter",
        explains: |case| {
            case.is_refused_for(&[RejectionReason::AmbiguousBoundary])
                && !case.webhook.may_follow_a_url_as_a_form()
                && case.is_signed_with(&in_order(&case.webhook.body))
        },
    },
    Deviation {
        name: "a raw body that begins with neither a letter nor a bracket",
        reason: "the packages take any body after the URL, so a signature for a longer URL passes \
                 with the rest of it before the body; SignalWire's JSON begins with a brace",
        explains: |case| {
            case.is_of(&[WebApi, Python, Rust])
                && case.is_refused_as_unsigned()
                && !case.webhook.may_follow_a_url_as_it_is()
                && case.is_signed_in_hex_with(&case.webhook.body)
        },
    },
    Deviation {
        name: "more than 1,000 parameters",
        reason: "the SDKs have no limit; Express has this one",
        explains: |case| case.is_of(&SDKS) && case.is_refused_for(&[RejectionReason::BodyTooLarge]),
    },
    Deviation {
        name: "a digest of more than 1,000 parameters",
        reason: "Express parses a form, and refuses it, before anything looks at the digest",
        explains: |case| {
            case.is_of(&JAVASCRIPT)
                && case.is_accepted_as(&[BodyDigest])
                && case.webhook.body.split(|&byte| byte == b'&').count() > 1_000
        },
    },
    Deviation {
        name: "bodySHA256 twice",
        reason: "the packages look at one of them, and not the same one",
        explains: |case| {
            case.is_refused_for(&[RejectionReason::BodyDigestMismatch])
                && case.webhook.url.body_digests().len() > 1
        },
    },
    Deviation {
        name: "an empty body for {}",
        reason: "compatibility-api and web-api put {} in the place of a body that is not there",
        explains: |case| {
            case.webhook.body.is_empty()
                && (case.is_of(&[CompatibilityApi])
                    && (case.is_refused_for(&[RejectionReason::BodyDigestMismatch])
                        || case.is_accepted_as(&[BodyDigest]))
                    || case.is_of(&[WebApi])
                        && case.is_refused_as_unsigned()
                        && case.is_signed_in_hex_with(b"{}"))
        },
    },
    Deviation {
        name: "bodySHA256 of another body",
        reason: "web-api does not look at it",
        explains: |case| {
            case.is_of(&[WebApi]) && case.is_refused_for(&[RejectionReason::BodyDigestMismatch])
        },
    },
    Deviation {
        name: "a URL that a package writes otherwise",
        reason: "the packages take the URL apart and put another one together, and credentials \
                 from a request's header are encoded in one way alone",
        explains: |case| {
            (case.is_refused_as_unsigned() && case.is_signed_for_other_url())
                || case.is_accepted_by_url(|signed, url| signed == url)
        },
    },
    Deviation {
        name: "the SHA-256 header",
        reason: "only the Python package reads it",
        explains: |case| {
            case.is_of(&[CompatibilityApi, WebApi, Rust]) && case.is_accepted_as(&[RawBodySha256])
        },
    },
    Deviation {
        name: "hex",
        reason: "compatibility-api knows no raw-body signature",
        explains: |case| case.is_of(&[CompatibilityApi]) && case.is_accepted_as(&[RawBodySha1]),
    },
    Deviation {
        name: "hex in upper case",
        reason: "the packages compare the text, the layer the bytes",
        explains: |case| {
            case.is_of(&[WebApi, Python, Rust])
                && case.is_accepted_as(&RAW_BODY)
                && case.webhook.has_hex_in_upper_case()
        },
    },
    Deviation {
        name: "the other scheme",
        reason: "a server behind TLS termination cannot see the scheme, so both are tried",
        explains: |case| {
            case.webhook.url_source == UrlSource::Request
                && case.is_accepted_by_url(|signed, url| signed.scheme != url.scheme)
        },
    },
    Deviation {
        name: "the port of the signed URL",
        reason: "the SDKs remove no custom port, and no package tries a port beside hex",
        explains: |case| case.is_accepted_by_url(|signed, url| signed.port != url.port),
    },
    Deviation {
        name: "credentials left out",
        reason: "a call is signed without the credentials of the configured URL, a message with \
                 them, as the guide says; the packages try the one that they are given",
        explains: |case| {
            case.is_accepted_by_url(|signed, url| {
                signed.userinfo.is_none() && url.userinfo.is_some()
            })
        },
    },
    Deviation {
        name: "no path, or a slash",
        reason: "a URL configured without a path is requested with one; the packages try one",
        explains: |case| case.is_accepted_by_url(|signed, url| signed.path != url.path),
    },
    Deviation {
        name: "the host in lower case",
        reason: "a request may bring the host as configured or in lower case; the packages try one",
        explains: |case| case.is_accepted_by_url(|signed, url| signed.host != url.host),
    },
    Deviation {
        name: "names in the order of UTF-16",
        reason: "JavaScript sorts by UTF-16 code units, which differs beyond U+FFFF; Ruby, Python \
                 and Rust sort by bytes",
        explains: |case| {
            let body = &case.webhook.body;
            let javascripts = in_javascripts_order(body);
            case.is_of(&JAVASCRIPT)
                && javascripts != in_order(body)
                && (case.is_accepted_as(&[FormParameters])
                    || case.is_refused_as_unsigned() && case.is_signed_with(&javascripts))
        },
    },
    Deviation {
        name: "a form without a content type",
        reason: "Express parses none; the layer takes it for a form, and its signature decides",
        explains: |case| {
            case.is_of(&JAVASCRIPT)
                && case.is_accepted_as(&[FormParameters])
                && case.webhook.content_type.is_none()
                && !case.webhook.body.is_empty()
        },
    },
    Deviation {
        name: "a charset that Express does not know",
        reason: "Express refuses it with 415; the layer reads bytes",
        explains: |case| {
            case.is_of(&JAVASCRIPT)
                && case.ours.accepts()
                && case.theirs.error.as_deref() == Some("express: charset.unsupported")
        },
    },
    Deviation {
        name: "what is not UTF-8",
        reason: "the packages replace or refuse what is not UTF-8; the layer verifies the bytes, so \
                 that no two bodies are one",
        explains: |case| {
            let body = &case.webhook.body;
            let is_text = str::from_utf8(body).is_ok();
            (case.ours.accepts() && !is_text)
                || case.is_accepted_as(&[FormParameters]) && is_lossy(body)
                || case.is_refused_as_unsigned()
                    && is_lossy(body)
                    && case.is_signed_with(&in_order(body))
                || case.is_of(&[WebApi])
                    && case.is_refused_as_unsigned()
                    && !is_text
                    && case.is_signed_in_hex_with(String::from_utf8_lossy(body).as_bytes())
        },
    },
    Deviation {
        name: "a byte order mark",
        reason: "Express drops it; the layer verifies the bytes, so that no two bodies are one",
        explains: |case| {
            let unmarked = case.webhook.body.strip_prefix(BYTE_ORDER_MARK);
            let is_signed_without = |unmarked: &[u8]| case.is_signed_with(&in_order(unmarked));
            case.is_of(&JAVASCRIPT)
                && (unmarked.is_some() && case.is_accepted_as(&[FormParameters])
                    || case.is_refused_as_unsigned() && unmarked.is_some_and(is_signed_without))
        },
    },
    Deviation {
        name: "a form beside bodySHA256",
        reason: "compatibility-api leaves the form out wherever the URL has that text, and fails \
                 where it is not the name of a query's parameter",
        explains: |case| {
            case.is_of(&[CompatibilityApi])
                && case.is_accepted_as(&[FormParameters])
                && case.webhook.url.to_string().contains("bodySHA256")
        },
    },
    Deviation {
        name: "bodySHA256 in upper case",
        reason: "the packages compare the text, the layer the bytes",
        explains: |case| {
            let digests = case.webhook.url.body_digests().join("");
            case.is_of(&[CompatibilityApi, Python, Rust])
                && case.is_accepted_as(&[BodyDigest, FormParameters])
                && digests != digests.to_ascii_lowercase()
        },
    },
    Deviation {
        name: "bodySHA256",
        reason: "web-api does not know it",
        explains: |case| case.is_of(&[WebApi]) && case.is_accepted_as(&[BodyDigest]),
    },
    Deviation {
        name: "hex of a form or of nothing",
        reason: "web-api is handed the JSON of what Express parsed, never the form as sent",
        explains: |case| {
            case.is_of(&[WebApi])
                && case.is_accepted_as(&[RawBodySha1])
                && (case.webhook.has_form_type() || case.webhook.body.is_empty())
        },
    },
];
