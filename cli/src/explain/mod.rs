//! `explain`: why captured requests are refused, and what to change.

mod report;

use std::{path::Path, process::ExitCode};

use http::{Method, header::CONTENT_LENGTH};
use signalwire_webhook::explain::{Cause, Explainer, Explanation};

use self::report::{Heading, Report};
pub(crate) use self::report::{explanation_as_json, explanation_as_text};
use crate::{
    arguments::{ExplainArguments, LayerArguments},
    capture::{Captured, Files, PossibleBody, read_capture},
    failure::Failure,
    layer::DescribedLayer,
    limited::{CAPTURE_LIMIT, read_file, read_stdin},
    terminal::{print, print_json},
};

pub(crate) fn run(arguments: &ExplainArguments) -> Result<ExitCode, Failure> {
    let dashboard_url = arguments.dashboard_url.as_deref();
    let dashboard_url = dashboard_url.map(checked).transpose()?;
    let files = if arguments.read_files {
        Files::Read
    } else {
        Files::Refused
    };
    let requests = read_capture(&input(arguments)?, files)?;
    let explainer = explainer(&arguments.layer, dashboard_url)?;
    let number = requests.len();
    let mut all_genuine = true;
    for (index, request) in requests.iter().enumerate() {
        let heading = Heading::of(request, index, number);
        let report = Report::new(heading, explain(&explainer, request));
        all_genuine &= report.is_genuine();
        if arguments.json {
            print_json(&report.as_json())?;
        } else {
            print(&report.as_text())?;
        }
    }
    Ok(if all_genuine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn explainer(layer: &LayerArguments, dashboard_url: Option<&str>) -> Result<Explainer, Failure> {
    let explainer = DescribedLayer::from_arguments(layer)?.explainer();
    let explainer = explainer.show_queries();
    Ok(match dashboard_url {
        Some(url) => explainer.dashboard_url(url),
        None => explainer,
    })
}

/// What is wrong with a URL otherwise may be the very cause.
fn checked(dashboard_url: &str) -> Result<&str, Failure> {
    let url = dashboard_url.trim();
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    if scheme.is_empty() || scheme.contains(['/', '?', '#', '.']) {
        return Err(Failure::usage(format!(
            "--dashboard-url {url:?} has no scheme: write it as the dashboard has it, as in {:?}",
            format!("https://{}", url.trim_start_matches('/'))
        )));
    }
    Ok(url)
}

fn input(arguments: &ExplainArguments) -> Result<Vec<u8>, Failure> {
    match &arguments.file {
        Some(file) if file != Path::new("-") => read_file(file, CAPTURE_LIMIT),
        _ => read_stdin(CAPTURE_LIMIT),
    }
}

/// Explains each of the possible bodies, and answers the explanation that leaves the least to
/// change.
fn explain(explainer: &Explainer, request: &Captured) -> (Explanation, Vec<String>) {
    let explanations = request.bodies.iter().map(|body| {
        let explanation = explainer.explain(&request.parts, &body.bytes);
        (body, explanation)
    });
    let (body, explanation) = explanations
        .min_by_key(|(_, explanation)| left_to_change(explanation))
        .expect("a captured request has a body, be it an empty one");
    let mut notes = request.notes.clone();
    if explanation.is_genuine() {
        let confirmed = |note| format!("{note}, which the signature confirms");
        notes.extend(body.note.map(confirmed));
        notes.extend(line_break_note(request, body, &explanation));
    } else {
        notes.extend(empty_body_note(request, body));
    }
    (explanation, notes)
}

fn left_to_change(explanation: &Explanation) -> usize {
    match explanation.cause() {
        Cause::Accepted => 0,
        _ if explanation.is_genuine() => explanation.causes().len(),
        _ => usize::MAX,
    }
}

/// An editor ends a file with a line break, and without a length nothing says whose it is.
fn line_break_note(
    request: &Captured,
    body: &PossibleBody,
    explanation: &Explanation,
) -> Option<String> {
    let has_length = request.parts.headers.contains_key(CONTENT_LENGTH);
    let may_be_added = body.bytes.ends_with(b"\n") && !has_length;
    (may_be_added && explanation.causes().contains(&Cause::LineBreak)).then(|| {
        "the line break may have been added when the request was saved: without a Content-Length, \
         nothing says"
            .to_owned()
    })
}

/// Tools leave bodies out that were too long, or not kept.
fn empty_body_note(request: &Captured, body: &PossibleBody) -> Option<String> {
    let has_length = request.parts.headers.contains_key(CONTENT_LENGTH);
    let should_have_one = request.parts.method == Method::POST && !has_length;
    (body.bytes.is_empty() && should_have_one).then(|| {
        "the capture has no body, and SignalWire's POST has one, which is signed: where the tool left it \
         out, export the request with its body, or as raw HTTP"
            .to_owned()
    })
}
