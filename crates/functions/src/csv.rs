//! CSV as RFC 4180 has it.

use std::collections::HashSet;
use std::sync::Arc;

use trueup_value::{Type, Value};

use crate::function::{Function, FunctionError, Parameter, Refine, call_error};

/// `csvdecode`
pub static CSVDECODE: Function = Function::computed(
    "csvdecode",
    "The rows of a CSV text as objects, by the names in its first row.",
    &[Parameter::string("str", "The CSV.")],
    // The body tells: reading the text once is enough.
    |_| Ok(Type::Dynamic),
    |call| decode(call.text(0)).map(|(ty, rows)| Value::list(ty, rows)),
)
.refined(Refine::NotNull);

fn decode(text: &str) -> Result<(Type, Vec<Value>), FunctionError> {
    let mut records = Records {
        rest: text,
        line: 1,
    };
    let Some(header) = records.next_record()? else {
        return Err(call_error("missing header line"));
    };
    let names: Vec<Arc<str>> = header.1.into_iter().map(Arc::from).collect();
    let mut seen = HashSet::new();
    if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
        return Err(call_error(format!("duplicate column name {twice:?}")));
    }
    let ty = Type::object(names.iter().map(|name| (name.clone(), Type::String)));
    let mut rows = Vec::new();
    while let Some((line, fields)) = records.next_record()? {
        if fields.len() != names.len() {
            return Err(problem(line, "wrong number of fields"));
        }
        rows.push(Value::object_from(
            names.iter().cloned().zip(fields.iter().map(Value::string)),
        ));
    }
    Ok((ty, rows))
}

fn problem(line: usize, what: &str) -> FunctionError {
    call_error(format!("CSV parse error on line {line}: {what}"))
}

struct Records<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Records<'a> {
    /// The next line with its line end, which is `\n` where it was `\r\n`.
    fn next_line(&mut self) -> Option<(&'a str, bool)> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, ended) = match self.rest.find('\n') {
            Some(at) => {
                let line = &self.rest[..at];
                self.rest = &self.rest[at + 1..];
                (line.strip_suffix('\r').unwrap_or(line), true)
            }
            None => {
                let line = self.rest;
                self.rest = "";
                (line.strip_suffix('\r').unwrap_or(line), false)
            }
        };
        self.line += 1;
        Some((line, ended))
    }

    /// The line the next record starts in, and its fields; empty lines are passed over.
    fn next_record(&mut self) -> Result<Option<(usize, Vec<String>)>, FunctionError> {
        let (mut line, mut ended) = loop {
            match self.next_line() {
                None => return Ok(None),
                Some(("", _)) => {}
                Some(line) => break line,
            }
        };
        let start = self.line - 1;
        let mut fields = Vec::new();
        loop {
            let Some(quoted) = line.strip_prefix('"') else {
                let end = line.find(',');
                let field = &line[..end.unwrap_or(line.len())];
                if field.contains('"') {
                    return Err(problem(self.line - 1, "bare \" in non-quoted-field"));
                }
                fields.push(field.to_owned());
                match end {
                    Some(end) => line = &line[end + 1..],
                    None => return Ok(Some((start, fields))),
                }
                continue;
            };
            let mut field = String::new();
            line = quoted;
            loop {
                match line.find('"') {
                    Some(at) => {
                        field.push_str(&line[..at]);
                        line = &line[at + 1..];
                        if let Some(more) = line.strip_prefix('"') {
                            field.push('"');
                            line = more;
                        } else {
                            break;
                        }
                    }
                    None => {
                        field.push_str(line);
                        let unclosed =
                            problem(self.line - 1, "extraneous or missing \" in quoted-field");
                        if !ended {
                            return Err(unclosed);
                        }
                        field.push('\n');
                        (line, ended) = self.next_line().ok_or(unclosed)?;
                    }
                }
            }
            fields.push(field);
            if line.is_empty() {
                return Ok(Some((start, fields)));
            }
            line = line.strip_prefix(',').ok_or_else(|| {
                problem(self.line - 1, "extraneous or missing \" in quoted-field")
            })?;
        }
    }
}
