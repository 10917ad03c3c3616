//! What an explanation takes of memory, counted by the allocator: a binary of its own, since it is
//! the process's allocator that counts.

use std::io::Write as _;

use http::{Request, request::Parts};
use signalwire_webhook::{
    SigningKey, SigningKeys,
    explain::{Cause, Explainer, MAX_COMPUTATIONS},
};

const MEBIBYTE: usize = 1024 * 1024;

/// What the documentation states.
fn most(body: &[u8]) -> u64 {
    (4 * body.len() + MEBIBYTE) as u64
}

fn explainer(number_of_keys: usize) -> Explainer {
    let key = |index| SigningKey::new(format!("export K{index}=\"%50SK, a=b,{index}\";")).unwrap();
    Explainer::new(SigningKeys::new((0..number_of_keys).map(key)).unwrap())
}

/// The peak of what is allocated at once.
fn peak(explainer: &Explainer, parts: &Parts, body: &[u8]) -> u64 {
    let info = allocation_counter::measure(|| {
        let explanation = explainer.explain(parts, body);
        assert_eq!(explanation.cause(), Cause::NoMatch);
        assert!(explanation.computations() <= MAX_COMPUTATIONS);
    });
    info.bytes_max
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn repeated(text: &str, length: usize) -> Vec<u8> {
    let mut body = text.repeat(length / text.len()).into_bytes();
    body.resize(length, b'x');
    body
}

fn wrapped(start: &str, text: &str, end: &str, length: usize) -> Vec<u8> {
    let inside = length.saturating_sub(start.len() + end.len());
    let inside = text.repeat(inside / text.len());
    format!("{start}{inside}{end}").into_bytes()
}

fn base64(content: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .encode(content)
        .into_bytes()
}

/// Each kind of body that there is to unwrap or to write anew, as hostile as it can be.
fn bodies(length: usize) -> Vec<(&'static str, Vec<u8>)> {
    let arrays = |depth: usize| {
        wrapped(
            &"[".repeat(depth),
            "1,",
            &format!("1{}", "]".repeat(depth)),
            length,
        )
    };
    let parameters: Vec<String> = (0..1_000)
        .map(|index| format!("a{index}=%2525+%0D%0A%C3%A9"))
        .collect();
    let utf_16: Vec<u8> = repeated("{\"a\":1}日", length / 3)
        .utf8_chunks()
        .flat_map(|chunk| {
            chunk
                .valid()
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>()
        })
        .collect();
    vec![
        ("nothing", Vec::new()),
        ("nested arrays", arrays(62)),
        ("deeper arrays", arrays(126)),
        (
            "an array of empty arrays",
            wrapped("[", "[],", "[]]", length),
        ),
        (
            "an object of many keys",
            wrapped("{", "\"\":1,", "\"\":1}", length),
        ),
        (
            "a long string to escape",
            wrapped("[\"", "é/&<", "\"]", length),
        ),
        (
            "a long escaped string",
            wrapped("[\"", "\\u00e9\\/", "\"]", length),
        ),
        ("brackets alone", repeated("[", length)),
        ("a JSON string", wrapped("\"", "\\\"a\\u00e9", "\"", length)),
        (
            "a JSON object of an array",
            wrapped("{\"a\":[", "1,", "1]}", length),
        ),
        ("a thousand parameters", parameters.join("&").into_bytes()),
        ("one long parameter", wrapped("a=%41", "x", "", length)),
        (
            "one long parameter with plus signs",
            wrapped("a=", "+x\n", "", length),
        ),
        ("a thousand and one", repeated("a=1&", length)),
        ("ampersands", repeated("&", length)),
        ("escapes", repeated("%26amp;%", length)),
        ("line feeds", repeated("\n", length)),
        ("Latin-1", vec![0xe9; length]),
        (
            "some Latin-1",
            wrapped("a=", "abcdefgh", "", length)
                .into_iter()
                .enumerate()
                .map(|(index, byte)| if index % 9 == 4 { 0xe9 } else { byte })
                .collect(),
        ),
        ("two bytes each", repeated("é", length)),
        ("UTF-16", utf_16),
        ("zeros", vec![0; length]),
        ("a bomb", gzip(&vec![b'['; 64 * MEBIBYTE])),
        (
            "gzip of as much as fits",
            gzip(&repeated("a=%2b&", length + 200_000)),
        ),
        ("gzip of JSON", gzip(&arrays(60))),
        ("base64", base64(&arrays(60))[..length / 4 * 4].to_vec()),
        (
            "base64 of a form",
            base64(&wrapped("a=%41", "x", "", length / 4 * 3)),
        ),
        (
            "multipart",
            wrapped(
                "--b\r\n",
                "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\n",
                "",
                length,
            ),
        ),
        ("XML", wrapped("<a>", "<b/>", "</a>", length)),
    ]
}

/// What is put around a body, as hostile as it can be.
fn wrapped_bodies(length: usize) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (
            "an envelope of an envelope",
            wrapped("{\"body\":{\"data\":\"a=%41", "x", "\"}}", length),
        ),
        (
            "an array of one",
            wrapped("[{\"data\":\"", "\\u00e9", "\"}]", length),
        ),
        (
            "chunks",
            wrapped("", "1\r\na\r\n", "0\r\n\r\n", length / 6 * 6 + 5),
        ),
        ("one chunk", {
            let start = format!("{length:x}\r\n");
            wrapped(&start, "x", "\r\n0\r\n\r\n", start.len() + length + 7)
        }),
        ("percent-encoded", wrapped("%7B", "%2b", "", length)),
        (
            "percent-encoded, mostly not",
            wrapped("%7B", "+x", "", length),
        ),
        ("hex", repeated("7b", length / 2 * 2)),
        ("quotes", wrapped("b'", "x", "'", length)),
        (
            "base64 in lines",
            wrapped("", &format!("{}\r\n", "A".repeat(76)), "", length / 78 * 78),
        ),
        ("zeros at the end", wrapped("a=b", "\0", "", length)),
    ]
}

