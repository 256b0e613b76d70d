//! Edits: what a person expects of them, and that nothing else of any text changes.

use proptest::prelude::*;
use trueup_diagnostics::SourceId;
use trueup_parser::edit::{At, Edit, EditError};
use trueup_parser::{Body, parse_body};

use crate::format::tree;
use crate::goldens::lines;
use crate::properties::texts;

const TABLE: &str = r#"# The orders of all shops.
resource "aws_dynamodb_table" "orders" {
  name         = "orders" # as the shops know it
  billing_mode = "PAY_PER_REQUEST"

  attribute { # the key
    name = "id"
    type = "S"
  }

  /* of old times */
  ttl { enabled = true }
  tags = {
    Team = "shop" # ours
  }
}
"#;

fn edited(text: &str, edit: impl FnOnce(&mut Edit<'_>, &At)) -> Result<String, EditError> {
    let mut changes = Edit::new(text)?;
    let labels = ["aws_dynamodb_table", "orders"];
    let table = changes.find(&At::default(), "resource", &labels, 0);
    edit(&mut changes, &table.unwrap_or_default());
    changes.finish()
}

/// The lines that are in one text only: `-` of the first, `+` of the second.
fn difference(before: &str, after: &str) -> String {
    let mut rest: Vec<&str> = after.lines().collect();
    let mut out = String::new();
    for line in before.lines() {
        match rest.iter().position(|other| *other == line) {
            Some(at) => {
                rest.drain(..at)
                    .for_each(|line| out.push_str(&format!("+{line}\n")));
                rest.remove(0);
            }
            None => out.push_str(&format!("-{line}\n")),
        }
    }
    rest.iter()
        .for_each(|line| out.push_str(&format!("+{line}\n")));
    out
}

#[track_caller]
fn assert_edit(edit: impl FnOnce(&mut Edit<'_>, &At), want: &str) {
    let unix = edited(TABLE, edit).expect("the edit is possible");
    assert_eq!(difference(TABLE, &unix), want, "{unix}");
}

#[test]
fn a_value_takes_the_place_of_another() {
    assert_edit(
        |edit, table| {
            edit.set(table, "name", "\"events\"")
                .expect("an expression")
        },
        "-  name         = \"orders\" # as the shops know it\n+  name         = \"events\" # as the shops know it\n",
    );
}

#[test]
fn a_value_of_several_lines_is_indented() {
    assert_edit(
        |edit, table| {
            edit.set(
                table,
                "tags",
                "{\n  Team = \"shop\"\n\n  Cost = <<EOT\nfree\nEOT\n}",
            )
            .expect("an expression")
        },
        "-    Team = \"shop\" # ours\n+    Team = \"shop\"\n+\n+    Cost = <<EOT\n+free\n+EOT\n",
    );
}

#[test]
fn an_element_within_an_argument_is_replaced() {
    let at = TABLE.find("\"shop\" # ours").expect("it is there");
    assert_edit(
        |edit, _| edit.replace(at..at + 6, "\"till\"").expect("an expression"),
        "-    Team = \"shop\" # ours\n+    Team = \"till\" # ours\n",
    );
}

#[test]
fn an_argument_joins_the_others() {
    let text = "resource \"aws_dynamodb_table\" \"orders\" {\r\n  name         = \"orders\"\r\n  billing_mode = \"PROVISIONED\" # why\r\n\r\n  ttl {\r\n  }\r\n}\r\n";
    let after = edited(text, |edit, table| {
        edit.set(table, "hash_key", "\"id\"")
            .expect("an expression");
        edit.set(table, "deletion_protection_enabled", "true")
            .expect("an expression");
    });
    let want = text.replace(
        "# why\r\n",
        "# why\r\n  hash_key     = \"id\"\r\n  deletion_protection_enabled = true\r\n",
    );
    assert_eq!(after, Ok(want));
}

#[test]
fn an_argument_leaves_with_its_line() {
    assert_edit(
        |edit, table| edit.remove(table, "name").expect("it is there"),
        "-  name         = \"orders\" # as the shops know it\n",
    );
    let gone = edited(TABLE, |edit, table| {
        assert_eq!(
            edit.remove(table, "size"),
            Err(EditError::NoAttribute("size".into()))
        );
    });
    assert_eq!(gone.as_deref(), Ok(TABLE));
}

#[test]
fn a_block_on_one_line_is_opened_up() {
    assert_edit(
        |edit, table| {
            let ttl = edit.find(table, "ttl", &[], 0).expect("it is there");
            edit.set(&ttl, "attribute_name", "\"until\"")
                .expect("an expression");
            edit.set(&ttl, "enabled", "false").expect("an expression");
        },
        "-  ttl { enabled = true }\n+  ttl {\n+    enabled = false\n+    attribute_name = \"until\"\n+  }\n",
    );
    assert_edit(
        |edit, table| {
            let ttl = edit.find(table, "ttl", &[], 0).expect("it is there");
            edit.remove(&ttl, "enabled").expect("it is there");
        },
        "-  ttl { enabled = true }\n+  ttl {}\n",
    );
    for (text, want) in [
        ("b {}\n", "b {\n  a = 1\n}\n"),
        ("b { /* c */ }", "b {\n  /* c */\n  a = 1\n}"),
        (
            "b { x = [\n  1\n] /* c */ }\n",
            "b {\n  x = [\n  1\n] /* c */\n  a = 1\n}\n",
        ),
        ("b {\n  /* c\n  */ }\n", "b {\n  a = 1\n  /* c\n  */ }\n"),
    ] {
        let mut edit = Edit::new(text).expect("it reads");
        let b = edit.find(&At::default(), "b", &[], 0).expect("it is there");
        edit.set(&b, "a", "1").expect("an expression");
        let got = edit.finish().expect("it reads");
        assert_eq!(nonspace(&got), nonspace(want), "{got}");
    }
}

#[test]
fn blocks_come_and_go() {
    assert_edit(
        |edit, table| {
            edit.insert(table, "attribute {\n  name = \"at\"\n  type = \"N\"\n}\n")
                .expect("a block")
        },
        "+\n+  attribute {\n+    name = \"at\"\n+    type = \"N\"\n+  }\n",
    );
    assert_edit(
        |edit, _| {
            edit.insert(&At::default(), "resource \"a\" \"b\" {\n}")
                .expect("a block")
        },
        "+\n+resource \"a\" \"b\" {\n+}\n",
    );
    let gone = edited(TABLE, |edit, table| {
        let attribute = edit.find(table, "attribute", &[], 0);
        edit.remove_block(&attribute.expect("it is there"));
    });
    let start = TABLE.find("\n  attribute").expect("it is there");
    let end = TABLE.find("\n  /*").expect("it is there");
    assert_eq!(gone, Ok(format!("{}{}", &TABLE[..start], &TABLE[end..])));
}

#[test]
fn what_cannot_be_is_refused() {
    assert!(matches!(Edit::new("a ="), Err(EditError::Unreadable(_))));
    let twice = edited(TABLE, |edit, table| {
        edit.set(table, "name", "1").expect("an expression");
        edit.remove(table, "name").expect("it is there");
    });
    assert_eq!(twice, Err(EditError::Overlapping));
    let broken = edited(TABLE, |edit, table| {
        assert!(matches!(
            edit.set(table, "name", "1 +"),
            Err(EditError::NotReadable(_))
        ));
        assert!(matches!(
            edit.insert(table, "}"),
            Err(EditError::NotReadable(_))
        ));
        edit.set(table, "name", "1 +\n2")
            .expect("an expression, if not here");
    });
    assert!(matches!(broken, Err(EditError::Breaks(_))));
}

fn nonspace(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{feff}')
        .collect()
}

/// The tree as its lines, in no order.
fn parts(text: &str) -> Vec<String> {
    let (body, diagnostics) = parse_body(SourceId(0), text);
    assert!(!diagnostics.has_errors(), "{text:?}: {diagnostics:?}");
    let mut parts: Vec<String> = tree(&body, &["file"]).lines().map(str::to_owned).collect();
    parts.sort();
    parts
}

fn without(mut parts: Vec<String>, which: impl Fn(&str) -> bool) -> Vec<String> {
    let at = parts.iter().position(|part| which(part));
    at.map(|at| parts.remove(at));
    parts
}

/// Every block of a text, the file first.
fn places(edit: &Edit<'_>, body: &Body, at: At, found: &mut Vec<(At, Body)>) {
    found.push((at.clone(), body.clone()));
    for (position, block) in body.blocks.iter().enumerate() {
        let labels: Vec<&str> = block.labels.iter().map(|label| &*label.text).collect();
        let same = |other: &&trueup_parser::Block| {
            other.kind.name == block.kind.name
                && other
                    .labels
                    .iter()
                    .map(|label| &label.text)
                    .eq(block.labels.iter().map(|label| &label.text))
        };
        let nth = body.blocks[..position].iter().filter(same).count();
        let inner = edit
            .find(&at, &block.kind.name, &labels, nth)
            .expect("it is there");
        places(edit, &block.body, inner, found);
    }
}

/// Makes each change that a text allows, one at a time.
fn assert_nothing_else_changes(text: &str) {
    let Ok(edit) = Edit::new(text) else {
        return;
    };
    let mut found = Vec::new();
    places(&edit, edit.body(), At::default(), &mut found);
    let before = parts(text);
    let done = |make: &dyn Fn(&mut Edit<'_>)| {
        let mut edit = Edit::new(text).expect("it was read before");
        make(&mut edit);
        edit.finish()
            .unwrap_or_else(|error| panic!("{text:?}: {error:?}"))
    };
    for (at, body) in &found {
        for attribute in &body.attributes {
            let after = done(&|edit| {
                edit.set(at, &attribute.name, "\"new\"")
                    .expect("an expression")
            });
            let from = attribute.equals_span.end as usize;
            let blank = text[from..].len() - text[from..].trim_start().len();
            let (head, tail) = (&text[..from + blank], &text[attribute.span.end as usize..]);
            assert_eq!(after, format!("{head}\"new\"{tail}"), "{text:?}");
            let after = done(&|edit| edit.remove(at, &attribute.name).expect("it is there"));
            let start = format!("{} = ", attribute.name);
            assert_eq!(
                parts(&after).len(),
                before.len() - 1,
                "{text:?} becomes {after:?}"
            );
            let gone = before
                .iter()
                .filter(|part| part.starts_with(&start))
                .count();
            let left = parts(&after)
                .iter()
                .filter(|part| part.starts_with(&start))
                .count();
            assert_eq!(left + 1, gone, "{text:?} becomes {after:?}");
        }
        let after = done(&|edit| edit.set(at, "zz_new", "[1]").expect("an expression"));
        let added = without(parts(&after), |part| part.starts_with("zz_new = "));
        assert_eq!(added, before, "{text:?} becomes {after:?}");
        assert_eq!(
            nonspace(&after).replacen("zz_new=[1]", "", 1),
            nonspace(text)
        );
        let after = done(&|edit| edit.insert(at, "zz_block {\n}\n").expect("a block"));
        assert_eq!(
            nonspace(&after).replacen("zz_block{}", "", 1),
            nonspace(text)
        );
        assert_eq!(
            parts(&after).len(),
            before.len() + 2,
            "{text:?} becomes {after:?}"
        );
        if *at != At::default() {
            let after = done(&|edit| edit.remove_block(at));
            assert!(
                parts(&after).len() + 2 <= before.len(),
                "{text:?} becomes {after:?}"
            );
        }
    }
}

#[test]
fn nothing_else_of_recorded_texts_changes() {
    assert_nothing_else_changes(TABLE);
    for case in lines("formatted.jsonl") {
        for field in ["text", "formatted"] {
            assert_nothing_else_changes(case[field].as_str().unwrap_or_default());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_else_of_any_text_changes(text in texts(), inner in texts()) {
        for text in [
            format!("a {{\n{text}\n}}\n"),
            format!("a = [{text}] # c\nb \"l\" {{ x = [{inner}] }}"),
            format!("/* {text} */ a {{\n  b = 1 /* {inner}\n */\n /* c */ }}\n"),
            text,
        ] {
            assert_nothing_else_changes(&text);
        }
    }
}
