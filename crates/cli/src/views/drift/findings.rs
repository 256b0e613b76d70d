//! Findings one by one: an attribute that differs, or an object that is gone, with its place in the
//! configuration.

use trueup_diagnostics::{Pos, Source, Span};
use trueup_operations::drift::{Attribute, Drifted, path_text};

use super::Checked;
use super::text::value_text;

/// One finding.
#[derive(Clone, Copy)]
pub struct Finding<'c> {
    /// Where it was found.
    pub check: &'c Checked,
    /// The object.
    pub object: &'c Drifted,
    /// What of it; `None` where it is gone.
    pub attribute: Option<&'c Attribute>,
}

/// A place in a file, as programs are told of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// The file, from where the command was started, parts joined by `/`.
    pub file: String,
    /// Where the text begins.
    pub start: Pos,
    /// Where it ends.
    pub end: Pos,
    /// First and last column, counted in code points.
    pub columns: (u32, u32),
}

/// All findings of a check in order.
pub fn findings(check: &Checked) -> Vec<Finding<'_>> {
    let objects = check.report.iter().flat_map(|report| &report.objects);
    objects
        .flat_map(|object| of_object(check, object))
        .collect()
}

/// The findings of one object.
pub fn of_object<'c>(check: &'c Checked, object: &'c Drifted) -> Vec<Finding<'c>> {
    let one = |attribute| Finding {
        check,
        object,
        attribute,
    };
    match object.deleted {
        true => vec![one(None)],
        false => object.attributes.iter().map(Some).map(one).collect(),
    }
}

impl Finding<'_> {
    /// What names it from one check to the next.
    pub fn id(&self) -> String {
        self.object.finding_id(self.attribute)
    }

    /// The object, and the place within it.
    pub fn subject(&self) -> String {
        match self.attribute {
            Some(attribute) => {
                let path = path_text(&attribute.difference.path);
                match path.starts_with('[') || path.is_empty() {
                    true => format!("{}{path}", self.object.addr),
                    false => format!("{}.{path}", self.object.addr),
                }
            }
            None => self.object.addr.to_string(),
        }
    }

    /// The value as it was believed to be, and as it is; neither where that may not be shown.
    pub fn values(&self) -> Option<(String, String)> {
        let difference = &self.attribute?.difference;
        (!difference.sensitive).then(|| {
            (
                value_text(&difference.before),
                value_text(&difference.after),
            )
        })
    }

    /// What happened, in a sentence.
    pub fn sentence(&self) -> String {
        let serial = self.check.report.as_ref().map_or(0, |report| report.serial);
        let subject = self.subject();
        match (self.attribute, self.values()) {
            (None, _) => {
                format!("{subject} was deleted outside; the state (serial {serial}) still has it.")
            }
            (_, Some((before, after))) => format!(
                "{subject} was changed outside: {before} in the state (serial {serial}), {after} now."
            ),
            (_, None) => format!(
                "{subject}, which is sensitive, was changed outside since the state (serial {serial})."
            ),
        }
    }

    /// The place of the text that gave the attribute its value, else of the block.
    pub fn location(&self) -> Option<Location> {
        let span = match self.attribute {
            Some(attribute) => attribute.place.or(self.object.place),
            None => self.object.place,
        };
        locate(self.check, span?)
    }
}

/// A span of the configuration of a check.
fn locate(check: &Checked, span: Span) -> Option<Location> {
    let source = check.sources.find(span.source)?;
    let (start, end) = (source.position(span.start), source.position(span.end));
    Some(Location {
        file: joined(&check.folder, source.name()),
        start,
        end,
        columns: (column(source, start), column(source, end)),
    })
}

/// The column in code points, from 1.
fn column(source: &Source, at: Pos) -> u32 {
    let from = source.line_start(at.line) as usize;
    let before = source
        .text()
        .get(from..at.byte as usize)
        .unwrap_or_default();
    before.trim_start_matches('\u{feff}').chars().count() as u32 + 1
}

/// A file of a folder as a path from where the command was started.
pub fn joined(folder: &str, file: &str) -> String {
    let rooted = folder.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(file.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    if rooted { format!("/{path}") } else { path }
}

/// A text with at most so many characters.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_from_where_the_command_was_started() {
        assert_eq!(joined(".", "main.tf"), "main.tf");
        assert_eq!(
            joined("envs/prod/", "../../modules/x/main.tf"),
            "modules/x/main.tf"
        );
        assert_eq!(joined("..", "main.tf"), "../main.tf");
        assert_eq!(joined("/srv/x", "main.tf"), "/srv/x/main.tf");
        assert_eq!(cut("äöü", 2), "äö…");
        assert_eq!(cut("äö", 2), "äö");
    }
}
