//! Blocks and brackets of YAML: what each indicator opens and closes, and the keys before colons.

use super::scanner::{Scanner, SimpleKey};
use super::tokens::{Kind, Mark, Problem, Token};

impl Scanner {
    /// Opens a block at a column, before the token with the number where one is given.
    pub(super) fn roll(&mut self, column: usize, number: Option<usize>, kind: Kind, mark: Mark) {
        let column = isize::try_from(column).unwrap_or(isize::MAX);
        if self.in_flow() || self.indent >= column {
            return;
        }
        self.indents.push(self.indent);
        self.indent = column;
        let token = Token { kind, mark };
        match number {
            Some(number) => self.tokens.insert(number - self.taken, token),
            None => self.tokens.push_back(token),
        }
    }

    pub(super) fn unroll(&mut self, column: isize) {
        if self.in_flow() {
            return;
        }
        while self.indent > column {
            self.push(Kind::BlockEnd, self.mark);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    pub(super) fn leave_blocks(&mut self) -> Result<(), Problem> {
        self.unroll(-1);
        self.remove_key()?;
        self.key_allowed = false;
        Ok(())
    }

    pub(super) fn stream_end(&mut self) -> Result<(), Problem> {
        if self.mark.column != 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
        self.leave_blocks()?;
        self.push(Kind::StreamEnd, self.mark);
        self.ended = true;
        Ok(())
    }

    pub(super) fn indicator(&mut self, kind: Kind, key_allowed: bool) -> Result<(), Problem> {
        self.remove_key()?;
        self.key_allowed = key_allowed;
        self.push(kind, self.mark);
        self.skip();
        Ok(())
    }

    pub(super) fn flow_start(&mut self, kind: Kind) -> Result<(), Problem> {
        self.save_key()?;
        self.keys.push(SimpleKey::default());
        self.key_allowed = true;
        self.push(kind, self.mark);
        self.skip();
        Ok(())
    }

    pub(super) fn flow_end(&mut self, kind: Kind) -> Result<(), Problem> {
        self.remove_key()?;
        if self.in_flow() {
            self.keys.pop();
        }
        self.key_allowed = false;
        self.push(kind, self.mark);
        self.skip();
        Ok(())
    }

    pub(super) fn block_entry(&mut self) -> Result<(), Problem> {
        if !self.in_flow() {
            if !self.key_allowed {
                return Err(self.problem("block sequence entries are not allowed in this context"));
            }
            self.roll(self.mark.column, None, Kind::BlockSequenceStart, self.mark);
        }
        self.indicator(Kind::BlockEntry, true)
    }

    pub(super) fn explicit_key(&mut self) -> Result<(), Problem> {
        if !self.in_flow() {
            if !self.key_allowed {
                return Err(self.problem("mapping keys are not allowed in this context"));
            }
            self.roll(self.mark.column, None, Kind::BlockMappingStart, self.mark);
        }
        let allowed = !self.in_flow();
        self.indicator(Kind::Key, allowed)
    }

    pub(super) fn value(&mut self) -> Result<(), Problem> {
        let key = self.keys.last().copied().unwrap_or_default();
        if key.possible {
            let token = Token {
                kind: Kind::Key,
                mark: key.mark,
            };
            self.tokens.insert(key.token - self.taken, token);
            self.roll(
                key.mark.column,
                Some(key.token),
                Kind::BlockMappingStart,
                key.mark,
            );
            if let Some(last) = self.keys.last_mut() {
                last.possible = false;
            }
            self.key_allowed = false;
        } else {
            if !self.in_flow() {
                if !self.key_allowed {
                    return Err(self.problem("mapping values are not allowed in this context"));
                }
                self.roll(self.mark.column, None, Kind::BlockMappingStart, self.mark);
            }
            self.key_allowed = !self.in_flow();
        }
        self.push(Kind::Value, self.mark);
        self.skip();
        Ok(())
    }
}
