//! A document of a policy: read from JSON, merged with others, written as the published provider writes it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::iam_policy::write_text;

/// One text, or several: both forms mean the same to IAM, and each stays as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    /// A text by itself.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl Texts {
    /// Several texts in falling order, one by itself; nothing for none.
    pub(super) fn falling(mut texts: Vec<String>) -> Option<Self> {
        match texts.len() {
            0 => None,
            1 => texts.pop().map(Self::One),
            _ => {
                texts.sort_by(|a, b| b.cmp(a));
                Some(Self::Many(texts))
            }
        }
    }

    fn of_json(value: &Json) -> Option<Self> {
        match value {
            Json::Null => None,
            Json::Array(values) => Some(Self::Many(values.iter().map(text_of).collect())),
            one => Some(Self::One(text_of(one))),
        }
    }

    /// Both together, as a list.
    fn and(self, other: Self) -> Self {
        let list = |texts| match texts {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        };
        let mut all = list(self);
        all.extend(list(other));
        Self::Many(all)
    }

    fn node(&self) -> Node {
        match self {
            Self::One(text) => Node::Text(text.clone()),
            Self::Many(texts) => Node::List(texts.iter().cloned().map(Node::Text).collect()),
        }
    }
}

fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A statement.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    pub(super) sid: String,
    pub(super) effect: String,
    pub(super) actions: Option<Texts>,
    pub(super) not_actions: Option<Texts>,
    pub(super) resources: Option<Texts>,
    pub(super) not_resources: Option<Texts>,
    /// Identifiers by type, in the order of the blocks.
    pub(super) principals: Vec<(String, Texts)>,
    pub(super) not_principals: Vec<(String, Texts)>,
    /// Operator, key and values, in the order of the blocks.
    pub(super) conditions: Vec<(String, String, Texts)>,
}

/// A document.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub(super) version: String,
    pub(super) id: String,
    pub(super) statements: Vec<Statement>,
}

impl Document {
    /// Reads a document; what it holds beside the known members is left out. An error says why the
    /// text is none.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let value: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let members = value.as_object().ok_or("it is no JSON object")?;
        let word = |name: &str| {
            let text = members.get(name).and_then(Json::as_str);
            text.unwrap_or_default().to_owned()
        };
        let statements = match members.get("Statement") {
            Some(Json::Array(all)) => all.iter().map(statement).collect::<Result<_, _>>()?,
            Some(one @ Json::Object(_)) => vec![statement(one)?],
            _ => Vec::new(),
        };
        Ok(Self {
            version: word("Version"),
            id: word("Id"),
            statements,
        })
    }

    /// Lays another document over this one: statements of one sid replace each other where they stand.
    pub(super) fn merge(&mut self, newer: Document) {
        if !newer.id.is_empty() {
            self.id = newer.id;
        }
        if newer.version > self.version {
            self.version = newer.version;
        }
        for statement in newer.statements {
            let same =
                |each: &&mut Statement| !statement.sid.is_empty() && each.sid == statement.sid;
            match self.statements.iter_mut().find(same) {
                Some(place) => *place = statement,
                None => self.statements.push(statement),
            }
        }
    }

    /// The document as JSON, indented by two blanks.
    pub(super) fn write(&self) -> String {
        let mut members = Vec::new();
        for (name, text) in [("Version", &self.version), ("Id", &self.id)] {
            if !text.is_empty() {
                members.push((name.to_owned(), Node::Text(text.clone())));
            }
        }
        if !self.statements.is_empty() {
            let statements = self.statements.iter().map(Statement::node).collect();
            members.push(("Statement".to_owned(), Node::List(statements)));
        }
        let mut out = String::new();
        Node::Object(members).write(0, &mut out);
        out
    }
}

fn statement(value: &Json) -> Result<Statement, String> {
    let members = value.as_object().ok_or("a statement is no JSON object")?;
    let word = |name: &str| {
        let text = members.get(name).and_then(Json::as_str);
        text.unwrap_or_default().to_owned()
    };
    let texts = |name: &str| members.get(name).and_then(Texts::of_json);
    let mut conditions = Vec::new();
    let tests = members.get("Condition").and_then(Json::as_object);
    for (test, keys) in tests.into_iter().flatten() {
        for (variable, values) in keys.as_object().into_iter().flatten() {
            if let Some(values) = Texts::of_json(values) {
                conditions.push((test.clone(), variable.clone(), values));
            }
        }
    }
    Ok(Statement {
        sid: word("Sid"),
        effect: word("Effect"),
        actions: texts("Action"),
        not_actions: texts("NotAction"),
        resources: texts("Resource"),
        not_resources: texts("NotResource"),
        principals: members.get("Principal").map(principals).unwrap_or_default(),
        not_principals: members
            .get("NotPrincipal")
            .map(principals)
            .unwrap_or_default(),
        conditions,
    })
}

