//! Which block of a file a byte lies in, as diagnostics name it.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use trueup_diagnostics::{Source, SourceId};

use super::human::diff::quote;

/// The top-level blocks of a text with their headers.
type Blocks = Vec<(Range<usize>, String)>;

thread_local! {
    /// The blocks of the text that was asked about last: diagnostics come file by file.
    static LAST: RefCell<Option<(Arc<str>, Arc<Blocks>)>> = const { RefCell::new(None) };
}

/// The header of the top-level block that the marked text lies in, such as `resource "aws_dynamodb_table"
/// "orders"`; in JSON syntax the names that lead there, such as `resource.aws_dynamodb_table.orders`.
/// `None` outside blocks, and for a mark at the very start of a block: the line shown is then the header.
pub fn enclosing(source: &Source, marked: usize) -> Option<String> {
    let before = marked.checked_sub(1)?;
    if source.name().ends_with(".json") {
        return json_names(source.text(), before);
    }
    let blocks = blocks(source.text());
    let after = blocks.partition_point(|(range, _)| range.start <= before);
    let (range, header) = blocks.get(after.checked_sub(1)?)?;
    range.contains(&before).then(|| header.clone())
}

fn blocks(text: &Arc<str>) -> Arc<Blocks> {
    LAST.with_borrow_mut(|last| {
        if let Some((known, blocks)) = last
            && Arc::ptr_eq(known, text)
        {
            return blocks.clone();
        }
        let (body, _) = trueup_parser::parse_body(SourceId(0), text);
        let mut found: Blocks = body
            .blocks
            .iter()
            .map(|block| (block.span.range(), header(block)))
            .collect();
        found.sort_by_key(|(range, _)| range.start);
        let found = Arc::new(found);
        *last = Some((text.clone(), found.clone()));
        found
    })
}

fn header(block: &trueup_parser::Block) -> String {
    let mut header = block.kind.name.to_string();
    for label in &block.labels {
        header.push(' ');
        header.push_str(&quote(&label.text));
    }
    header
}

/// The names and positions of the JSON objects and arrays around a byte. `None` for a text whose brackets
/// don't match.
fn json_names(text: &str, at: usize) -> Option<String> {
    struct Open {
        step: String,
        is_array: bool,
        position: usize,
    }
    let mut stack: Vec<Open> = Vec::new();
    let mut names: Option<String> = None;
    let mut last_string = String::new();
    let bytes = text.as_bytes();
    let mut here = 0;
    while here < bytes.len() {
        let first = here;
        let byte = bytes[here];
        here += 1;
        match byte {
            b'"' => {
                while bytes.get(here).is_some_and(|byte| *byte != b'"') {
                    here += if bytes[here] == b'\\' { 2 } else { 1 };
                }
                last_string = unquoted(text.get(first..=here)?);
                here += 1;
            }
            b'{' | b'[' => {
                let step = match stack.last() {
                    None => String::new(),
                    Some(outer) if outer.is_array => format!("[{}]", outer.position),
                    Some(_) => format!(".{last_string}"),
                };
                stack.push(Open {
                    step,
                    is_array: byte == b'[',
                    position: 0,
                });
            }
            b',' => {
                if let Some(open) = stack.last_mut() {
                    open.position += 1;
                }
            }
            _ => {}
        }
        // A closing bracket still belongs to what it closes.
        if names.is_none() && here > at {
            names = Some(stack.iter().map(|open| open.step.as_str()).collect());
        }
        if matches!(byte, b'}' | b']') {
            stack.pop()?;
        }
    }
    if !stack.is_empty() {
        return None;
    }
    let names = names?;
    let names = names.strip_prefix('.').unwrap_or(&names);
    (!names.is_empty()).then(|| names.to_owned())
}

/// What a quoted JSON string says.
fn unquoted(text: &str) -> String {
    serde_json::from_str(text).unwrap_or_else(|_| text.trim_matches('"').to_owned())
}
