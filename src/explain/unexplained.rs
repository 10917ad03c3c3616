//! What is told of a request whose signature nothing explains.

use super::{
    cause::Cause,
    explanation::Explanation,
    key::candidates::CandidateKey,
    ranked::Ranked,
    reasons::{Visible, of_malformed_signature},
};
use crate::key::SigningKey;

/// What was tried in vain.
pub(super) struct Tried<'a> {
    /// In a sentence.
    pub(super) urls: String,
    pub(super) changes: Vec<Cause>,
    pub(super) keys: &'a [Ranked<CandidateKey>],
    pub(super) is_complete: bool,
}

/// No signature was there to explain.
pub(super) fn without_signature(visible: &Visible<'_>, has_header: bool) -> Explanation {
    if has_header {
        of_cause(Cause::MalformedSignature, of_malformed_signature())
    } else {
        of_cause(Cause::MissingSignature, visible.of_missing_signature())
    }
}

/// Nothing that was tried matches.
pub(super) fn without_match(visible: &Visible<'_>, tried: &Tried<'_>) -> Explanation {
    Explanation {
        ruled_out: ruled_out(tried),
        keys_tried: visible
            .keys
            .iter()
            .map(SigningKey::id)
            .map(str::to_owned)
            .collect(),
        ..of_cause(Cause::NoMatch, visible.of_mismatch())
    }
}

fn of_cause(cause: Cause, likeliest_reasons: Vec<String>) -> Explanation {
    Explanation {
        causes: vec![cause],
        sentence: cause.to_string(),
        likeliest_reasons,
        ..Explanation::of_nothing()
    }
}

fn ruled_out(tried: &Tried<'_>) -> Vec<String> {
    let mut ruled_out = vec![format!("urls: {}", tried.urls)];
    let of_keys = tried.keys.iter().flat_map(|key| key.value.causes());
    let mut causes: Vec<Cause> = tried.changes.clone();
    for cause in of_keys {
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    causes.sort_by_key(|cause| cause.place());
    ruled_out.extend(causes.iter().map(|cause| format!("that {cause}")));
    if !tried.is_complete {
        ruled_out
            .push("of their combinations, the likeliest alone: the budget is spent".to_owned());
    }
    ruled_out
}
