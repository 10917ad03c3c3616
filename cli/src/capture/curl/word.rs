//! A word of a command line, and what its quotes hid or showed.

/// A word, as the program is given it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// What a shell puts a value for, as `$NAME`; the text has it as it is written.
    pub(super) replaced: Option<String>,
    /// Its first character is in no quotes, so that it may mean something to the shell.
    pub(super) is_bare: bool,
    /// It is the first of a line that the line before does not go on to.
    pub(super) begins_line: bool,
}

/// The words so far, and the one that is being read.
#[derive(Debug)]
pub(super) struct Words {
    done: Vec<Word>,
    word: Option<Word>,
    begins_line: bool,
}

impl Words {
    pub(super) fn new() -> Self {
        Self {
            done: Vec::new(),
            word: None,
            begins_line: true,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.done.len()
    }

    pub(super) fn is_in_word(&self) -> bool {
        self.word.is_some()
    }

    /// The text of a word that begins with a quote, unless one has begun already.
    pub(super) fn quoted(&mut self) -> &mut Word {
        self.begun(false)
    }

    pub(super) fn push(&mut self, character: char) {
        self.begun(true).text.push(character);
    }

    fn begun(&mut self, is_bare: bool) -> &mut Word {
        let begins_line = std::mem::take(&mut self.begins_line);
        self.word.get_or_insert_with(|| Word {
            is_bare,
            begins_line,
            ..Word::default()
        })
    }

    /// White space, which may be the end of a line.
    pub(super) fn end(&mut self, space: char) {
        self.done.extend(self.word.take());
        self.begins_line |= space == '\n';
    }

    pub(super) fn finish(mut self) -> Vec<Word> {
        self.end(' ');
        self.done
    }
}
