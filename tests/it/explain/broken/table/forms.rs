//! Forms.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

pub fn forms() -> Vec<Deployment> {
    let form_of = |body: &str| sms().body(body);
    vec![
        case(
            "plus signs not escaped again",
            sms().hop(in_body("%2B", "+")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "escaped twice",
            sms().hop(in_body("%", "%25")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "a line break added",
            sms().hop(raw_bodies::body_suffix("\n")),
            &[Cause::LineBreak],
            KEEP_BODY,
        ),
        case(
            "a text's line feeds",
            form_of("From=%2B1555123000#&Body=a%0Ab").hop(in_body("%0A", "%0D%0A")),
            &[Cause::LineEndings],
            KEEP_BODY,
        ),
        case(
            "a text's carriage returns",
            form_of("From=%2B1555123000#&Body=a%0D%0Ab").hop(in_body("%0D%0A", "%0A")),
            &[Cause::LineEndings],
            KEEP_BODY,
        ),
        case(
            "Latin-1",
            form_of("From=%2B1555123000#&Body=Caf%C3%A9").hop(in_body("%C3%A9", "%E9")),
            &[Cause::FormCharset],
            KEEP_BODY,
        ),
        case(
            "Windows-1252",
            form_of("From=%2B1555123000#&Body=%E2%82%AC5").hop(in_body("%E2%82%AC", "%80")),
            &[Cause::FormCharset],
            KEEP_BODY,
        ),
        case(
            "read as Latin-1",
            form_of("From=%2B1555123000#&Body=Caf%C3%A9").hop(in_body("%C3%A9", "%C3%83%C2%A9")),
            &[Cause::FormCharset],
            KEEP_BODY,
        ),
        case(
            "empty parameters added",
            sms().hop(raw_bodies::body_suffix("&MediaUrl0=")),
            &[Cause::EmptyFormValues],
            "SigningKey::sign_form",
        ),
        case(
            "HTML escaped",
            form_of("From=%2B1555123000#&Body=a%26b%3Cc")
                .hop(in_body("%26", "%26amp%3B"))
                .hop(in_body("%3C", "%26lt%3B")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "JSON's content type",
            sms().hop(content_type("application/json")),
            &[Cause::ContentType],
            "`Content-Type: application/x-www-form-urlencoded`",
        ),
        case(
            "text's content type",
            sms().hop(content_type("text/plain")),
            &[Cause::ContentType],
            "`Content-Type: application/x-www-form-urlencoded`",
        ),
        case(
            "text's content type and a changed body",
            sms()
                .hop(content_type("text/plain"))
                .hop(in_body("%2B", "+")),
            &[Cause::ContentType, Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "text's content type, a changed body and the host",
            sms()
                .hop(content_type("text/plain"))
                .hop(in_body("%2B", "+"))
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::ContentType, Cause::FormEncoding],
            BASE,
        ),
        case(
            "a form in base64",
            sms().hop(base64()),
            &[Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "a form in base64, of another type",
            sms()
                .hop(base64())
                .hop(content_type("application/octet-stream")),
            &[Cause::ContentType, Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "a form as JSON",
            sms().hop(form_as_json()),
            &[Cause::ContentType, Cause::FormAsJson],
            KEEP_BODY,
        ),
        case(
            "a form as multipart",
            sms().hop(form_as_multipart()),
            &[Cause::ContentType, Cause::FormAsMultipart],
            KEEP_BODY,
        ),
        case(
            "a form as a query",
            sms().hop(form_as_query()),
            &[Cause::FormInQuery],
            KEEP_BODY,
        ),
        case(
            "a form as a query after another",
            form("https://hooks.example.com/sms?tenant=7").hop(form_as_query()),
            &[Cause::FormInQuery],
            KEEP_BODY,
        ),
        case(
            "a form as a query and the host",
            sms()
                .hop(form_as_query())
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::FormInQuery],
            BASE,
        ),
        case(
            "empty parameters dropped",
            form_of("From=%2B1555123000#&FromCity=&FromZip=&ToCity=&CallerState=&CallerCity=&CallerZip=&CallerCountry=&CalledCity=&CalledZip=&CalledState=&CalledCountry=&FromCountry=&FromState=&ToState=&ToZip=&ToCountry=").hop(body("drops", |body| body.split(|byte| *byte == b'&').next().unwrap().to_vec())),
            &[Cause::FormParametersDropped],
            KEEP_BODY,
        ),
        case(
            "a form in gzip",
            sms().hop(gzip(true)),
            &[Cause::Compressed],
            "RequestDecompressionLayer",
        ),
        case(
            "a form in gzip, escaped twice",
            sms().hop(in_body("%", "%25")).hop(gzip(true)),
            &[Cause::Compressed, Cause::FormEncoding],
            "RequestDecompressionLayer",
        ),
        case(
            "a form in UTF-16",
            sms().hop(utf_16()),
            &[Cause::BodyCharset],
            KEEP_BODY,
        ),
        case(
            "a body under the signature of an empty form",
            form_of("").hop(body("adds", |_| b"From=%2B1evil".to_vec())),
            &[Cause::UnsignedBody],
            "rightly refused",
        ),
        case(
            "escaped twice after a proxy",
            sms()
                .hop(in_body("%", "%25"))
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::FormEncoding],
            BASE,
        ),
        case(
            "a form and a stripped prefix",
            form("https://hooks.example.com/hooks/sms")
                .hop(in_body("%2B", "+"))
                .hop(stripped("/hooks", "")),
            &[Cause::PathPrefix, Cause::FormEncoding],
            "https://hooks.example.com/hooks",
        ),
    ]
}
