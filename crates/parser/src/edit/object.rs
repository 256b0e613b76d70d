//! What joins or leaves an object written out, `{ a = 1 }`, in the language or in JSON.

use trueup_diagnostics::grapheme_count;

use super::{Edit, EditError, check_expression};
use crate::ast::{Expr, ExprKind, ObjectItem};
use crate::lexer::is_identifier;
use crate::quoting::quoted;

/// How the text of an object is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// `key = value`, line by line or between commas.
    Language,
    /// `"key": value`, between commas.
    Json,
}

impl Edit<'_> {
    /// Adds a member behind the others of an object written out. `object` is of the text that is changed; `value` is
    /// an expression in the notation of the object.
    ///
    /// # Errors
    /// [`EditError::NotReadable`] where `value` is no expression; [`EditError::NoAttribute`] where `object` is no
    /// object written out.
    pub fn add_member(
        &mut self,
        object: &Expr,
        key: &str,
        value: &str,
        notation: Notation,
    ) -> Result<(), EditError> {
        check_expression(value)?;
        let ExprKind::Object { items, .. } = &object.kind else {
            return Err(EditError::NoAttribute(key.to_owned()));
        };
        let name = match notation {
            Notation::Language if is_identifier(key) => key.to_owned(),
            _ => quoted(key),
        };
        let Some(last) = items.last() else {
            let text = match notation {
                Notation::Language => format!("{{ {name} = {value} }}"),
                Notation::Json => format!("{{ {name}: {value} }}"),
            };
            self.put(object.span.range(), &text);
            return Ok(());
        };
        let (key_start, end) = (last.key.span().start as usize, last.value.span.end as usize);
        let indent = self.layout.indent_at(key_start).to_owned();
        let own_line = self.layout.begins_line(key_start);
        let value = self.layout.continued(value, &indent);
        let newline = self.layout.newline;
        let comma = self.text[end..]
            .trim_start_matches([' ', '\t'])
            .starts_with(',');
        let (at, text) = match (notation, own_line) {
            (Notation::Json, true) => (end, format!(",{newline}{indent}{name}: {value}")),
            (Notation::Json, false) => (end, format!(", {name}: {value}")),
            (Notation::Language, false) => (end, format!(", {name} = {value}")),
            (Notation::Language, true) => {
                let at = self.layout.line_end(end);
                let missing = self
                    .width_of_key(last)
                    .saturating_sub(grapheme_count(&name));
                let pad = " ".repeat(missing);
                let comma = if comma { "," } else { "" };
                (at, format!("{indent}{name}{pad} = {value}{comma}{newline}"))
            }
        };
        self.splices.push(super::Splice {
            range: at..at,
            text,
        });
        Ok(())
    }

    /// Takes a member out of an object written out, by its position. `object` is of the text that is changed.
    ///
    /// # Errors
    /// [`EditError::NoAttribute`] where there is none.
    pub fn remove_member(
        &mut self,
        object: &Expr,
        position: usize,
        notation: Notation,
    ) -> Result<(), EditError> {
        let gone = || EditError::NoAttribute(position.to_string());
        let items = object.static_pairs().ok_or_else(gone)?;
        let item = items.get(position).ok_or_else(gone)?;
        let (start, end) = (item.key.span().start as usize, item.value.span.end as usize);
        let next = items
            .get(position + 1)
            .map(|item| item.key.span().start as usize);
        let before = position
            .checked_sub(1)
            .and_then(|before| items.get(before))
            .map(|item| item.value.span.end as usize);
        let line = self.layout.line_start(start)..self.layout.line_end(end);
        let alone = self.layout.begins_line(start)
            && next.is_none_or(|next| next >= line.end)
            && (object.span.end as usize) > line.end;
        let range = match (notation, next, before) {
            (Notation::Language, ..) if alone => line,
            (_, Some(next), _) => start..next,
            (_, None, Some(before)) => before..end,
            (_, None, None) => {
                self.put(object.span.range(), "{}");
                return Ok(());
            }
        };
        self.splices.push(super::Splice {
            range,
            text: String::new(),
        });
        Ok(())
    }

    /// How wide a key and the spaces before its equals sign are.
    fn width_of_key(&self, item: &ObjectItem) -> usize {
        let between = &self.text[item.key.span().start as usize..item.value.span.start as usize];
        match between.rfind('=') {
            Some(at) => grapheme_count(&between[..at]).saturating_sub(1),
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, change: impl FnOnce(&mut Edit<'_>, &Expr)) -> String {
        let mut edit = Edit::new(text).expect("the text is read");
        let expr = edit.body().attributes[0].expr.clone();
        change(&mut edit, &expr);
        edit.finish().expect("the result is read")
    }

    #[test]
    fn members_join_as_the_others_are_written() {
        let add = |text: &str| {
            changed(text, |edit, object| {
                edit.add_member(object, "b c", "2", Notation::Language)
                    .expect("added");
            })
        };
        assert_eq!(add("x = {}\n"), "x = { \"b c\" = 2 }\n");
        assert_eq!(add("x = { a = 1 }\n"), "x = { a = 1, \"b c\" = 2 }\n");
        assert_eq!(
            add("x = {\n  team      = 1 # one\n}\n"),
            "x = {\n  team      = 1 # one\n  \"b c\"     = 2\n}\n"
        );
        assert_eq!(
            add("x = {\n  a : 1,\n}\n"),
            "x = {\n  a : 1,\n  \"b c\" = 2,\n}\n"
        );
    }

    #[test]
    fn members_leave_with_their_lines() {
        let remove = |text: &str, at: usize| {
            changed(text, |edit, object| {
                edit.remove_member(object, at, Notation::Language)
                    .expect("removed");
            })
        };
        assert_eq!(remove("x = { a = 1, b = 2 }\n", 0), "x = { b = 2 }\n");
        assert_eq!(remove("x = { a = 1, b = 2 }\n", 1), "x = { a = 1 }\n");
        assert_eq!(remove("x = { a = 1 }\n", 0), "x = {}\n");
        assert_eq!(
            remove("x = {\n  a = 1\n  b = 2 # two\n  c = 3\n}\n", 1),
            "x = {\n  a = 1\n  c = 3\n}\n"
        );
    }

    #[test]
    fn json_keeps_its_commas() {
        let text = "x = jsonencode({\n  \"a\": 1,\n  \"b\": 2\n})\n";
        let inner = |expr: &Expr| expr.static_call().expect("a call").args[0].clone();
        let added = changed(text, |edit, expr| {
            edit.add_member(&inner(expr), "c", "3", Notation::Json)
                .expect("added");
        });
        assert_eq!(
            added,
            "x = jsonencode({\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n})\n"
        );
        let removed = changed(text, |edit, expr| {
            edit.remove_member(&inner(expr), 1, Notation::Json)
                .expect("removed");
        });
        assert_eq!(removed, "x = jsonencode({\n  \"a\": 1\n})\n");
    }
}
