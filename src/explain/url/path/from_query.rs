//! Paths that a rewriting rule has put into the query: of a front controller (`/index.php?q=/sms`), and
//! segments that became parameters (`/sms?id=7` for `/sms/7`).

use super::MAX_LENGTH;
use crate::explain::{ranked::Variations, url::escapes::decode};

/// More parameters are not of a rewriting rule.
const MAX_PAIRS: usize = 8;
/// What rules call the parameter that has the path, where it has no slash before it.
const NAMES: [&str; 8] = ["q", "url", "uri", "path", "route", "page", "r", "_url"];

pub(in crate::explain::url) fn add_from_query(
    paths: &mut Variations<String>,
    path: &str,
    query: &str,
) {
    let query = query.trim_start_matches('?');
    let pairs: Vec<&str> = query.split('&').collect();
    if pairs.len() > MAX_PAIRS || query.len() + path.len() > MAX_LENGTH {
        return;
    }
    let mut whole = path.trim_end_matches('/').to_owned();
    for (name, value) in pairs.iter().filter_map(|pair| pair.split_once('=')) {
        let value = String::from_utf8_lossy(&decode(value)).into_owned();
        if value.starts_with('/') {
            paths.add(2, value);
            continue;
        }
        if NAMES.contains(&name) {
            paths.add(2, format!("/{value}"));
        }
        if value.is_empty() || value.contains('/') {
            continue;
        }
        paths.add(3, format!("{}/{value}", path.trim_end_matches('/')));
        whole = format!("{whole}/{value}");
        paths.add(3, whole.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_in_the_query() {
        for (path, query, signed, rank) in [
            ("/index.php", "?q=/hooks/sms", "/hooks/sms", 2),
            ("/index.php", "?q=%2Fhooks%2Fsms&x=1", "/hooks/sms", 2),
            ("/index.php", "?url=hooks/sms", "/hooks/sms", 2),
            ("/sms", "?id=7", "/sms/7", 3),
            ("/", "?a=sms&id=7", "/sms/7", 3),
        ] {
            let mut paths = Variations::at_most(100, 10_000);
            add_from_query(&mut paths, path, query);
            let found = paths.iter().find(|one| one.value == signed);
            assert_eq!(found.map(|one| one.rank), Some(rank), "{path}{query}");
        }
    }
}
