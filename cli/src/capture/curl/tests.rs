use std::fs;

use super::*;

fn read(command: &str) -> Result<Captured, Failure> {
    read_all(command, Files::Read).map(|mut all| all.remove(0))
}

fn read_all(commands: &str, files: Files) -> Result<Vec<Captured>, Failure> {
    let commands = from_first_command(commands).expect("a command begins there");
    read_curl_commands(commands, files)
}

#[test]
fn a_command_is_read_as_a_shell_and_curl_read_it() {
    let captured = read(
        "curl -si -X POST 'https://u:p@h:1/sms?a=b#c' \\\n  -H \"X-SignalWire-Signature: \\\"x\\\"\" \\\r\n \
         --compressed -d 'a=it'\\''s' --data-raw $'b=\\u00e9\\n' --data-urlencode 'c=+1'",
    )
    .unwrap();
    assert_eq!(captured.parts.method, "POST");
    assert_eq!(captured.parts.uri, "/sms?a=b");
    assert_eq!(captured.parts.headers["host"], "h:1");
    assert_eq!(captured.parts.headers["x-signalwire-signature"], "\"x\"");
    assert_eq!(
        captured.parts.headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        str::from_utf8(captured.body()).unwrap(),
        "a=it's&b=é\n&c=%2B1"
    );
}

#[test]
fn a_get_has_its_data_in_the_query() {
    for (command, uri) in [
        ("curl -G http://h/sms -da=b", "/sms?a=b"),
        ("curl http://h/sms -sGda=b", "/sms?a=b"),
        ("curl http://h/sms?c=d --get -sd a=b", "/sms?c=d&a=b"),
        ("curl -G http://h/sms -d ''", "/sms"),
        ("curl -G http://h/sms?c=d", "/sms?c=d"),
        ("curl -G 'http://h/sms?c=d&' -d a=b", "/sms?c=d&a=b"),
        ("curl -G 'http://h/sms?' -d a=b", "/sms?a=b"),
        ("curl -G 'http://h/sms#x' -d a=b", "/sms?a=b"),
    ] {
        let captured = read(command).unwrap();
        assert_eq!(
            (captured.parts.method.as_str(), captured.body().len()),
            ("GET", 0)
        );
        assert_eq!(captured.parts.uri, uri, "{command}");
    }
}

#[test]
fn line_breaks_are_left_out_of_a_file_alone_and_not_of_binary_data() {
    let name = format!("signalwire-webhook-data-{}", std::process::id());
    let file = std::env::temp_dir().join(name);
    fs::write(&file, "{\r\n}\n").unwrap();
    let path = file.display();
    for (data, body) in [
        (format!("-d '@{path}'"), "{}"),
        (format!("--data-binary '@{path}'"), "{\r\n}\n"),
        ("-d '{\n}'".to_owned(), "{\n}"),
    ] {
        let captured = read(&format!("curl http://h/ {data}")).unwrap();
        assert_eq!(str::from_utf8(captured.body()).unwrap(), body, "{data}");
    }
    fs::remove_file(file).unwrap();
}

#[test]
fn curl_encodes_what_follows_the_name() {
    for (data, body) in [
        ("a=b c-._~&", "a=b+c-._~%26"),
        ("a=b@c", "a=b%40c"),
        ("=b=c", "b%3Dc"),
        ("+1", "%2B1"),
    ] {
        let command = format!("curl http://h/ --data-urlencode '{data}'");
        let captured = read(&command).unwrap();
        assert_eq!(str::from_utf8(captured.body()).unwrap(), body);
    }
}

#[test]
fn curl_encodes_a_file_too() {
    let name = format!("signalwire-webhook-encoded-{}", std::process::id());
    let file = std::env::temp_dir().join(name);
    fs::write(&file, "b c\n").unwrap();
    let path = file.display();
    for (data, body) in [
        (format!("a@{path}"), "a=b+c%0A"),
        (format!("@{path}"), "b+c%0A"),
    ] {
        let command = format!("curl http://h/ --data-urlencode '{data}'");
        let captured = read(&command).unwrap();
        assert_eq!(str::from_utf8(captured.body()).unwrap(), body);
    }
    fs::remove_file(file).unwrap();
}

