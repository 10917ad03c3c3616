//! Which room may name which.

use std::collections::BTreeSet;

use crate::sources::{Source, below};

/// The rooms of the core, and what each may name of the crate.
const CORE: [(&str, &[&str]); 5] = [
    ("encoding.rs", &[]),
    ("form", &["encoding", "form"]),
    ("key", &["config_error", "encoding", "form", "key"]),
    ("url", &["config_error", "encoding", "url"]),
    (
        "verify",
        &["config_error", "encoding", "form", "key", "url", "verify"],
    ),
];

const FRAMEWORKS: [&str; 6] = [
    "axum",
    "tokio",
    "tower",
    "tower_http",
    "tower_layer",
    "tower_service",
];

#[test]
fn the_core_names_only_what_stands_below_it() {
    for (room, allowed) in CORE {
        for source in below(room) {
            for name in source.names_below("crate") {
                assert!(
                    allowed.contains(&name),
                    "src/{} names crate::{name}, and {room} may name {allowed:?} alone",
                    source.path
                );
            }
        }
    }
}

#[test]
fn neither_the_core_nor_explain_names_what_stands_above_it() {
    let root = below("lib.rs");
    let mut above: BTreeSet<&str> = ["layer", "once", "testing"].into();
    above.extend(root[0].names_below("self::layer"));
    above.extend(root[0].names_below("self::once"));
    assert!(above.contains("SignalWireWebhookLayer"), "{above:?}");
    for (room, _) in CORE {
        for source in below(room) {
            names_none_of(&source, &above);
            names_none_of(&source, &["explain"].into());
        }
    }
    for source in below("explain") {
        names_none_of(&source, &above);
    }
}

fn names_none_of(source: &Source, forbidden: &BTreeSet<&str>) {
    for path in ["crate", "super"] {
        for name in source.names_below(path) {
            let sentence = format!(
                "src/{} names {path}::{name}, which is above it",
                source.path
            );
            assert!(!forbidden.contains(name), "{sentence}");
        }
    }
}

#[test]
fn layer_and_once_alone_name_a_framework() {
    for source in below("") {
        // The requests that `testing` makes for a Router have axum's body.
        let may = source.path.starts_with("layer/")
            || source.path.starts_with("once/")
            || source.path == "testing.rs";
        for framework in FRAMEWORKS {
            let names = source.names_below(framework);
            assert!(
                may || names.is_empty(),
                "src/{} names {framework}::{names:?}, which is for layer and once alone",
                source.path
            );
        }
    }
}

#[test]
fn every_room_begins_by_saying_what_it_is_for() {
    let rooms = below("").into_iter();
    for room in rooms.filter(|source| source.path.ends_with("/mod.rs")) {
        let first = room.text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//! ") && first.len() > 20,
            "src/{} begins with {first:?}, and should with a paragraph on what the room answers",
            room.path
        );
    }
}