fn principals(value: &Json) -> Vec<(String, Texts)> {
    match value {
        Json::Object(kinds) => kinds
            .iter()
            .filter_map(|(kind, names)| {
                let names = match Texts::of_json(names)? {
                    Texts::Many(mut names) => {
                        names.sort_by(|a, b| b.cmp(a));
                        Texts::Many(names)
                    }
                    one => one,
                };
                Some((kind.clone(), names))
            })
            .collect(),
        Json::String(text) => vec![("*".to_owned(), Texts::One(text.clone()))],
        _ => Vec::new(),
    }
}

impl Statement {
    fn node(&self) -> Node {
        let mut members = Vec::new();
        for (name, text) in [("Sid", &self.sid), ("Effect", &self.effect)] {
            if !text.is_empty() {
                members.push((name.to_owned(), Node::Text(text.clone())));
            }
        }
        for (name, texts) in [
            ("Action", &self.actions),
            ("NotAction", &self.not_actions),
            ("Resource", &self.resources),
            ("NotResource", &self.not_resources),
        ] {
            if let Some(texts) = texts {
                members.push((name.to_owned(), texts.node()));
            }
        }
        for (name, who) in [
            ("Principal", &self.principals),
            ("NotPrincipal", &self.not_principals),
        ] {
            if !who.is_empty() {
                members.push((name.to_owned(), who_node(who)));
            }
        }
        if !self.conditions.is_empty() {
            let mut tests: BTreeMap<&str, BTreeMap<&str, Texts>> = BTreeMap::new();
            for (test, variable, values) in &self.conditions {
                gather(tests.entry(test).or_default(), variable, values);
            }
            let tests = tests
                .iter()
                .map(|(test, keys)| ((*test).to_owned(), by_name(keys)));
            members.push(("Condition".to_owned(), Node::Object(tests.collect())));
        }
        Node::Object(members)
    }
}

/// Adds texts under a name; those of several blocks become one list.
fn gather<'n>(all: &mut BTreeMap<&'n str, Texts>, name: &'n str, texts: &Texts) {
    let together = match all.remove(name) {
        Some(before) => before.and(texts.clone()),
        None => texts.clone(),
    };
    all.insert(name, together);
}

fn by_name(all: &BTreeMap<&str, Texts>) -> Node {
    let members = all.iter();
    Node::Object(
        members
            .map(|(name, texts)| ((*name).to_owned(), texts.node()))
            .collect(),
    )
}

/// Everybody is a star; everybody of AWS is not the same to IAM.
fn who_node(who: &[(String, Texts)]) -> Node {
    if let [(kind, names)] = who
        && kind == "*"
    {
        let star = match names {
            Texts::One(name) => name == "*",
            Texts::Many(names) => matches!(names.as_slice(), [name] if name == "*"),
        };
        if star {
            return Node::Text("*".to_owned());
        }
    }
    let mut kinds: BTreeMap<&str, Texts> = BTreeMap::new();
    for (kind, names) in who {
        gather(&mut kinds, kind, names);
    }
    by_name(&kinds)
}

/// JSON in a given order of members.
enum Node {
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    fn write(&self, depth: usize, out: &mut String) {
        let line = |depth: usize, out: &mut String| {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        };
        match self {
            Self::Text(text) => write_text(text, out),
            Self::List(all) if all.is_empty() => out.push_str("[]"),
            Self::Object(all) if all.is_empty() => out.push_str("{}"),
            Self::List(all) => {
                out.push('[');
                for (n, each) in all.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    line(depth + 1, out);
                    each.write(depth + 1, out);
                }
                line(depth, out);
                out.push(']');
            }
            Self::Object(all) => {
                out.push('{');
                for (n, (name, each)) in all.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    line(depth + 1, out);
                    write_text(name, out);
                    out.push_str(": ");
                    each.write(depth + 1, out);
                }
                line(depth, out);
                out.push('}');
            }
        }
    }
}
