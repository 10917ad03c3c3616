use std::{fmt::Write as _, fs, io::Read as _, process::ExitCode};

use http::header::CONTENT_LENGTH;
use serde_json::{Value, json};
use signalwire_webhook::{
    SigningKeys,
    explain::{Cause, Explainer, Explanation},
};

use crate::{
    arguments::ExplainArguments,
    captured::{Captured, read_captured},
    failure::Failure,
    key_input::{public_url, signing_keys},
    print,
    style::Style,
};

pub(crate) fn run(arguments: &ExplainArguments) -> Result<ExitCode, Failure> {
    let verification = &arguments.verification;
    let requests = read_captured(&input(arguments)?)?;
    let keys = SigningKeys::new(signing_keys(&verification.key)?)
        .map_err(|error| Failure::usage(error.to_string()))?;
    let mut explainer = Explainer::new(keys)
        .public_url(public_url(verification)?)
        .show_queries();
    if let Some(url) = &arguments.dashboard_url {
        explainer = explainer.dashboard_url(url);
    }
    let mut all_genuine = true;
    for request in &requests {
        let explanation = explainer.explain(&request.parts, &request.body);
        all_genuine &= explanation.is_genuine();
        print(&if verification.json {
            as_json(&explanation).to_string()
        } else {
            as_text(&explanation, Style::of_stdout()) + line_break_note(request, &explanation)
        })?;
    }
    Ok(if all_genuine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// An editor ends a file with a line break, and without a length none can tell that it is not the
/// request's.
fn line_break_note(request: &Captured, explanation: &Explanation) -> &'static str {
    let has_length = request.parts.headers.contains_key(CONTENT_LENGTH);
    let may_be_added = request.body.ends_with(b"\n") && !has_length;
    if may_be_added && explanation.causes().contains(&Cause::LineBreak) {
        "Unless the line break was added as the request was saved: without a Content-Length, nothing says.\n"
    } else {
        ""
    }
}

fn input(arguments: &ExplainArguments) -> Result<Vec<u8>, Failure> {
    if let Some(file) = &arguments.file {
        return fs::read(file)
            .map_err(|error| Failure::usage(format!("cannot read {}: {error}", file.display())));
    }
    let mut input = Vec::new();
    std::io::stdin()
        .read_to_end(&mut input)
        .map_err(|error| Failure::of(format!("cannot read standard input: {error}")))?;
    Ok(input)
}

pub(crate) fn as_json(explanation: &Explanation) -> Value {
    let causes: Vec<String> = explanation
        .causes()
        .iter()
        .map(|cause| format!("{cause:?}"))
        .collect();
    json!({
        "genuine": explanation.is_genuine(),
        "cause": format!("{:?}", explanation.cause()),
        "causes": causes,
        "scheme": explanation.scheme().map(|scheme| scheme.to_string()),
        "sentence": explanation.sentence(),
        "fix": explanation.fix(),
        "fixes": explanation.remedies().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "likeliest_reasons": explanation.likeliest_reasons(),
        "ruled_out": explanation.ruled_out(),
        "keys_tried": explanation.keys_tried(),
        "computations": explanation.computations(),
    })
}

pub(crate) fn as_text(explanation: &Explanation, style: Style) -> String {
    let mut text = String::new();
    let cause = format!("{:?}", explanation.cause());
    let cause = if explanation.is_genuine() {
        style.strong(&cause)
    } else {
        style.bad(&cause)
    };
    let _ = writeln!(text, "{cause}: {}", explanation.sentence());
    add_list(
        &mut text,
        &style.good("What to change"),
        explanation.remedies(),
    );
    add_list(
        &mut text,
        &style.strong("The likeliest reasons, in order"),
        explanation.likeliest_reasons(),
    );
    add_list(&mut text, &style.dim("Ruled out"), explanation.ruled_out());
    if !explanation.is_genuine() {
        let keys = explanation.keys_tried().join(", ");
        let _ = writeln!(text, "{} {keys}", style.dim("Keys tried:"));
    }
    text
}

fn add_list<T: ToString>(text: &mut String, title: &str, entries: &[T]) {
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}:");
    for (index, entry) in entries.iter().enumerate() {
        let _ = writeln!(text, "  {}. {}", index + 1, entry.to_string());
    }
}