/// What adapters write a body as, as hostile as it can be.
fn adapted_bodies(length: usize) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a list of bytes", wrapped("[", "123,", "1]", length)),
        (
            "a dictionary of Python",
            wrapped("{'a':'", "\\x41\"", "'}", length),
        ),
        ("a text of XML", wrapped("<a>", "&amp;\"", "</a>", length)),
        (
            "elements of XML",
            wrapped("<x>", "<a>1</a>", "</x>", length),
        ),
        (
            "an event stream",
            wrapped("data: {\"a\":[", "1,", "1]}", length),
        ),
        (
            "records of a queue",
            wrapped("{\"Records\":[", "{\"body\":\"{}\"},", "{}]}", length),
        ),
        (
            "strings escaped for HTML",
            wrapped("{\"a\":\"", "&quot;", "\"}", length),
        ),
        ("nothing escaped", wrapped("a=", "& b&c=", "d", length)),
        (
            "escapes of JavaScript",
            wrapped("a=%25u2019", "%25", "", length / 3 * 3),
        ),
        (
            "backslashes and spaces",
            wrapped("a_b=", "\\'+%E9&lt;", "", length),
        ),
    ]
}

const SHA1: &str = "c3c08c1fefaf9ee198a100d5906765a6f394bf0f";

fn plain() -> Parts {
    let request = Request::post("/hooks/sms?tenant=acme&lang=en")
        .header("host", "app:3000")
        .header("x-forwarded-host", "hooks.example.com")
        .header("x-signalwire-signature", SHA1)
        .header("x-signalwire-sha256-signature", "ab".repeat(32));
    request.body(()).unwrap().into_parts().0
}

