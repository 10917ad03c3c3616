//! Paths whose last name has another ending, and names in another case.

use crate::explain::ranked::Variations;

/// Of files that a server runs or that a framework writes, and leaves out of the path that it hands on.
const ENDINGS: [&str; 8] = ["php", "aspx", "json", "xml", "html", "ashx", "cgi", "jsp"];
const LONGEST_ENDING: usize = 5;

pub(super) fn add(paths: &mut Variations<String>, rank: usize, path: &str) {
    add_endings(paths, rank, path);
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        paths.add(rank + 3, path.to_ascii_lowercase());
    }
    paths.add(rank + 4, with_capitals(path));
    let last = path.rfind('/').map_or(0, |slash| slash + 1);
    paths.add(
        rank + 4,
        format!("{}{}", &path[..last], with_capitals(&path[last..])),
    );
    paths.add(rank + 4, path.to_ascii_uppercase());
    // A route below it that a rewriting chose.
    if last > 1 {
        paths.add(rank + 4, path[..last - 1].to_owned());
        paths.add(rank + 4, path[..last].to_owned());
    }
    // What a person pastes after a URL, and its client removes.
    paths.add(rank + 4, format!("{path} "));
    paths.add(rank + 4, format!("{path}%20"));
}

fn add_endings(paths: &mut Variations<String>, rank: usize, path: &str) {
    let last = path.rfind('/').map_or(0, |slash| slash + 1);
    let (folder, name) = path.split_at(last);
    if name.starts_with("index.") {
        paths.add(rank + 3, folder.to_owned());
        paths.add(rank + 3, folder.trim_end_matches('/').to_owned());
    }
    match name.rsplit_once('.') {
        Some((name, ending)) if ending.len() <= LONGEST_ENDING => {
            paths.add(rank + 3, format!("{folder}{name}"));
        }
        _ if name.is_empty() => {}
        _ => {
            for ending in ENDINGS {
                paths.add(rank + 4, format!("{path}.{ending}"));
            }
        }
    }
}

/// `/Voice/Incoming`, as a server that does not tell the case of letters hands on in lower case.
fn with_capitals(path: &str) -> String {
    let mut previous = '/';
    let capitalised = path.chars().map(|character| {
        let is_first = previous == '/';
        previous = character;
        if is_first {
            character.to_ascii_uppercase()
        } else {
            character
        }
    });
    capitalised.collect()
}
