//! The signing key: where it comes from, and what is refused.

use super::support::{KEY, assert_exit, program, run, run_with_input, signature, stderr, stdout};

const SIGN: [&str; 4] = ["sign", "https://h.example/a", "--form", "a=b"];

fn sign_with_file(content: impl AsRef<[u8]>) -> std::process::Output {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let path = file.path().display().to_string();
    let mut arguments = SIGN.to_vec();
    arguments.extend(["--key-file", &path]);
    program(&arguments)
        .env_remove("SIGNALWIRE_SIGNING_KEY")
        .output()
        .unwrap()
}

#[test]
fn the_key_comes_from_a_file_or_is_asked_for_in_a_sentence() {
    let expected = signature("https://h.example/a", "a", "b");
    for content in [
        format!("{KEY}\n"),
        format!("{KEY}, PSKother-0123456789\r\n"),
    ] {
        let output = sign_with_file(content);
        assert_exit(&output, 0);
        assert!(stdout(&output).contains(&expected));
    }
    let output = program(&SIGN)
        .env_remove("SIGNALWIRE_SIGNING_KEY")
        .output()
        .unwrap();
    assert_exit(&output, 2);
    let error = stderr(&output);
    assert!(
        error.contains("SIGNALWIRE_SIGNING_KEY is not set"),
        "{error}"
    );
    assert!(error.contains("--key-file"), "{error}");
}

/// One reader, the library's, for every command and every source.
#[test]
fn a_key_that_the_layer_refuses_signs_nothing() {
    for value in [
        format!("\"{KEY}\""),
        format!("'{KEY}'"),
        format!("\u{feff}{KEY}"),
        format!("{KEY}\u{200b}"),
        format!("{KEY}, # production"),
        format!("{KEY} and more"),
        "PSKshort".to_owned(),
        format!("# the key\n{KEY}"),
    ] {
        let output = sign_with_file(&value);
        assert_exit(&output, 2);
        assert_eq!(stdout(&output), "");
        for arguments in [
            &SIGN[..],
            &["send", "http://127.0.0.1:1/", "--form", "a=b"],
            &["listen", "--port", "0"],
        ] {
            let output = program(arguments)
                .env("SIGNALWIRE_SIGNING_KEY", &value)
                .output()
                .unwrap();
            assert_exit(&output, 2);
            let error = stderr(&output);
            assert!(
                error.contains("SIGNALWIRE_SIGNING_KEY cannot be used"),
                "{error}"
            );
        }
    }
}

#[test]
fn a_file_that_is_not_the_key_alone_is_named() {
    for (content, sentence) in [
        (
            format!("SIGNALWIRE_SIGNING_KEY={KEY}").into_bytes(),
            "leave the key alone there",
        ),
        (b"\xff\xfeP\0S\0K\0".to_vec(), "is not UTF-8"),
        (Vec::new(), "no signing key was given"),
    ] {
        let output = sign_with_file(content);
        assert_exit(&output, 2);
        assert!(stderr(&output).contains(sentence), "{output:?}");
    }
    let output = run(&[&SIGN[..], &["--key-file", "/nonexistent/key"]].concat());
    assert_exit(&output, 2);
}

#[test]
fn a_url_of_the_environment_that_cannot_be_used_is_named_by_its_variable() {
    for variable in ["SIGNALWIRE_WEBHOOK_URL", "SWML_PROXY_URL_BASE"] {
        let mut explain = program(&["explain"]);
        let explain = explain.env(variable, "h.example");
        let output = super::support::give(explain, "curl http://h.example/");
        assert_exit(&output, 2);
        let sentence = format!("{variable} cannot be used: the url \"h.example\" is not absolute");
        assert!(stderr(&output).contains(&sentence), "{output:?}");
    }
    assert_exit(&run_with_input(&["explain"], "curl http://h.example/"), 1);
}