/// Everything that adds to what there is to try.
fn names_everything(length: usize) -> Parts {
    let hosts: Vec<String> = (0..length / 20)
        .map(|index| format!("H{index}.example:{index}"))
        .collect();
    let hosts = hosts.join(",");
    let target = format!(
        "/{}?{}",
        "a~//%41/".repeat(length / 8),
        "b=%20+'&".repeat(length / 8)
    );
    let mut request = Request::post(&target)
        .header("host", "UPPER.example:1")
        .header("authorization", "Basic dXNlcjpwYXNzd29yZA==")
        .header("x-signalwire-signature", SHA1)
        .header("x-signalwire-sha256-signature", "ab".repeat(32));
    for name in [
        "x-forwarded-host",
        "forwarded",
        "x-original-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
    ] {
        request = request.header(name, &hosts);
    }
    for number in 0..50 {
        request = request
            .header("x-original-uri", &target)
            .header(format!("x-path-{number}"), &target)
            .header(format!("x-host-{number}"), &hosts)
            .header("x-signalwire-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    }
    request.body(()).unwrap().into_parts().0
}

/// Every body stays within what is allowed; the worst is printed.
fn hold(length: usize, kinds: impl Fn(&str) -> bool) {
    let explainer = explainer(1);
    let mut worst = (0, String::new());
    let all = bodies(length)
        .into_iter()
        .chain(wrapped_bodies(length))
        .chain(adapted_bodies(length));
    for (name, body) in all.filter(|(name, _)| kinds(name)) {
        let peak = peak(&explainer, &plain(), &body);
        let told = format!("{name} of {} B: {peak} B", body.len());
        assert!(peak <= most(&body), "{told}");
        worst = worst.max((peak * 100 / most(&body), told));
    }
    println!("{} % of what is allowed: {}", worst.0, worst.1);
}

#[test]
fn a_small_body_takes_less_than_a_mebibyte() {
    hold(1_000, |_| true);
}

#[test]
fn a_longer_body_takes_no_more_than_four_times_its_length_besides() {
    hold(30_000, |_| true);
}

#[test]
fn so_does_json_of_a_mebibyte() {
    hold(MEBIBYTE, |name| {
        ["nested arrays", "a long string to escape"].contains(&name)
    });
}

#[test]
fn so_does_what_is_not_json_of_a_mebibyte() {
    hold(MEBIBYTE, |name| {
        ["one long parameter", "Latin-1"].contains(&name)
    });
}

#[test]
fn so_does_what_an_adapter_wrote_of_a_mebibyte() {
    hold(MEBIBYTE, |name| {
        [
            "a list of bytes",
            "a dictionary of Python",
            "a text of XML",
            "strings escaped for HTML",
            "backslashes and spaces",
        ]
        .contains(&name)
    });
}

#[test]
fn so_does_what_is_wrapped_of_a_mebibyte() {
    hold(MEBIBYTE, |name| {
        [
            "an envelope of an envelope",
            "chunks",
            "one chunk",
            "percent-encoded, mostly not",
            "base64 in lines",
        ]
        .contains(&name)
    });
}

#[test]
fn a_request_that_names_everything_takes_no_more() {
    for length in [200, 4_000, 32_000] {
        let parts = names_everything(length);
        for number_of_keys in [1, 100] {
            let explainer = explainer(number_of_keys)
                .dashboard_url("https://u:p@hooks.example.com/p/~a?b=c&d=e#f");
            for body in [
                &b""[..],
                br#"{"a":"/\u00e9&","b":[]}"#,
                b"From=%2B1&Body=a+b",
            ] {
                let peak = peak(&explainer, &parts, body);
                assert!(peak <= most(body), "{length} {number_of_keys}: {peak} B");
            }
        }
    }
}

#[test]
fn ninety_nine_configured_urls_take_no_more() {
    use signalwire_webhook::PublicUrl;
    let base = |number: usize| PublicUrl::base(&format!("https://h{number}.example")).unwrap();
    let urls = (1..99).fold(base(0), |urls, number| urls.or(base(number)));
    let explainer = explainer(2).public_url(urls);
    for body in [vec![b'x'; 10_000], vec![b'x'; MEBIBYTE]] {
        let peak = peak(&explainer, &names_everything(1_000), &body);
        assert!(peak <= most(&body), "{peak}");
    }
}
