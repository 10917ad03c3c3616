use std::{fs, mem};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::percent_encode;

use crate::{
    captured::{Captured, behind_scheme, captured},
    content::ENCODED,
    failure::Failure,
};

/// Reads a command line as browsers and tunnels copy it.
pub(crate) fn read_curl_command(command: &str) -> Result<Captured, Failure> {
    let mut curl = Curl::default();
    let words = shell_words(command)
        .ok_or_else(|| Failure::usage("the curl command line has a quote that nothing closes"))?;
    let mut words = words.into_iter().skip(1);
    let mut before = String::new();
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            curl.set_url(word, &mem::take(&mut before))?;
            continue;
        }
        let (options, mut attached) = options(&word);
        for option in options {
            if takes_value(&option) {
                let value = attached.take().or_else(|| words.next()).ok_or_else(|| {
                    Failure::usage(format!("in the curl command line {option} has no value"))
                })?;
                curl.set(&option, value)?;
                before.clear();
            } else {
                curl.is_get |= ["-G", "--get"].contains(&option.as_str());
                before = option;
            }
        }
    }
    curl.into_captured()
}

#[derive(Default)]
struct Curl {
    url: String,
    method: Option<String>,
    headers: Vec<(String, String)>,
    removes_content_type: bool,
    data: Vec<Vec<u8>>,
    is_get: bool,
    is_json: bool,
}

impl Curl {
    /// `before` is the option before it, if it is not known to take a value.
    fn set_url(&mut self, url: String, before: &str) -> Result<(), Failure> {
        if self.url.is_empty() {
            self.url = url;
            return Ok(());
        }
        Err(Failure::usage(if before.is_empty() {
            "the curl command line has a second url: leave the request's alone, and nothing of the \
             shell behind it"
                .to_owned()
        } else {
            format!(
                "in the curl command line the word behind {before} is taken for a second url: leave \
                 both out"
            )
        }))
    }

    /// A name with a colon and nothing behind it is not sent, one with a semicolon is sent empty.
    fn set_header(&mut self, header: &str) {
        match (header.split_once(':'), header.strip_suffix(';')) {
            (Some((name, value)), _) if value.trim().is_empty() => {
                self.removes_content_type |= name.trim().eq_ignore_ascii_case("content-type");
            }
            (Some((name, value)), _) => self
                .headers
                .push((name.trim().to_owned(), value.trim().to_owned())),
            (None, Some(name)) => self.headers.push((name.trim().to_owned(), String::new())),
            (None, None) => {}
        }
    }

    fn set(&mut self, option: &str, value: String) -> Result<(), Failure> {
        match option {
            "-X" | "--request" => self.method = Some(value),
            "--url" => self.set_url(value, "")?,
            "-H" | "--header" => self.set_header(&value),
            "-u" | "--user" => {
                let credentials = format!("Basic {}", STANDARD.encode(value));
                self.headers.push(("authorization".to_owned(), credentials));
            }
            "--data-raw" => self.data.push(value.into_bytes()),
            "-d" | "--data" | "--data-ascii" => {
                let is_file = value.starts_with('@');
                let mut data = content(value)?;
                if is_file {
                    // As curl does, unlike with --data-binary.
                    data.retain(|byte| !b"\r\n\0".contains(byte));
                }
                self.data.push(data);
            }
            "--data-binary" => self.data.push(content(value)?),
            "--data-urlencode" => self.data.push(urlencoded(&value)?.into_bytes()),
            "--json" => {
                self.is_json = true;
                let data = content(value)?;
                match self.data.last_mut() {
                    Some(before) => before.extend(data),
                    None => self.data.push(data),
                }
            }
            "-F" | "--form" | "--form-string" | "-T" | "--upload-file" => {
                return Err(Failure::usage(format!(
                    "the curl command line sends a body with {option}, as SignalWire never does: \
                     give the body that arrived with --data-binary"
                )));
            }
            _ => {}
        }
        Ok(())
    }

