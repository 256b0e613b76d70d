//! YAML text → tokens: indentation becomes brackets, simple keys are found behind their colon.

use std::collections::VecDeque;

use super::tokens::{Kind, Mark, Problem, Token};

/// Keys of mappings are found at their colon, so far behind their start at most.
const LONGEST_KEY: usize = 1024;

#[derive(Clone, Copy, Default)]
pub(super) struct SimpleKey {
    pub(super) possible: bool,
    pub(super) required: bool,
    pub(super) token: usize,
    pub(super) mark: Mark,
}

/// Reads tokens one at a time.
pub(super) struct Scanner {
    pub(super) text: Vec<char>,
    pub(super) mark: Mark,
    pub(super) tokens: VecDeque<Token>,
    pub(super) taken: usize,
    pub(super) ended: bool,
    pub(super) indent: isize,
    pub(super) indents: Vec<isize>,
    pub(super) keys: Vec<SimpleKey>,
    pub(super) key_allowed: bool,
}

impl Scanner {
    pub(super) fn new(text: &str) -> Result<Scanner, Problem> {
        let text: Vec<char> = text
            .strip_prefix('\u{feff}')
            .unwrap_or(text)
            .chars()
            .collect();
        if text.iter().any(|c| !is_readable(*c)) {
            return Err(Problem::at(
                Mark::default(),
                "control characters are not allowed",
            ));
        }
        Ok(Scanner {
            text,
            mark: Mark::default(),
            tokens: VecDeque::new(),
            taken: 0,
            ended: false,
            indent: -1,
            indents: Vec::new(),
            keys: vec![SimpleKey::default()],
            key_allowed: true,
        })
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Result<&Token, Problem> {
        while self.needs_more()? {
            self.fetch()?;
        }
        let mark = self.mark;
        if self.tokens.is_empty() {
            self.tokens.push_back(Token {
                kind: Kind::StreamEnd,
                mark,
            });
        }
        Ok(&self.tokens[0])
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Result<Token, Problem> {
        let token = self.peek()?.clone();
        if token.kind != Kind::StreamEnd {
            self.tokens.pop_front();
            self.taken += 1;
        }
        Ok(token)
    }

    fn needs_more(&mut self) -> Result<bool, Problem> {
        if self.ended {
            return Ok(false);
        }
        if self.tokens.is_empty() {
            return Ok(true);
        }
        self.drop_stale_keys()?;
        Ok(self
            .keys
            .iter()
            .any(|key| key.possible && key.token == self.taken))
    }

    pub(super) fn char(&self, ahead: usize) -> char {
        self.text
            .get(self.mark.index + ahead)
            .copied()
            .unwrap_or('\0')
    }

    pub(super) fn is_end(&self, ahead: usize) -> bool {
        self.mark.index + ahead >= self.text.len()
    }

    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.char(ahead), ' ' | '\t')
    }

