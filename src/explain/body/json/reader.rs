//! Reads JSON's tokens, without judging numbers and names.

/// Deeper than any webhook, and shallow enough for any stack.
pub(in crate::explain) const MAX_DEPTH: usize = 64;

/// Whether the text is one JSON object or array, and nothing else.
pub(in crate::explain) fn is_json(text: &str) -> bool {
    let mut reader = Reader::new(text);
    reader.skip_white_space();
    if !reader.rest.starts_with(['{', '[']) {
        return false;
    }
    let is_value = reader.skip_value(MAX_DEPTH).is_some();
    reader.skip_white_space();
    is_value && reader.is_at_end()
}

#[derive(Clone, Copy)]
pub(in crate::explain) struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    pub(in crate::explain) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(in crate::explain) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(in crate::explain) fn skip_white_space(&mut self) {
        self.white_space();
    }

    /// What is skipped.
    pub(super) fn white_space(&mut self) -> &'a str {
        let rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let (skipped, rest) = self.rest.split_at(self.rest.len() - rest.len());
        self.rest = rest;
        skipped
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    pub(in crate::explain) fn take(&mut self, character: char) -> bool {
        match self.rest.strip_prefix(character) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// With its quotes.
    pub(in crate::explain) fn string(&mut self) -> Option<&'a str> {
        let bytes = self.rest.as_bytes();
        if bytes.first() != Some(&b'"') {
            return None;
        }
        let mut end = 1;
        loop {
            match bytes.get(end)? {
                b'"' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        let (string, rest) = self.rest.split_at_checked(end + 1)?;
        self.rest = rest;
        Some(string)
    }

    /// A number, `true`, `false` or `null`.
    pub(in crate::explain) fn scalar(&mut self) -> Option<&'a str> {
        let is_scalar = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let length = self.rest.bytes().take_while(is_scalar).count();
        let (scalar, rest) = self.rest.split_at(length);
        self.rest = rest;
        (!scalar.is_empty()).then_some(scalar)
    }

    /// The text of the next value.
    pub(in crate::explain) fn skip_value(&mut self, depth: usize) -> Option<&'a str> {
        let start = self.rest;
        let depth = depth.checked_sub(1)?;
        match self.peek()? {
            b'"' => {
                self.string()?;
            }
            b'{' => self.skip_list('{', '}', |reader| {
                reader.string()?;
                reader.skip_white_space();
                reader.take(':').then_some(())?;
                reader.skip_white_space();
                reader.skip_value(depth).map(|_| ())
            })?,
            b'[' => self.skip_list('[', ']', |reader| reader.skip_value(depth).map(|_| ()))?,
            _ => {
                self.scalar()?;
            }
        }
        Some(&start[..start.len() - self.rest.len()])
    }

    fn skip_list(
        &mut self,
        open: char,
        close: char,
        mut skip: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.take(open).then_some(())?;
        self.skip_white_space();
        if self.take(close) {
            return Some(());
        }
        loop {
            self.skip_white_space();
            skip(self)?;
            self.skip_white_space();
            if self.take(close) {
                return Some(());
            }
            self.take(',').then_some(())?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_or_an_array_is_json() {
        for text in [
            "{}",
            " [ ] ",
            r#"{"a":1,"b":[true,{"c":"}\""}]}"#,
            "[1, 2.5e+3,null]\n",
        ] {
            assert!(is_json(text), "{text}");
        }
        for text in [
            "", "1", "\"a\"", "{", "[1", "[1,]", "{\"a\"}", "{a:1}", "{}{}", "[\"a]", "[\"\\", "é",
            "[1 2]", "[é]",
        ] {
            assert!(!is_json(text), "{text}");
        }
    }

    #[test]
    fn what_is_too_deep_is_not_read() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_json(&nested(MAX_DEPTH)));
        assert!(!is_json(&nested(MAX_DEPTH + 1)));
        assert!(!is_json(&"[".repeat(1_000_000)));
    }
}