#[test]
fn a_header_without_a_value_is_left_out_and_with_a_semicolon_is_empty() {
    for (header, sent) in [
        ("Content-Type:", None),
        ("content-type: ", None),
        ("Content-Type;", Some("")),
        ("X: y", Some("application/x-www-form-urlencoded")),
    ] {
        let command = format!("curl http://h/ -d a=b -H '{header}'");
        let headers = read(&command).unwrap().parts.headers;
        let content_type = headers.get("content-type");
        assert_eq!(
            content_type.map(|value| value.to_str().unwrap()),
            sent,
            "{header}"
        );
    }
}

#[test]
fn a_second_url_is_an_error_that_names_the_option_before_it() {
    for (command, sentence) in [
        ("curl http://h/a http://h/b", "has a second url"),
        ("curl http://h/a --url http://h/b", "has a second url"),
        (
            "curl http://h/a --unheard-of 1k",
            "after --unheard-of is taken",
        ),
        ("curl -s 1k http://h/a", "has a second url"),
    ] {
        let message = read(command).err().unwrap().to_string();
        assert!(message.contains(sentence), "{command}: {message}");
        assert!(!message.contains("1k"), "{message}");
    }
}

#[test]
fn options_say_more_than_the_url() {
    let captured = read(
        "curl -X PUT --url h:1/sms -H 'content-type: text/plain' -u u:p --data-binary \"a\\b\" -si",
    )
    .unwrap();
    assert_eq!(captured.parts.method, "PUT");
    assert_eq!(captured.parts.uri, "/sms");
    assert_eq!(captured.parts.headers["host"], "h:1");
    assert_eq!(captured.parts.headers["authorization"], "Basic dTpw");
    let types = captured.parts.headers.get_all("content-type");
    assert_eq!(types.iter().collect::<Vec<_>>(), ["text/plain"]);
    assert_eq!(captured.body(), br"a\b");
}

#[test]
fn json_is_joined_and_has_its_content_type() {
    for (command, body, content_type) in [
        (
            "curl h --json '{\"a\":' --json 1}",
            "{\"a\":1}",
            "application/json",
        ),
        ("curl h --json={} -H 'Content-Type: text/x'", "{}", "text/x"),
    ] {
        let captured = read(command).unwrap();
        assert_eq!(captured.parts.method, "POST");
        assert_eq!(captured.parts.headers["content-type"], content_type);
        assert_eq!(str::from_utf8(captured.body()).unwrap(), body);
    }
}

#[test]
fn a_body_that_signalwire_never_sends_is_refused_by_the_option() {
    for option in ["-F", "--form", "--form-string", "-T", "--upload-file"] {
        let command = format!("curl http://h/ {option} a=b");
        let message = read(&command).err().unwrap().to_string();
        assert!(message.contains(option), "{message}");
    }
}

#[test]
fn the_value_of_an_option_is_not_the_url() {
    let command = "curl http://h/sms --cacert ca.pem -c jar -svo /dev/null --retry 3";
    assert_eq!(read(command).unwrap().parts.uri, "/sms");
}

#[test]
fn without_data_there_is_neither_a_method_nor_a_content_type_of_a_form() {
    let captured = read("curl http://h/a$b").unwrap();
    assert_eq!(captured.parts.method, "GET");
    assert_eq!(captured.parts.uri, "/a$b");
    assert!(!captured.parts.headers.contains_key("content-type"));
}

#[test]
fn what_a_shell_does_with_the_answer_is_left_out() {
    for command in [
        "curl http://h/a > /dev/null",
        "curl http://h/a -s 2>&1 | jq .",
        "curl 'http://h/a'; echo done",
        "curl http://h/a && curlew http://h/b",
        "$ curl -i http://h/a\nHTTP/1.1 403 Forbidden\n",
        "A=b time curl http://h/a &",
        "curl ^\"http://h/a^\" ^\n -s & echo done",
    ] {
        let all = read_all(command, Files::Read).unwrap();
        assert_eq!(all.len(), 1, "{command}");
        assert_eq!(all[0].parts.uri, "/a", "{command}");
    }
    let lines = read("curl http://h/a\n-X PUT\n-d 'a;b > c & d'").unwrap();
    assert_eq!(lines.parts.method, "PUT");
    assert_eq!(lines.body(), b"a;b > c & d");
}

