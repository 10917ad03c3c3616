//! Captures as other tools save them. Each file holds one of two requests, made up and signed with
//! the tests' key: a message to `https://hooks.example.com/sms?tenant=7` and one to `/swml`.

use std::path::PathBuf;

use super::support::{assert_exit, json, run, stderr};

fn capture(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    folder.join(name).display().to_string()
}

const BASE: &str = "--public-url=https://hooks.example.com";

#[test]
fn captures_are_read_as_they_arrived() {
    for name in [
        "api-gateway-v1.json",
        "api-gateway-v2.json",
        "burp-items.xml",
        "chrome-curl-bash.sh",
        "chrome-curl-cmd-json.bat",
        "chrome-curl-cmd.bat",
        "chrome.har",
        "chunked.http",
        "cloudfront.json",
        "decompressed-longer.http",
        "editor-latin-1.http",
        "fenced.md",
        "firefox-curl-posix.sh",
        "firefox.har",
        "folded.http",
        "httpie-offline.http",
        "httpie-verbose.http",
        "indented.http",
        "insomnia-params.json",
        "insomnia.json",
        "load-balancer.json",
        "mitmproxy-curl.sh",
        "mitmproxy-raw.http",
        "netcat.http",
        "netlify.json",
        "ngrok-request.json",
        "ngrok-requests.json",
        "node-log.json",
        "notepad-bom.http",
        "params-decoded.har",
        "params-encoded.har",
        "postman-curl-bash.sh",
        "postman-curl-cmd.bat",
        "powershell-5-curl.ps1",
        "powershell-7-curl.ps1",
        "powershell-utf-16.http",
        "requestbin-parsed.json",
        "requestbin.json",
        "rest-client.http",
        "script.sh",
        "signalwire-log-with-request.json",
        "terminal-copy.txt",
        "webhook-site-request.json",
        "webhook-site-requests.json",
        "wireshark-follow.http",
    ] {
        let output = run(&["explain", "--json", BASE, &capture(name)]);
        assert_exit(&output, 0);
        assert_eq!(json(&output)["cause"], "Accepted", "{name}: {output:?}");
    }
}

#[test]
fn a_har_may_hold_several_requests() {
    let output = run(&["explain", BASE, &capture("mitmproxy.har")]);
    assert_exit(&output, 0);
    let text = super::support::stdout(&output);
    assert!(
        text.contains("Request 1 of 2: POST /sms\nAccepted"),
        "{text}"
    );
    assert!(
        text.contains("Request 2 of 2: POST /swml\nAccepted"),
        "{text}"
    );
}

#[test]
fn several_command_lines_are_several_requests() {
    for name in ["chrome-curl-all-bash.sh", "chrome-curl-all-cmd.bat"] {
        let output = run(&["explain", BASE, &capture(name)]);
        assert_exit(&output, 0);
        let text = super::support::stdout(&output);
        assert!(
            text.contains("Request 2 of 2: POST /sms\nAccepted"),
            "{name}: {text}"
        );
    }
}

#[test]
fn what_a_capture_lacks_or_leaves_open_is_said() {
    for (name, code, note) in [
        (
            "cut-short.http",
            1,
            "has 204 bytes of the body, and Content-Length says 244",
        ),
        (
            "firefox-truncated.har",
            1,
            "has 60 bytes of the body, and Content-Length says 244",
        ),
        (
            "decompressed-longer.http",
            0,
            "goes on for 94 bytes after the 150",
        ),
        ("editor-latin-1.http", 0, "is taken for Latin-1"),
        (
            "params-encoded.har",
            0,
            "taken for encoded ones, which the signature confirms",
        ),
        ("requestbin-parsed.json", 0, "has the body parsed"),
        ("api-gateway-v1.json", 0, "has the query decoded"),
        ("without-body.har", 1, "has no body"),
    ] {
        let output = run(&["explain", "--json", BASE, &capture(name)]);
        assert_exit(&output, code);
        let notes = json(&output)["notes"].to_string();
        assert!(notes.contains(note), "{name}: {notes}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_a_way_to_export_it() {
    for (name, sentence) in [
        (
            "browser-session.har",
            "none of the 3 requests in the capture has a signature header",
        ),
        (
            "cloudwatch.txt",
            "keep the JSON alone, from its first brace on",
        ),
        ("config-file.sh", "from the file \"signed.cfg\" (-K)"),
        ("curl-trace.txt", "`curl --trace`"),
        ("insomnia-5.yaml", "an export of Insomnia"),
        ("nginx-access.log", "a line of a log"),
        ("variables.sh", "the url has $PUBLIC_URL"),
        ("wireshark-hex.txt", "the data shown as raw"),
        ("charles.chlsj", "HTTP Archive (.har)"),
        ("curl-verbose.txt", "`curl -v`"),
        ("fetch.js", "Copy as cURL"),
        ("fiddler.saz", "HTTPArchive (HAR)"),
        ("headers-only.txt", "no request line"),
        ("mitmproxy-httpie.txt", "--offline --print=HB --pretty=none"),
        (
            "mitmproxy.flows",
            "mitmdump -nr FILE --set hardump=request.har",
        ),
        ("node-object.txt", "JSON.stringify"),
        ("packets.pcap", "Follow, HTTP Stream"),
        ("postman-collection.json", "choose Code, cURL"),
        ("powershell.ps1", "Copy as cURL"),
        ("pseudo-headers.txt", "pseudo-headers"),
        ("reads-a-file.sh", "allow it with --read-files"),
        ("response.http", "save the request"),
        (
            "signalwire-log.json",
            "give the URL in the log with --dashboard-url",
        ),
        ("swml-body.json", "save the whole request"),
        ("tcpdump.txt", "save the packets with -w"),
        ("wget.sh", "command line of wget"),
    ] {
        let output = run(&["explain", BASE, &capture(name)]);
        assert_exit(&output, 2);
        assert!(stderr(&output).contains(sentence), "{name}: {output:?}");
    }
}

#[test]
fn a_file_that_a_capture_names_is_read_where_the_user_allows_it() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let mut explain = super::support::program(&["explain", "--json", "--read-files", BASE]);
    let output = explain
        .arg("reads-a-file.sh")
        .current_dir(folder)
        .output()
        .unwrap();
    assert_exit(&output, 0);
    assert_eq!(json(&output)["cause"], "Accepted");
}
