//! What has happened to the body, and how the request arrives without it.

use std::borrow::Cow;

use http::{HeaderValue, Method, Uri, header};

use super::{Diagnosis, Found};
use crate::{
    explain::{
        body::{is_one_member, messages::says_form, variations::MessageKind},
        cause::Cause,
        remedy::Remedy,
        search::Hit,
        trial::Arrival,
    },
    verify::{body_digests_match, names_body_digest},
};

const FORM: &str = "application/x-www-form-urlencoded";

/// What is known of the body that was sent.
#[derive(Clone, Copy)]
pub(super) enum Sent {
    AsItArrived,
    Nothing,
    Unknown,
    /// In the query of a GET.
    InQuery,
    Variation(usize),
}

impl Diagnosis<'_, '_> {
    /// What has happened to the body; the variation that was sent, where it is known.
    pub(super) fn find_in_body(&mut self, hit: &Hit<'_>, found: &mut Found) -> Sent {
        let variation = &self.bodies.all()[hit.variation];
        if variation.kind != MessageKind::UrlAlone {
            let causes = variation.causes.clone();
            if causes.is_empty() {
                return Sent::AsItArrived;
            }
            self.note_body(&causes, found);
            return Sent::Variation(hit.variation);
        }
        if variation.query.is_some() {
            found.note(Cause::QueryInForm, Remedy::KeepUrl);
            return Sent::InQuery;
        }
        if names_body_digest(&hit.url) {
            if body_digests_match(&hit.url, self.body) {
                return Sent::AsItArrived;
            }
            let Some(original) = self.variation_of_digest(&hit.url) else {
                found.note(Cause::BodyDigest, Remedy::KeepBody);
                return Sent::Unknown;
            };
            let causes = self.bodies.all()[original].causes.clone();
            self.note_body(&causes, found);
            return Sent::Variation(original);
        }
        if self.body.is_empty() {
            return Sent::AsItArrived;
        }
        found.note(Cause::UnsignedBody, Remedy::SignBody);
        Sent::Nothing
    }

    /// The body that `bodySHA256` names.
    fn variation_of_digest(&mut self, url: &str) -> Option<usize> {
        for index in 0..self.bodies.all().len() {
            if self.bodies.all()[index].kind != MessageKind::RawBody {
                continue;
            }
            let Some(content) = self.bodies.content(index, self.budget) else {
                continue;
            };
            self.budget.pay_hash(content.len()).ok()?;
            if body_digests_match(url, &content) {
                return Some(index);
            }
        }
        None
    }

    fn note_body(&self, causes: &[Cause], found: &mut Found) {
        for &cause in causes {
            let remedy = match cause {
                Cause::Compressed if self.is_decompressed_by_a_layer() => Remedy::Decompress,
                Cause::EmptyFormValues | Cause::FormOrder => Remedy::SignWholeForm,
                _ => Remedy::KeepBody,
            };
            let finding = match cause {
                Cause::Compressed if !self.parts.headers.contains_key(header::CONTENT_ENCODING) => {
                    cause.told(
                        "the body arrived compressed, without a Content-Encoding that says so, and was \
                         signed before that",
                    )
                }
                cause => cause.into(),
            };
            found.note(finding, remedy);
        }
    }

    /// `RequestDecompressionLayer` goes by the header, and needs a feature of its own for each encoding
    /// but this one.
    fn is_decompressed_by_a_layer(&self) -> bool {
        let encoding = self.parts.headers.get(header::CONTENT_ENCODING);
        encoding.map(HeaderValue::as_bytes) == Some(b"gzip") && is_one_member(self.body)
    }

    /// Lets the request arrive as it was sent.
    pub(super) fn apply_to_body(
        &self,
        hit: &Hit<'_>,
        sent: Sent,
        arrival: &mut Arrival<'_>,
        found: &mut Found,
    ) {
        let variation = &self.bodies.all()[hit.variation];
        arrival.body = match sent {
            Sent::AsItArrived => arrival.body.take(),
            Sent::Nothing | Sent::InQuery => Some(Cow::default()),
            Sent::Unknown => None,
            Sent::Variation(index) => self
                .bodies
                .sent(index)
                .map(|body| Cow::Owned(body.into_owned())),
        };
        // The remedy is that the form is signed otherwise, not that it is sent otherwise.
        arrival.is_signed_anew |= variation.causes.contains(&Cause::FormOrder);
        if let Some(query) = &variation.query {
            let path = self.parts.uri.path();
            if let Ok(uri) = format!("{path}{query}").parse::<Uri>() {
                arrival.uri = uri;
                arrival.method = match sent {
                    Sent::InQuery => Method::GET,
                    _ => Method::POST,
                };
            }
        }
        if variation.kind == MessageKind::Form && !says_form(&self.parts.headers) {
            found.note(Cause::ContentType, Remedy::ContentType(FORM));
            arrival.set_content_type(FORM);
        }
    }
}