    fn into_captured(mut self) -> Result<Captured, Failure> {
        if self.url.is_empty() {
            return Err(Failure::usage("the curl command line has no url"));
        }
        // Developers leave it out before the address of their own machine, as curl lets them.
        if behind_scheme(&self.url).is_none() {
            self.url.insert_str(0, "http://");
        }
        let body = self.data.join(&b'&');
        let has_content_type = self
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if self.is_get {
            let method = self.method.as_deref().unwrap_or("GET");
            let url = with_query(&self.url, &String::from_utf8_lossy(&body));
            return captured(method, &url, &self.headers, Vec::new());
        }
        if !self.data.is_empty() && !has_content_type && !self.removes_content_type {
            let content_type = if self.is_json {
                "application/json"
            } else {
                "application/x-www-form-urlencoded"
            };
            self.headers
                .push(("content-type".to_owned(), content_type.to_owned()));
        }
        let default = if self.data.is_empty() { "GET" } else { "POST" };
        let method = self.method.as_deref().unwrap_or(default);
        captured(method, &self.url, &self.headers, body)
    }
}

fn content(value: String) -> Result<Vec<u8>, Failure> {
    match value.strip_prefix('@') {
        Some(file) => {
            fs::read(file).map_err(|error| Failure::usage(format!("cannot read {file}: {error}")))
        }
        None => Ok(value.into_bytes()),
    }
}

fn urlencoded(value: &str) -> Result<String, Failure> {
    let (name, text) = match (value.split_once('='), value.split_once('@')) {
        (Some((name, text)), _) => (name, text.as_bytes().to_vec()),
        (None, Some((name, file))) => (name, content(format!("@{file}"))?),
        (None, None) => ("", value.as_bytes().to_vec()),
    };
    let encoded = percent_encode(&text, ENCODED)
        .to_string()
        .replace("%20", "+");
    Ok(match name {
        "" => encoded,
        name => format!("{name}={encoded}"),
    })
}

fn with_query(url: &str, query: &str) -> String {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let separator = match url.split_once('?') {
        _ if query.is_empty() => "",
        None => "?",
        Some((_, before)) if before.is_empty() || before.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{url}{separator}{query}")
}

/// The options that a word is, and the value that is attached to the last of them.
fn options(word: &str) -> (Vec<String>, Option<String>) {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((option, value)) => (vec![option.to_owned()], Some(value.to_owned())),
            None => (vec![word.to_owned()], None),
        };
    }
    let mut options = Vec::new();
    let mut letters = word.chars().skip(1);
    while let Some(letter) = letters.next() {
        options.push(format!("-{letter}"));
        if options.last().is_some_and(|option| takes_value(option)) {
            let value: String = letters.collect();
            return (options, Some(value).filter(|value| !value.is_empty()));
        }
    }
    (options, None)
}

/// Of the options that are not read too, so that their values are not taken for the URL.
fn takes_value(option: &str) -> bool {
    const WITH_VALUE: &str = "-X --request --url -H --header -u --user \
        -d --data --data-raw --data-ascii --data-binary --data-urlencode --json \
        -F --form --form-string -T --upload-file \
        -A --user-agent -b --cookie -c --cookie-jar -D --dump-header -e --referer -o --output \
        -w --write-out --stderr --trace --trace-ascii -K --config --netrc-file \
        -m --max-time --connect-timeout --retry --retry-delay --retry-max-time --max-redirs \
        -E --cert --key --cacert --capath --ciphers --oauth2-bearer \
        -x --proxy -U --proxy-user --noproxy --resolve --connect-to --interface --unix-socket \
        -r --range -z --time-cond -y --speed-time -Y --speed-limit --limit-rate --rate \
        -C --continue-at -Q --quote -P --ftp-port -t --telnet-option --output-dir \
        --max-filesize --keepalive-time --expect100-timeout --local-port --tls-max \
        --tls13-ciphers --curves --cert-type --key-type --pass --crlfile --pinnedpubkey \
        --proto --proto-default --proto-redir --proxy-header --socks4 --socks4a --socks5 \
        --socks5-hostname --doh-url --dns-servers --aws-sigv4 --hsts --alt-svc";
    WITH_VALUE.split(' ').any(|known| known == option)
}

/// The words of a POSIX shell, with the `$'…'` of bash; `None` where a quote is not closed.
fn shell_words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = command.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\'' => word
                .get_or_insert_default()
                .push_str(&single_quoted(&mut rest)?),
            '"' => word
                .get_or_insert_default()
                .push_str(&double_quoted(&mut rest)?),
            '$' if rest.peek() == Some(&'\'') => {
                rest.next();
                word.get_or_insert_default()
                    .push_str(&ansi_quoted(&mut rest)?);
            }
            '\\' => match rest.next()? {
                '\n' => {}
                '\r' => {
                    rest.next_if_eq(&'\n');
                }
                escaped => word.get_or_insert_default().push(escaped),
            },
            _ if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    Some(words)
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn single_quoted(rest: &mut Characters<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\'' => return Some(text),
            character => text.push(character),
        }
    }
}

