//! The README, the guides and CONTRIBUTING.md: what a compiler does not see.

use std::{
    fs,
    path::{Path, PathBuf},
};

const FRONT_PAGE: &str = "README.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn guides() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("docs")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let guides: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    assert!(guides.len() >= 6, "{guides:?}");
    guides
}

fn documents() -> Vec<PathBuf> {
    let mut documents = guides();
    documents.extend([FRONT_PAGE, "CONTRIBUTING.md"].map(|name| root().join(name)));
    documents
}

/// The lines inside and outside the blocks of code.
fn lines(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut is_code = false;
    text.lines().map(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        (is_code || is_fence, line)
    })
}

fn prose(text: &str) -> impl Iterator<Item = &str> {
    lines(text).filter_map(|(is_code, line)| (!is_code).then_some(line))
}

/// What `](…)` and `[label]: …` lead to.
fn links(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    for line in prose(text) {
        let inline = line.split("](").skip(1);
        links.extend(inline.filter_map(|rest| rest.split(')').next()));
        links.extend(definition(line).map(|(_, target)| target));
    }
    links
}

fn definition(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix('[')?.split_once("]: ")
}

/// As GitHub and rustdoc name a heading.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter_map(|character| match character {
        ' ' => Some('-'),
        '-' | '_' => Some(character),
        _ => character.is_alphanumeric().then_some(character),
    });
    kept.collect()
}

#[test]
fn the_front_page_is_one_page() {
    let page = read(FRONT_PAGE);
    assert!(page.len() <= 8 * 1024, "{} bytes", page.len());
}

#[test]
fn no_table_of_the_front_page_has_more_than_ten_rows() {
    let page = read(FRONT_PAGE);
    let mut rows = 0;
    for line in prose(&page) {
        rows = if line.starts_with('|') { rows + 1 } else { 0 };
        // Its head and the line below.
        assert!(rows <= 2 + 10, "{line}");
    }
}

#[test]
fn no_code_has_a_line_that_rustdoc_hides_and_a_repository_shows() {
    for document in documents() {
        let text = read(&document);
        let mut is_rust = false;
        for line in text.lines() {
            match line.strip_prefix("```") {
                Some(language) => is_rust = language.starts_with("rust"),
                None => assert!(
                    !is_rust || !(line.trim() == "#" || line.trim_start().starts_with("# ")),
                    "{}: {line}",
                    document.display()
                ),
            }
        }
    }
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let mut checked = 0;
    for document in documents() {
        let text = read(&document);
        for link in links(&text) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => document.clone(),
                file => document.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{}: {link}", document.display());
            if !heading.is_empty() {
                let text = read(&target);
                let mut headings = prose(&text).filter(|line| line.starts_with('#'));
                assert!(
                    headings.any(|line| anchor(line) == heading),
                    "{}: {link}",
                    document.display()
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 40, "{checked} links");
}

/// rustdoc has no files to link to: `src/guide.rs` says what a link means there.
#[test]
fn every_link_of_a_guide_to_a_file_leads_to_an_item_in_rustdoc() {
    let source = read("src/guide.rs");
    for guide in guides() {
        let text = read(&guide);
        for line in prose(&text) {
            assert!(!line.contains(".md)"), "{}: {line}", guide.display());
            if let Some((label, _)) = definition(line).filter(|(_, target)| !target.contains("://"))
            {
                let replacement = format!("[{label}]: crate::");
                assert!(source.contains(&replacement), "{replacement}");
            }
        }
    }
}

/// The guide names them as `file::function`.
#[test]
fn every_test_that_the_guide_to_proxies_names_is_there() {
    let guide = read("docs/proxies.md");
    let spans = prose(&guide).flat_map(|line| line.split('`').skip(1).step_by(2));
    let mut named = 0;
    for (file, function) in spans.filter_map(|span| span.split_once("::")) {
        let path = format!("tests/proxies/tests/it/{file}.rs");
        if function.contains(['(', ':']) || !root().join(&path).exists() {
            continue;
        }
        let has_it = read(&path).contains(&format!("fn {function}()"));
        assert!(has_it, "{path} has no test {function}");
        named += 1;
    }
    assert!(named > 70, "{named} tests");
}
