use super::support::{assert_exit, run, stdout};

#[test]
fn completions_and_the_manual_name_every_command() {
    for arguments in [
        &["completions", "bash"][..],
        &["completions", "fish"],
        &["man"],
    ] {
        let output = run(arguments);
        assert_exit(&output, 0);
        let text = stdout(&output);
        for command in ["send", "sign", "explain", "listen"] {
            assert!(text.contains(command), "{arguments:?}: {command}");
        }
    }
    let page = stdout(&run(&["man", "explain"]));
    assert!(
        page.contains("dashboard") && page.contains("signalwire\\-webhook"),
        "{page}"
    );
    assert_exit(&run(&["man", "nonsense"]), 2);
}
