//! Paths after what a proxy takes away, and without what it puts there.

use super::{MAX_LENGTH, merge_slashes, with_other_end};
use crate::explain::{
    ranked::Variations,
    url::escapes::{PATH_STYLES, decode},
};

/// Below these, applications are often mounted; the likeliest first.
const USUAL_PREFIXES: [&str; 20] = [
    "/hooks",
    "/api",
    "/webhooks",
    "/webhook",
    "/signalwire",
    "/hook",
    "/v1",
    "/app",
    "/public",
    "/prod",
    "/api/v1",
    "/callbacks",
    "/callback",
    "/backend",
    "/service",
    "/stage",
    "/dev",
    "/default",
    "/twilio",
    "/proxy",
];

/// Below these sometimes.
const RARER_PREFIXES: [&str; 23] = [
    "/api/webhooks",
    "/api/hooks",
    "/api/webhook",
    "/api/signalwire",
    "/webhooks/signalwire",
    "/webhook/signalwire",
    "/hooks/signalwire",
    "/api/webhooks/signalwire",
    "/v2",
    "/api/v2",
    "/staging",
    "/production",
    "/test",
    "/live",
    "/internal",
    "/services",
    "/functions/v1",
    "/.netlify/functions",
    "/integrations",
    "/external",
    "/prod/v1",
    "/dev/v1",
    "/prod/api",
];

/// The path after each prefix that something names, and without each: what a proxy takes away or
/// puts before it.
pub(in crate::explain::url) fn add_with_prefixes<'p>(
    paths: &mut Variations<String>,
    path: &str,
    named: impl Iterator<Item = &'p str>,
) {
    for prefix in named {
        let prefix = prefix.trim_matches('/');
        if prefix.is_empty() || prefix.len() > MAX_LENGTH {
            continue;
        }
        add_after_prefix(paths, 1, path, &format!("/{prefix}"));
        if let Some(rest) = path.strip_prefix(&format!("/{prefix}")) {
            paths.add(1, rest.to_owned());
        }
        // A header may have it decoded.
        for style in &PATH_STYLES[..2] {
            add_after_prefix(
                paths,
                2,
                path,
                &format!("/{}", style.encoded(&decode(prefix))),
            );
        }
        if prefix.contains('/') {
            add_after_prefix(paths, 2, path, &format!("/{}", prefix.replace('/', "%2F")));
        }
    }
}

fn add_after_prefix(paths: &mut Variations<String>, rank: usize, path: &str, prefix: &str) {
    let whole = format!("{prefix}{path}");
    // What takes `/hooks` away leaves `/` of it, and what takes `/hooks/` away may leave two slashes.
    if path == "/" {
        paths.add(rank, prefix.to_owned());
    }
    let merged = merge_slashes(&whole).into_owned();
    paths.add(rank, whole);
    paths.add(rank + 1, merged.clone());
    paths.add(rank + 1, with_other_end(&merged));
}

/// The path after what applications are often mounted below, and without its first segments, which
/// a proxy may have put there.
pub(in crate::explain::url) fn add_with_usual_prefixes(paths: &mut Variations<String>, path: &str) {
    if path.len() > MAX_LENGTH {
        return;
    }
    let mut rest = path;
    for number in 0..2 {
        let Some(slash) = rest.get(1..).and_then(|rest| rest.find('/')) else {
            break;
        };
        rest = &rest[slash + 1..];
        paths.add(2 + number, rest.to_owned());
        paths.add(3 + number, with_other_end(rest));
    }
    let segments = path.matches('/').count();
    if (1..=2).contains(&segments) && path.len() > 1 {
        paths.add(2 + segments, "/".to_owned());
        paths.add(2 + segments, String::new());
    }
    for prefix in USUAL_PREFIXES {
        add_after_prefix(paths, 3, path, prefix);
    }
    for prefix in RARER_PREFIXES {
        add_after_prefix(paths, 4, path, prefix);
    }
    let after_first = path.get(1..).and_then(|rest| rest.find('/'));
    if let Some(slash) = after_first {
        for prefix in USUAL_PREFIXES {
            paths.add(4, format!("{prefix}{}", &path[slash + 1..]));
        }
    }
}