    pub(super) fn is_break(&self, ahead: usize) -> bool {
        matches!(
            self.char(ahead),
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    }

    pub(super) fn is_break_or_end(&self, ahead: usize) -> bool {
        self.is_end(ahead) || self.is_break(ahead)
    }

    pub(super) fn is_gap(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    pub(super) fn in_flow(&self) -> bool {
        self.keys.len() > 1
    }

    /// Whether `---` or `...` stands here at the start of a line.
    pub(super) fn at_document_marker(&self) -> bool {
        self.mark.column == 0
            && ['-', '.']
                .iter()
                .any(|c| (0..3).all(|at| self.char(at) == *c))
            && self.is_gap(3)
    }

    pub(super) fn skip(&mut self) {
        self.mark.index += 1;
        self.mark.column += 1;
    }

    pub(super) fn take(&mut self, into: &mut String) {
        into.push(self.char(0));
        self.skip();
    }

    pub(super) fn skip_break(&mut self) {
        let two = self.char(0) == '\r' && self.char(1) == '\n';
        self.mark.index += if two { 2 } else { 1 };
        self.mark.column = 0;
        self.mark.line += 1;
    }

    /// Takes a line break; all but the two of Unicode become a newline.
    pub(super) fn take_break(&mut self, into: &mut String) {
        into.push(match self.char(0) {
            c @ ('\u{2028}' | '\u{2029}') => c,
            _ => '\n',
        });
        self.skip_break();
    }

    /// A complaint about what is being read here.
    pub(super) fn problem(&self, message: &str) -> Problem {
        let mut problem = Problem::at(self.mark, message);
        if problem.line > 0 {
            problem.line += 1;
        }
        problem
    }

    pub(super) fn push(&mut self, kind: Kind, mark: Mark) {
        self.tokens.push_back(Token { kind, mark });
    }

    fn fetch(&mut self) -> Result<(), Problem> {
        self.skip_to_token();
        self.drop_stale_keys()?;
        let column = isize::try_from(self.mark.column).unwrap_or(isize::MAX);
        self.unroll(column);
        if self.is_end(0) {
            return self.stream_end();
        }
        let first = self.char(0);
        if self.mark.column == 0 && first == '%' {
            self.leave_blocks()?;
            let token = self.directive()?;
            self.tokens.push_back(token);
            return Ok(());
        }
        if self.at_document_marker() {
            self.leave_blocks()?;
            let kind = if first == '-' {
                Kind::DocumentStart
            } else {
                Kind::DocumentEnd
            };
            self.push(kind, self.mark);
            (0..3).for_each(|_| self.skip());
            return Ok(());
        }
        let flow = self.in_flow();
        let gap = self.is_gap(1);
        match first {
            '[' => self.flow_start(Kind::FlowSequenceStart),
            '{' => self.flow_start(Kind::FlowMappingStart),
            ']' => self.flow_end(Kind::FlowSequenceEnd),
            '}' => self.flow_end(Kind::FlowMappingEnd),
            ',' => self.indicator(Kind::FlowEntry, true),
            '-' if gap => self.block_entry(),
            '?' if flow || gap => self.explicit_key(),
            ':' if flow || gap => self.value(),
            '*' | '&' => {
                self.save_key()?;
                self.key_allowed = false;
                let token = self.anchor()?;
                self.tokens.push_back(token);
                Ok(())
            }
            '!' => {
                self.save_key()?;
                self.key_allowed = false;
                let token = self.tag()?;
                self.tokens.push_back(token);
                Ok(())
            }
            '|' | '>' if !flow => {
                self.remove_key()?;
                self.key_allowed = true;
                let token = self.block_scalar()?;
                self.tokens.push_back(token);
                Ok(())
            }
            '\'' | '"' => {
                self.save_key()?;
                self.key_allowed = false;
                let token = self.quoted_scalar()?;
                self.tokens.push_back(token);
                Ok(())
            }
            _ if self.begins_plain(first, flow) => {
                self.save_key()?;
                self.key_allowed = false;
                let token = self.plain_scalar()?;
                self.tokens.push_back(token);
                Ok(())
            }
            _ => Err(self.problem("found character that cannot start any token")),
        }
    }

    fn begins_plain(&self, first: char, flow: bool) -> bool {
        match first {
            '-' => !self.is_blank(1),
            '?' | ':' => !flow && !self.is_gap(1),
            ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
            | '@' | '`' => false,
            _ => !self.is_gap(0),
        }
    }

    fn skip_to_token(&mut self) {
        loop {
            if self.mark.column == 0 && self.char(0) == '\u{feff}' {
                self.skip();
            }
            while self.char(0) == ' '
                || (self.char(0) == '\t' && (self.in_flow() || !self.key_allowed))
            {
                self.skip();
            }
            if self.char(0) == '#' {
                while !self.is_break_or_end(0) {
                    self.skip();
                }
            }
            if self.is_end(0) || !self.is_break(0) {
                return;
            }
            self.skip_break();
            if !self.in_flow() {
                self.key_allowed = true;
            }
        }
    }

    fn drop_stale_keys(&mut self) -> Result<(), Problem> {
        for at in 0..self.keys.len() {
            let key = self.keys[at];
            if key.possible
                && (key.mark.line < self.mark.line
                    || key.mark.index + LONGEST_KEY < self.mark.index)
            {
                if key.required {
                    return Err(self.problem("could not find expected ':'"));
                }
                self.keys[at].possible = false;
            }
        }
        Ok(())
    }

    pub(super) fn save_key(&mut self) -> Result<(), Problem> {
        let column = isize::try_from(self.mark.column).unwrap_or(isize::MAX);
        let required = !self.in_flow() && self.indent == column;
        if self.key_allowed {
            self.remove_key()?;
            let key = SimpleKey {
                possible: true,
                required,
                token: self.taken + self.tokens.len(),
                mark: self.mark,
            };
            if let Some(last) = self.keys.last_mut() {
                *last = key;
            }
        }
        Ok(())
    }

    pub(super) fn remove_key(&mut self) -> Result<(), Problem> {
        let problem = self.problem("could not find expected ':'");
        if let Some(key) = self.keys.last_mut() {
            if key.possible && key.required {
                return Err(problem);
            }
            key.possible = false;
        }
        Ok(())
    }
}

/// The characters that may stand in a text.
fn is_readable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}