#[test]
fn each_command_is_a_request() {
    for commands in [
        "curl http://h/a -d a=b ;\ncurl http://h/b -d a=b",
        "curl http://h/a \\\n -d a=b\ncurl http://h/b -d a=b | jq",
        "curl ^\"http://h/a^\" ^\n -d ^\"a=b^\" &\r\ncurl ^\"http://h/b^\" ^\n -d ^\"a=b^\"",
        "curl http://h/a -d a=b --next http://h/b -d a=b",
        "curl http://h/a -d a=b -: http://h/b -d a=b",
    ] {
        let all = read_all(commands, Files::Read).unwrap();
        let uris: Vec<_> = all.iter().map(|one| one.parts.uri.to_string()).collect();
        assert_eq!(uris, ["/a", "/b"], "{commands}");
        assert!(all.iter().all(|one| one.body() == b"a=b"), "{commands}");
    }
}

#[test]
fn what_a_shell_replaces_is_asked_for_or_noted() {
    for (command, what) in [
        ("curl \"$URL/sms\"", "the url has $URL"),
        ("curl https://${HOST}/sms", "the url has ${HOST}"),
        (
            "curl http://h/ -H \"X-SignalWire-Signature: $(sign)\"",
            "the header X-SignalWire-Signature has $(…)",
        ),
    ] {
        let message = read(command).unwrap_err().to_string();
        assert!(message.contains(what), "{command}: {message}");
    }
    for (command, note) in [
        ("curl http://h/ -d \"Body=$TEXT\"", Some("has $TEXT")),
        ("curl http://h/ -d 'Body=$TEXT'", None),
        ("curl http://h/ -d a=b -o \"$FILE\"", None),
    ] {
        let notes = read(command).unwrap().notes;
        let found = notes.first().map(String::as_str).unwrap_or_default();
        assert_eq!(notes.is_empty(), note.is_none(), "{command}: {found}");
        assert!(
            found.contains(note.unwrap_or_default()),
            "{command}: {found}"
        );
    }
}

#[test]
fn what_is_in_another_file_is_asked_for() {
    for (command, what) in [
        ("curl -K a.cfg http://h/", "\"a.cfg\" (-K)"),
        ("curl http://h/ -H @headers", "\"headers\" (-H)"),
        ("curl http://h/ -d @-", "from standard input (-d)"),
    ] {
        let message = read(command).unwrap_err().to_string();
        assert!(message.contains(what), "{command}: {message}");
    }
}

#[test]
fn what_is_for_the_query_is_added_to_it() {
    for (command, uri) in [
        ("curl http://h/ --url-query 'a=+1' -d c=d", "/?a=%2B1"),
        ("curl http://h/?b --url-query +a=b", "/?b&a=b"),
        ("curl -G http://h/ --url-query a=b -d c=d", "/?c=d&a=b"),
    ] {
        assert_eq!(read(command).unwrap().parts.uri, uri, "{command}");
    }
}

#[test]
fn what_is_no_command_is_an_error() {
    for command in [
        "curl",
        "curl ‘http://h/’ -d “a=b”",
        "curl 'a",
        "curl \"a",
        "curl http://h/ -H",
        "curl http://h/ \\",
        "curl -d @/nonexistent http://h/",
    ] {
        assert!(read(command).is_err(), "{command}");
    }
}
#[test]
fn files_are_read_only_where_the_user_allows_it_and_up_to_a_limit() {
    for option in [
        "-d",
        "--data",
        "--data-binary",
        "--json",
        "--data-urlencode",
    ] {
        let command = format!("curl http://h/ {option} @/etc/hostname");
        let refused = read_all(&command, Files::Refused).unwrap_err();
        assert!(refused.to_string().contains("--read-files"), "{refused}");
    }
    let raw = read_all("curl http://h/ --data-raw @a", Files::Refused).unwrap();
    assert_eq!(raw[0].body(), b"@a");
    let device = read("curl http://h/ -d @/dev/zero")
        .unwrap_err()
        .to_string();
    assert!(device.contains("which is not a file"), "{device}");
}

#[test]
fn a_command_line_for_cmd_is_read_in_both_ways() {
    let captured = read(
        "curl ^\"https://h/sms^\" ^\n  -H ^\"Content-Type: application/json^\" ^\n  \
         --data-raw ^\"^{^\\^\"a^\\^\":^\\^\"b^\\^\\n^\\^\"^}^\"",
    )
    .unwrap();
    assert_eq!(captured.body(), br#"{"a":"b\n"}"#);
    assert_eq!(captured.bodies[1].bytes, br#"{"a":"b\\n"}"#);
    assert_eq!(captured.parts.uri, "/sms");
}
