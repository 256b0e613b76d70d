//! Drift that may be: the rules of a folder, in the file `drift.hcl`, which is kept beside the configuration.
//!
//! ```hcl
//! ignore {
//!   address = aws_dynamodb_table.orders.tags["Owner"]
//!   reason  = "the billing team tags by hand"
//!   until   = "2026-12-31"
//! }
//! ```

use trueup_addrs::AbsInstance;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::edit::{At, Edit};
use trueup_parser::{Attribute, Block};
use trueup_plan::Plan;
use trueup_value::Path;

use super::{Ignored, Subject, refused};

/// The name of the file.
pub const FILE: &str = "drift.hcl";

/// What a block of the file may hold.
const ARGUMENTS: [&str; 3] = ["address", "reason", "until"];

/// One rule: what may differ, why, and until when.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The objects, or a place within them.
    pub subject: Subject,
    /// Why it may.
    pub reason: String,
    /// The last day on which it may, as `2026-12-31`; always where there is none.
    pub until: Option<String>,
    /// Where the rule stands.
    at: Span,
}

impl Rule {
    fn holds(&self, today: &str) -> bool {
        // Days in this form are ordered as their texts are.
        self.until.as_deref().is_none_or(|until| today <= until)
    }

    pub(super) fn ignored(&self, addr: &AbsInstance, path: Option<Path>) -> Ignored {
        Ignored {
            addr: addr.clone(),
            path,
            reason: self.reason.clone(),
            until: self.until.clone(),
        }
    }
}

/// The rules of a folder, in the order in which they are written.
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Reads the text of the file; it joins `sources`, which the errors point into.
    pub fn read(text: &str, sources: &mut Sources) -> (Self, Diagnostics) {
        let source = sources.add(FILE, text);
        let (body, mut diagnostics) = trueup_parser::parse_body(source, text);
        for attribute in &body.attributes {
            diagnostics.push(
                Diagnostic::error(
                    "Unsupported argument",
                    format!("{FILE} holds blocks of type \"ignore\" only."),
                )
                .at(attribute.name_span),
            );
        }
        let mut rules = Vec::new();
        for block in &body.blocks {
            if let Some(rule) = rule(block, text, &mut diagnostics) {
                rules.push(rule);
            }
        }
        (Self(rules), diagnostics)
    }

    /// The rule that lets a place of an object differ today.
    pub(super) fn of(&self, addr: &AbsInstance, path: &Path, today: &str) -> Option<&Rule> {
        self.0
            .iter()
            .find(|rule| rule.holds(today) && rule.subject.covers(addr, path))
    }

    /// The rule that lets an object be gone today.
    pub(super) fn whole(&self, addr: &AbsInstance, today: &str) -> Option<&Rule> {
        self.0
            .iter()
            .find(|rule| rule.holds(today) && rule.subject.covers_whole(addr))
    }

    /// Warnings of rules that are over, and of those that name nothing that the state knows.
    pub(super) fn remarks(&self, plan: &Plan, today: &str) -> Diagnostics {
        let mut remarks = Diagnostics::default();
        for rule in &self.0 {
            let until = rule.until.as_deref().unwrap_or_default();
            if !rule.holds(today) {
                remarks.push(
                    Diagnostic::warning(
                        "Ignore rule has expired",
                        format!("Drift of {} was to be ignored until {until} ({}). It is reported again: mend it, or give the rule a later day.", rule.subject, rule.reason),
                    )
                    .at(rule.at),
                );
                continue;
            }
            let known = plan
                .prev_run_state
                .instances()
                .any(|(addr, _)| rule.subject.target.covers(&addr));
            if !known {
                remarks.push(
                    Diagnostic::warning(
                        "Ignore rule names nothing",
                        format!("The state has no object {}. Was it renamed, or is the rule no longer needed?", rule.subject.target),
                    )
                    .at(rule.at),
                );
            }
        }
        remarks
    }
}

fn rule(block: &Block, text: &str, diagnostics: &mut Diagnostics) -> Option<Rule> {
    if &*block.kind.name != "ignore" || !block.labels.is_empty() {
        diagnostics.push(
            Diagnostic::error(
                "Unsupported block type",
                format!("{FILE} holds blocks \"ignore {{ … }}\" only, without labels."),
            )
            .at(block.header_span()),
        );
        return None;
    }
    let before = diagnostics.len();
    for attribute in &block.body.attributes {
        if !ARGUMENTS.contains(&&*attribute.name) {
            diagnostics.push(
                Diagnostic::error(
                    "Unsupported argument",
                    format!("An argument named {:?} is not expected here: there are address, reason and until.", attribute.name),
                )
                .at(attribute.name_span),
            );
        }
    }
    if let Some(nested) = block.body.blocks.first() {
        diagnostics.push(
            Diagnostic::error("Unsupported block type", "Blocks are not expected here.")
                .at(nested.header_span()),
        );
    }
    let subject = required(block, "address", diagnostics).and_then(|attribute| {
        let span = attribute.expr.span;
        let written = text.get(span.range()).unwrap_or_default();
        // Written as a string it means the same.
        let written = attribute
            .expr
            .as_string_literal()
            .map_or(written, |text| text);
        match Subject::read(span.source, written, span.start) {
            Ok(subject) => Some(subject),
            Err(found) => {
                let found = found.iter().cloned().map(|one| one.at(span));
                diagnostics.extend(found.collect::<Diagnostics>());
                None
            }
        }
    });
    let reason = required(block, "reason", diagnostics)
        .and_then(|attribute| string(attribute, diagnostics))
        .filter(|(reason, span)| {
            let said = !reason.trim().is_empty();
            if !said {
                diagnostics.push(
                    Diagnostic::error(
                        "Reason required",
                        "Say why this drift may be: whoever reads the rule next year must know.",
                    )
                    .at(*span),
                );
            }
            said
        });
    let until = block.body.attribute("until").and_then(|attribute| {
        let (text, span) = string(attribute, diagnostics)?;
        match day(&text) {
            true => Some(text),
            false => {
                diagnostics.push(not_a_day(&text).at(span));
                None
            }
        }
    });
    let (subject, (reason, _)) = (subject?, reason?);
    (diagnostics.len() == before).then_some(Rule {
        subject,
        reason,
        until,
        at: block.header_span(),
    })
}