fn double_quoted(rest: &mut Characters<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => match rest.next()? {
                '\n' => {}
                escaped if "\"\\$`".contains(escaped) => text.push(escaped),
                other => text.extend(['\\', other]),
            },
            character => text.push(character),
        }
    }
}

fn ansi_quoted(rest: &mut Characters<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\'' => return Some(text),
            '\\' => match rest.next()? {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                'u' => text.push(code_point(rest, 4)?),
                'x' => text.push(code_point(rest, 2)?),
                other => text.push(other),
            },
            character => text.push(character),
        }
    }
}

fn code_point(rest: &mut Characters<'_>, digits: usize) -> Option<char> {
    let digits: String = rest.take(digits).collect();
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_as_a_shell_and_curl_read_it() {
        let captured = read_curl_command(
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
            String::from_utf8(captured.body).unwrap(),
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
            let captured = read_curl_command(command).unwrap();
            assert_eq!(
                (captured.parts.method.as_str(), captured.body.len()),
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
            let captured = read_curl_command(&format!("curl http://h/ {data}")).unwrap();
            assert_eq!(str::from_utf8(&captured.body).unwrap(), body, "{data}");
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
            let captured = read_curl_command(&command).unwrap();
            assert_eq!(str::from_utf8(&captured.body).unwrap(), body);
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
            let captured = read_curl_command(&command).unwrap();
            assert_eq!(str::from_utf8(&captured.body).unwrap(), body);
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
            let headers = read_curl_command(&command).unwrap().parts.headers;
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
            ("curl http://h/a > /dev/null", "has a second url"),
            ("curl http://h/a -X POST | cat", "has a second url"),
            ("curl http://h/a --url http://h/b", "has a second url"),
            (
                "curl http://h/a --unheard-of 1k",
                "behind --unheard-of is taken",
            ),
            ("curl -s 1k http://h/a", "has a second url"),
        ] {
            let message = read_curl_command(command).err().unwrap().to_string();
            assert!(message.contains(sentence), "{command}: {message}");
            assert!(!message.contains("1k"), "{message}");
        }
    }

    #[test]
    fn options_say_more_than_the_url() {
        let captured = read_curl_command(
            "curl -X PUT --url h:1/sms -H 'content-type: text/plain' -u u:p --data-binary \"a\\b\" -si",
        )
        .unwrap();
        assert_eq!(captured.parts.method, "PUT");
        assert_eq!(captured.parts.uri, "/sms");
        assert_eq!(captured.parts.headers["host"], "h:1");
        assert_eq!(captured.parts.headers["authorization"], "Basic dTpw");
        let types = captured.parts.headers.get_all("content-type");
        assert_eq!(types.iter().collect::<Vec<_>>(), ["text/plain"]);
        assert_eq!(captured.body, br"a\b");
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
            let captured = read_curl_command(command).unwrap();
            assert_eq!(captured.parts.method, "POST");
            assert_eq!(captured.parts.headers["content-type"], content_type);
            assert_eq!(str::from_utf8(&captured.body).unwrap(), body);
        }
    }

    #[test]
    fn a_body_that_signalwire_never_sends_is_refused_by_the_option() {
        for option in ["-F", "--form", "--form-string", "-T", "--upload-file"] {
            let command = format!("curl http://h/ {option} a=b");
            let message = read_curl_command(&command).err().unwrap().to_string();
            assert!(message.contains(option), "{message}");
        }
    }

    #[test]
    fn the_value_of_an_option_is_not_the_url() {
        let command = "curl http://h/sms --cacert ca.pem -c jar -svo /dev/null --retry 3";
        assert_eq!(read_curl_command(command).unwrap().parts.uri, "/sms");
    }

    #[test]
    fn without_data_there_is_neither_a_method_nor_a_content_type_of_a_form() {
        let captured = read_curl_command("curl http://h/a$b").unwrap();
        assert_eq!(captured.parts.method, "GET");
        assert_eq!(captured.parts.uri, "/a$b");
        assert!(!captured.parts.headers.contains_key("content-type"));
    }

    #[test]
    fn what_is_no_command_is_an_error() {
        for command in [
            "curl",
            "curl 'a",
            "curl \"a",
            "curl http://h/ -H",
            "curl http://h/ \\",
            "curl -d @/nonexistent http://h/",
        ] {
            assert!(read_curl_command(command).is_err(), "{command}");
        }
    }
}
