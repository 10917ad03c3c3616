//! Which of curl's options take a value, so that none is taken for the URL.

/// The options that a word is, and the value that is attached to the last of them.
pub(super) fn options(word: &str) -> (Vec<String>, Option<String>) {
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
pub(super) fn takes_value(option: &str) -> bool {
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
        --socks5-hostname --url-query --doh-url --dns-servers --aws-sigv4 --hsts --alt-svc \
        --request-target --preproxy --login-options --service-name --trace-config --etag-save \
        --etag-compare --happy-eyeballs-timeout-ms --haproxy-clientip --libcurl --stderr";
    WITH_VALUE.split(' ').any(|known| known == option)
}