fn required<'b>(
    block: &'b Block,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'b Attribute> {
    let found = block.body.attribute(name);
    if found.is_none() {
        diagnostics.push(
            Diagnostic::error(
                "Missing required argument",
                format!("The argument {name:?} is required, but no definition was found."),
            )
            .at(block.header_span()),
        );
    }
    found
}

fn string(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<(String, Span)> {
    match attribute.expr.as_string_literal() {
        Some(text) => Some((text.to_string(), attribute.expr.span)),
        None => {
            diagnostics.push(
                Diagnostic::error(
                    "Plain string required",
                    "Expressions are not evaluated here.",
                )
                .at(attribute.expr.span),
            );
            None
        }
    }
}

/// Whether a text is a day of the calendar, as `2026-12-31`.
fn day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn not_a_day(text: &str) -> Diagnostic {
    Diagnostic::error(
        "Invalid day",
        format!("{text:?} is no day of the calendar, such as \"2026-12-31\"."),
    )
}

/// The text of the file with one rule more; everything else stays byte for byte.
///
/// # Errors
/// The rule says nothing, or the text can't be read.
pub fn added(
    text: &str,
    address: &str,
    reason: &str,
    until: Option<&str>,
) -> Result<String, Diagnostics> {
    let mut sources = Sources::new();
    let (_, found) = Rules::read(text, &mut sources);
    if found.has_errors() {
        return Err(found);
    }
    let subject = Subject::read(trueup_diagnostics::SourceId(0), address, 0)
        .map_err(|found| refused("Invalid address", first_detail(&found)))?;
    if reason.trim().is_empty() {
        return Err(refused(
            "Reason required",
            "Say with -reason=TEXT why this drift may be: whoever reads the rule next year must know.",
        ));
    }
    if let Some(until) = until.filter(|until| !day(until)) {
        return Err(not_a_day(until).into());
    }
    let mut block = format!(
        "ignore {{\n  address = {subject}\n  reason  = {}\n",
        trueup_parser::quoted(reason)
    );
    if let Some(until) = until {
        block.push_str(&format!("  until   = {}\n", trueup_parser::quoted(until)));
    }
    block.push_str("}\n");
    let unreadable = |_| {
        refused(
            "Rule can't be written",
            format!("{FILE} could not be changed."),
        )
    };
    let mut edit = Edit::new(text).map_err(unreadable)?;
    edit.insert(&At::default(), &block).map_err(unreadable)?;
    edit.finish().map_err(unreadable)
}

fn first_detail(found: &Diagnostics) -> String {
    found
        .iter()
        .next()
        .map_or_else(String::new, |one| one.detail.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Rules, Vec<String>) {
        let mut sources = Sources::new();
        let (rules, found) = Rules::read(text, &mut sources);
        let told = found.iter().map(|one| {
            let place = one.subject.map(|span| sources.place(span));
            format!("{} {}", place.unwrap_or_default(), one.summary)
        });
        (rules, told.collect())
    }

    #[test]
    fn rules_are_added_and_read_again() {
        let first = added(
            "",
            "aws_dynamodb_table.orders.tags.Owner",
            "billing \"x\"",
            None,
        )
        .expect("a rule");
        let text = added(&first, "module.m", "later", Some("2026-12-31")).expect("a rule");
        assert!(text.starts_with(&first));
        let (rules, told) = read(&text);
        assert_eq!((rules.0.len(), told), (2, Vec::new()));
        assert_eq!(rules.0[0].reason, "billing \"x\"");
        assert!(rules.0[1].holds("2026-12-31") && !rules.0[1].holds("2027-01-01"));
    }

    #[test]
    fn mistakes_are_told_where_they_stand() {
        let text = "x = 1\nallow {}\nignore {\n  address = orders\n  reason  = \"\"\n  until   = \"2026-02-30\"\n  who     = 1\n}\nignore {\n}\n";
        let (rules, told) = read(text);
        assert!(rules.0.is_empty());
        assert_eq!(
            told,
            [
                "drift.hcl:1,1-2 Unsupported argument",
                "drift.hcl:2,1-6 Unsupported block type",
                "drift.hcl:7,3-6 Unsupported argument",
                "drift.hcl:4,13-19 Invalid address",
                "drift.hcl:5,13-15 Reason required",
                "drift.hcl:6,13-25 Invalid day",
                "drift.hcl:9,1-7 Missing required argument",
                "drift.hcl:9,1-7 Missing required argument",
            ]
        );
        assert!(added("ignore {", "a.b", "c", None).is_err());
        assert!(added("", "a.b", " ", None).is_err());
        assert!(added("", "a.b", "c", Some("soon")).is_err());
    }
}
