//! A small reader and evaluator of expressions, so that recorded answers can be used as cases.
//! It knows operators, literals, indexes and a few conversion functions; anything else is reported
//! as unsupported.

mod names;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_value::{Marks, Number, Refinements, Type, Value, ValueRef, convert, json, ops, unify};

use names::{call, references};

/// Why an expression has no value here.
#[derive(Debug)]
pub enum Failure {
    /// Outside of what this evaluator knows.
    Unsupported,
    /// The language's own error.
    Error(String),
}

type Outcome = Result<Value, Failure>;

fn error<E: std::fmt::Display>(error: E) -> Failure {
    Failure::Error(error.to_string())
}

/// Evaluates the text of an expression.
pub fn evaluate(text: &str) -> Outcome {
    let mut reader = Reader {
        text: text.as_bytes(),
        source: text,
        at: 0,
    };
    let value = reader.conditional()?;
    reader.space();
    if reader.at == reader.text.len() {
        Ok(value)
    } else {
        Err(Failure::Unsupported)
    }
}

struct Reader<'a> {
    text: &'a [u8],
    source: &'a str,
    at: usize,
}

const LEVELS: [&[&str]; 6] = [
    &["||"],
    &["&&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Reader<'_> {
    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(|b| b" \n\t".contains(b)) {
            self.at += 1;
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        self.space();
        if self.source[self.at..].starts_with(token) {
            self.at += token.len();
            true
        } else {
            false
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), Failure> {
        if self.eat(token) {
            Ok(())
        } else {
            Err(Failure::Unsupported)
        }
    }

    fn conditional(&mut self) -> Outcome {
        let condition = self.binary(0)?;
        if !self.eat("?") {
            return Ok(condition);
        }
        let yes = self.conditional()?;
        self.expect(":")?;
        let no = self.conditional()?;
        let ty = match (yes.ty(), no.ty()) {
            (Type::Dynamic, ty) if yes.is_null() => ty,
            (ty, Type::Dynamic) if no.is_null() => ty,
            (a, b) => unify(&[a, b]).ok_or_else(|| error("consistent types"))?,
        };
        let (yes, no) = (
            convert(&yes, &ty).map_err(error)?,
            convert(&no, &ty).map_err(error)?,
        );
        match convert(&condition, &Type::Bool).map_err(error)?.as_bool() {
            Some(true) => Ok(yes),
            Some(false) => Ok(no),
            None => Err(Failure::Unsupported),
        }
    }

    fn operator(&mut self, level: usize) -> Option<&'static str> {
        self.space();
        let rest = &self.source[self.at..];
        let found = LEVELS[level].iter().find(|op| rest.starts_with(**op))?;
        self.at += found.len();
        Some(found)
    }

    fn binary(&mut self, level: usize) -> Outcome {
        if level == LEVELS.len() {
            return self.unary();
        }
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = self.operator(level) {
            let right = self.binary(level + 1)?;
            let wanted = match level {
                0 | 1 => Some(Type::Bool),
                2 => None,
                _ => Some(Type::Number),
            };
            let (a, b) = match wanted {
                Some(ty) => (
                    convert(&left, &ty).map_err(error)?,
                    convert(&right, &ty).map_err(error)?,
                ),
                None => (left, right),
            };
            left = match operator {
                "||" => ops::or(&a, &b),
                "&&" => ops::and(&a, &b),
                "==" => Ok(ops::equals(&a, &b)),
                "!=" => Ok(ops::not_equals(&a, &b)),
                "<" => ops::less_than(&a, &b),
                "<=" => ops::less_than_or_equal(&a, &b),
                ">" => ops::greater_than(&a, &b),
                ">=" => ops::greater_than_or_equal(&a, &b),
                "+" => ops::add(&a, &b),
                "-" => ops::subtract(&a, &b),
                "*" => ops::multiply(&a, &b),
                "/" => ops::divide(&a, &b),
                _ => ops::remainder(&a, &b),
            }
            .map_err(error)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Outcome {
        if self.eat("-") {
            let value = convert(&self.unary()?, &Type::Number).map_err(error)?;
            return ops::negate(&value).map_err(error);
        }
        if self.eat("!") {
            let value = convert(&self.unary()?, &Type::Bool).map_err(error)?;
            return ops::not(&value).map_err(error);
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Outcome {
        let mut value = self.primary()?;
        loop {
            if self.text.get(self.at) == Some(&b'[') {
                self.at += 1;
                if self.eat("*") {
                    return Err(Failure::Unsupported);
                }
                let key = self.conditional()?;
                self.expect("]")?;
                value = value.index(&key).map_err(error)?;
            } else if self.text.get(self.at) == Some(&b'.') {
                self.at += 1;
                let name = self.word();
                if name.is_empty() {
                    return Err(Failure::Unsupported);
                }
                value = value.get_attr(&name).map_err(error)?;
            } else {
                return Ok(value);
            }
        }
    }

    fn word(&mut self) -> String {
        let start = self.at;
        while self
            .text
            .get(self.at)
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
        {
            self.at += 1;
        }
        self.source[start..self.at].to_owned()
    }

    fn primary(&mut self) -> Outcome {
        self.space();
        match self.text.get(self.at) {
            Some(b'(') => {
                self.at += 1;
                let value = self.conditional()?;
                self.expect(")")?;
                Ok(value)
            }
            Some(b'[') => {
                self.at += 1;
                let mut elements = Vec::new();
                while !self.eat("]") {
                    if self.source[self.at..].starts_with("for ") {
                        return Err(Failure::Unsupported);
                    }
                    elements.push(self.conditional()?);
                    if !self.eat(",") {
                        self.expect("]")?;
                        break;
                    }
                }
                Ok(Value::tuple(elements))
            }
            Some(b'{') => self.object(),
            Some(b'"') => self.template(),
            Some(b'0'..=b'9') => self.number(),
            Some(b) if b.is_ascii_alphabetic() => self.name(),
            _ => Err(Failure::Unsupported),
        }
    }

    fn number(&mut self) -> Outcome {
        let start = self.at;
        let mut before = b'0';
        while let Some(byte) = self.text.get(self.at) {
            let sign = matches!(byte, b'+' | b'-') && matches!(before, b'e' | b'E');
            if !(byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E') || sign) {
                break;
            }
            before = *byte;
            self.at += 1;
        }
        Number::parse(&self.source[start..self.at])
            .map(Value::number)
            .map_err(|_| Failure::Unsupported)
    }

    fn object(&mut self) -> Outcome {
        self.at += 1;
        let mut members: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        while !self.eat("}") {
            self.space();
            let key = if self.text.get(self.at) == Some(&b'"') {
                self.template()?
            } else {
                let word = self.word();
                if word.is_empty() || word == "for" {
                    return Err(Failure::Unsupported);
                }
                Value::string(word)
            };
            if !self.eat("=") {
                self.expect(":")?;
            }
            let value = self.conditional()?;
            let key = key.as_str().ok_or(Failure::Unsupported)?;
            members.insert(key.into(), value);
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Value::object(members))
    }

    fn template(&mut self) -> Outcome {
        self.at += 1;
        let mut parts: Vec<Value> = Vec::new();
        let mut text = String::new();
        loop {
            let rest = &self.source[self.at..];
            let c = rest.chars().next().ok_or(Failure::Unsupported)?;
            if rest.starts_with("${") {
                if !text.is_empty() {
                    parts.push(Value::string(std::mem::take(&mut text)));
                }
                self.at += 2;
                parts.push(self.conditional()?);
                self.expect("}")?;
                continue;
            }
            if rest.starts_with("%{") || rest.starts_with("$${") || c == '\n' {
                return Err(Failure::Unsupported);
            }
            self.at += c.len_utf8();
            match c {
                '"' => break,
                '\\' => {
                    let escape = self
                        .text
                        .get(self.at)
                        .copied()
                        .ok_or(Failure::Unsupported)?;
                    self.at += 1;
                    text.push(match escape {
                        b'n' => '\n',
                        b't' => '\t',
                        b'r' => '\r',
                        b'"' => '"',
                        b'\\' => '\\',
                        b'u' => {
                            let hex = self
                                .source
                                .get(self.at..self.at + 4)
                                .ok_or(Failure::Unsupported)?;
                            self.at += 4;
                            u32::from_str_radix(hex, 16)
                                .ok()
                                .and_then(char::from_u32)
                                .ok_or(Failure::Unsupported)?
                        }
                        _ => return Err(Failure::Unsupported),
                    });
                }
                c => text.push(c),
            }
        }
        if parts.is_empty() {
            return Ok(Value::string(text));
        }
        if parts.len() == 1 && text.is_empty() {
            return Ok(parts.remove(0));
        }
        parts.push(Value::string(text));
        let mut joined = String::new();
        let mut marks = Marks::NONE;
        for part in parts {
            let part = convert(&part, &Type::String).map_err(error)?;
            marks |= part.marks();
            match part.view() {
                ValueRef::String(text) => joined.push_str(text),
                ValueRef::Unknown(..) => {
                    let prefix = ops::safe_prefix(&joined);
                    return Ok(
                        Value::unknown_refined(Type::String, Refinements::prefix(prefix))
                            .with_marks(marks),
                    );
                }
                _ => return Err(error("Cannot include a null value in a string template.")),
            }
        }
        Ok(Value::string(joined).with_marks(marks))
    }

    fn name(&mut self) -> Outcome {
        let start = self.at;
        let word = self.word();
        match word.as_str() {
            "true" => return Ok(Value::bool(true)),
            "false" => return Ok(Value::bool(false)),
            "null" => return Ok(Value::dynamic_null()),
            _ => {}
        }
        if self.text.get(self.at) == Some(&b'(') {
            self.at += 1;
            let argument = self.conditional()?;
            self.expect(")")?;
            return call(&word, &argument);
        }
        self.at = start;
        for (name, value) in references() {
            let after = self.text.get(self.at + name.len());
            if self.source[self.at..].starts_with(name)
                && !after.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
            {
                self.at += name.len();
                return Ok(value);
            }
        }
        Err(Failure::Unsupported)
    }
}

/// Whether the parts of a value that are unknown are those the recorded mask names.
pub fn matches_mask(value: &Value, mask: &json::Json<'_>) -> bool {
    use trueup_value::ElementKey;
    match mask {
        json::Json::Bool(true) => !value.is_known(),
        json::Json::Bool(false) => value.is_wholly_known(),
        json::Json::Array(masks) => value.as_slice().is_some_and(|v| {
            v.len() == masks.len() && v.iter().zip(masks).all(|(v, m)| matches_mask(v, m))
        }),
        json::Json::Object(_) => value.elements().all(|(key, element)| {
            let ElementKey::Name(name) = key else {
                return false;
            };
            match mask.get(name) {
                Some(mask) => matches_mask(element, mask),
                None => element.is_wholly_known(),
            }
        }),
        _ => false,
    }
}
