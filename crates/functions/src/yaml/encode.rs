//! A value → YAML: collections in block form, strings in double quotes or, with line breaks, as literal blocks.

use trueup_value::{Value, ValueRef};

/// Where a quoted string is folded: behind this column, at the next space.
const WIDTH: usize = 80;
/// Spaces of one level.
const STEP: usize = 2;
/// A key of more characters is written in the long form, with a question mark.
const LONGEST_KEY: usize = 128;

/// The text of a wholly known value.
///
/// # Errors
/// What YAML has no form for.
pub(super) fn encode(value: &Value) -> Result<String, String> {
    let mut writer = Writer::default();
    writer.node(value, Place::Root, 0)?;
    if writer.open {
        writer.break_line();
        writer.text.push_str("...");
    }
    writer.break_line();
    Ok(writer.text)
}

/// What stands around a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The whole document.
    Root,
    /// Behind a dash.
    Entry,
    /// Behind a colon.
    Member,
    /// Before a colon.
    Key,
    /// Behind a question mark.
    LongKey,
}

#[derive(Default)]
struct Writer {
    text: String,
    column: usize,
    /// A plain scalar stands alone: what follows could still belong to it.
    open: bool,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.chars().count();
    }

    fn break_line(&mut self) {
        if self.column > 0 || !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.column = 0;
    }

    fn pad(&mut self, column: usize) {
        while self.column < column {
            self.put(" ");
        }
    }

    /// The blank before what stands behind an indicator.
    fn gap(&mut self) {
        if self.column > 0 && !self.text.ends_with([' ', '\n']) {
            self.put(" ");
        }
    }

    /// Writes a node; `indent` is the column of the block that it is part of.
    fn node(&mut self, value: &Value, place: Place, indent: usize) -> Result<(), String> {
        match value.view() {
            ValueRef::Null(_) => self.plain("null", place),
            ValueRef::Bool(value) => self.plain(if value { "true" } else { "false" }, place),
            ValueRef::Number(number) => {
                self.plain(&number.to_string(), place);
            }
            ValueRef::String(text) => self.string(text, place, indent),
            ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => {
                return self.sequence(elements, place, indent);
            }
            ValueRef::Tuple(elements) => return self.sequence(elements, place, indent),
            ValueRef::Map { elements, .. } | ValueRef::Object(elements) => {
                if elements.is_empty() {
                    self.gap();
                    self.put("{}");
                    return Ok(());
                }
                let column = self.deeper(place, indent);
                for (at, (name, value)) in elements.iter().enumerate() {
                    self.line(at, place, column);
                    self.member(name, value, column)?;
                }
            }
            ValueRef::Unknown(..) => return Err("the value is not known".to_owned()),
        }
        Ok(())
    }

    fn deeper(&self, place: Place, indent: usize) -> usize {
        if place == Place::Root {
            0
        } else {
            indent + STEP
        }
    }

    /// Begins a member or entry: the first of a block may stand behind the dash or question mark around it.
    fn line(&mut self, at: usize, place: Place, column: usize) {
        if at > 0 || place == Place::Member {
            self.break_line();
        }
        self.pad(column);
    }

    fn sequence(&mut self, elements: &[Value], place: Place, indent: usize) -> Result<(), String> {
        if elements.is_empty() {
            self.gap();
            self.put("[]");
            return Ok(());
        }
        // A sequence in a mapping stands at the mapping's own column.
        let column = match place {
            Place::Member => indent,
            _ => self.deeper(place, indent),
        };
        for (at, element) in elements.iter().enumerate() {
            self.line(at, place, column);
            self.put("-");
            self.node(element, Place::Entry, column)?;
        }
        Ok(())
    }

    fn member(&mut self, name: &str, value: &Value, column: usize) -> Result<(), String> {
        if name.len() > LONGEST_KEY || name.contains(is_break) {
            self.put("?");
            self.string(name, Place::LongKey, column);
            self.break_line();
            self.pad(column);
            self.put(":");
            return self.node(value, Place::LongKey, column);
        }
        self.string(name, Place::Key, column);
        self.put(":");
        self.node(value, Place::Member, column)
    }

    fn plain(&mut self, text: &str, place: Place) {
        self.gap();
        self.put(text);
        self.open = place == Place::Root;
    }

    fn string(&mut self, text: &str, place: Place, indent: usize) {
        self.open = false;
        if place != Place::Key {
            self.gap();
        }
        let indent = indent + STEP;
        if text.contains('\n') && place != Place::Key && fits_block(text) {
            self.literal(text, indent);
        } else {
            self.quoted(text, place != Place::Key, indent);
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n', '\u{2028}', '\u{2029}']) {
            self.put(&STEP.to_string());
        }
        let mut ends = text.chars().rev();
        match (
            ends.next().is_some_and(is_break),
            ends.next().is_none_or(is_break),
        ) {
            (false, _) => self.put("-"),
            (true, true) => self.put("+"),
            (true, false) => {}
        }
        self.break_line();
        for c in text.chars() {
            if is_break(c) {
                self.text.push(c);
                self.column = 0;
            } else {
                self.pad(indent);
                self.text.push(c);
                self.column += 1;
            }
        }
    }

    fn quoted(&mut self, text: &str, fold: bool, indent: usize) {
        self.put("\"");
        let chars: Vec<char> = text.chars().collect();
        let mut after_space = false;
        for (at, c) in chars.iter().copied().enumerate() {
            if c == ' ' {
                let inside = at > 0 && at + 1 < chars.len();
                if fold && !after_space && self.column > WIDTH && inside {
                    self.break_line();
                    self.pad(indent);
                    if chars[at + 1] == ' ' {
                        self.put("\\");
                    }
                } else {
                    self.put(" ");
                }
                after_space = true;
                continue;
            }
            after_space = false;
            match escape(c) {
                Some(escape) => self.put(&escape),
                None => {
                    self.text.push(c);
                    self.column += 1;
                }
            }
        }
        self.put("\"");
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character may be written as it is.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{ffff}')
        && !matches!(c, '\u{feff}' | '\u{fffe}'..='\u{ffff}')
}

/// Whether a text survives a literal block: no space before a line break or the end, nothing to escape.
fn fits_block(text: &str) -> bool {
    let mut before = None;
    for c in text.chars() {
        if !(c == '\n' || is_plain(c)) || (is_break(c) && before == Some(' ')) {
            return false;
        }
        before = Some(c);
    }
    before != Some(' ')
}

fn escape(c: char) -> Option<String> {
    let short = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{b}' => "\\v",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        '\u{1b}' => "\\e",
        '\u{85}' => "\\N",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        c if is_plain(c) => return None,
        c => {
            let code = c as u32;
            return Some(match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            });
        }
    };
    Some(short.to_owned())
}
