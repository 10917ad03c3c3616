//! Paths whose bytes are escaped otherwise.

use super::{merge_slashes, with_other_end};
use crate::explain::{
    charset::Charset,
    ranked::Variations,
    url::escapes::{PATH_STYLES, decode, hex_in_other_case, toggled, with_one_in_other_case},
};

/// More escaped slashes than these are not told apart.
const MAX_SLASHES: usize = 6;

pub(super) fn add(paths: &mut Variations<String>, rank: usize, path: &str) {
    for (number, rewritten) in toggled(path, b"/") {
        paths.add(rank + 4, hex_in_other_case(&rewritten));
        paths.add(rank + 1 + number.min(2), rewritten);
    }
    // A dashboard takes a space, which its client escapes.
    paths.add(rank + 1, path.replace("%20", " "));
    for rewritten in with_one_in_other_case(path, b"/") {
        paths.add(rank + 3, rewritten);
    }
    let decoded = decode(path);
    if let Ok(decoded) = str::from_utf8(&decoded) {
        paths.add(rank + 2, decoded.to_owned());
    }
    for style in PATH_STYLES {
        paths.add(rank + 2, style.encoded(&decoded));
    }
    // An escape that was decoded once too often, or escaped once too often.
    paths.add(rank + 2, path.replace('%', "%25"));
    paths.add(rank + 2, path.replace("%25", "%"));
    paths.add(rank + 2, hex_in_other_case(path));
    // A space, where something reads a path as if it was a form.
    paths.add(rank + 2, path.replace('+', "%20"));
    paths.add(rank + 2, path.replace("%20", "+"));
    for text in Charset::read_wrongly(&decoded) {
        paths.add(rank + 4, PATH_STYLES[0].encoded(&text));
    }
    add_escaped_slashes(paths, rank, path);
}

fn add_escaped_slashes(paths: &mut Variations<String>, rank: usize, path: &str) {
    for (added, escape) in [(3, "%2F"), (4, "%2f"), (4, "%5C")] {
        for (index, _) in path.match_indices('/').skip(1).take(MAX_SLASHES) {
            let (start, end) = (&path[..index], &path[index + 1..]);
            paths.add(rank + added, format!("{start}{escape}{end}"));
        }
    }
}

pub(super) fn add_with_other_end(paths: &mut Variations<String>, rank: usize, path: &str) {
    let other_end = with_other_end(path);
    paths.add(rank + 3, merge_slashes(&other_end).into_owned());
    for (number, rewritten) in toggled(&other_end, b"/") {
        paths.add(rank + 2 + number.min(2), rewritten);
    }
    paths.add(rank + 3, hex_in_other_case(&other_end));
}
