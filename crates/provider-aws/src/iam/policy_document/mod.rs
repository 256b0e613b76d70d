//! The data source `aws_iam_policy_document`: a policy written in blocks, as JSON. It makes no calls.

mod document;
mod json_error;
pub(crate) mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::{Path, Value};

use crate::lookup::{Looking, Lookup};
use crate::members::{elements, filled, is_unknown, member, text, texts};
use crate::region::Place;
use document::{Document, Statement, Texts};
use json_error::json_error;
use schema::{EFFECT, VERSION, body};

/// The older version of the language, which knows no variables.
const WITHOUT_VARIABLES: &str = "2008-10-17";

const SOURCES: &str = "source_policy_documents";
const OVERRIDES: &str = "override_policy_documents";

/// The data source; it needs nothing.
pub(crate) struct PolicyDocumentData;

impl PolicyDocumentData {
    /// The data source.
    pub(crate) fn made(_place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self))
    }
}

impl Lookup for PolicyDocumentData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        read(config)
    }
}

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let root = Path::new();
    let mut one_of = |said: Option<&str>, name: String, allowed: [&str; 2], at: Path| {
        if let Some(said) = said
            && !allowed.contains(&said)
        {
            let [a, b] = allowed;
            let summary = format!("expected {name} to be one of [\"{a}\" \"{b}\"], got {said}");
            found.push(Problem::error(summary, "").at(at));
        }
    };
    one_of(
        text(config, "version"),
        "version".to_owned(),
        [WITHOUT_VARIABLES, VERSION],
        root.attr("version"),
    );
    for (n, statement) in elements(config, "statement").iter().enumerate() {
        one_of(
            text(statement, "effect"),
            format!("statement.{n}.effect"),
            [EFFECT, "Deny"],
            root.attr("statement").position(n).attr("effect"),
        );
    }
    for name in [SOURCES, OVERRIDES] {
        for (n, source) in elements(config, name).iter().enumerate() {
            let reason = source
                .as_str()
                .filter(|text| !text.is_empty())
                .and_then(json_error);
            if let Some(reason) = reason {
                let summary = format!("\"{name}.{n}\" contains an invalid JSON: {reason}");
                found.push(Problem::error(summary, "").at(root.attr(name).position(n)));
            }
        }
    }
    for (name, instead) in [("source_json", SOURCES), ("override_json", OVERRIDES)] {
        if filled(config, name).is_some() && !is_unknown(config, name) {
            let problem = Problem::error(
                format!("expected \"{name}\" to be an empty string"),
                format!("The argument has no meaning any more: use {instead}."),
            );
            found.push(problem.at(root.attr(name)));
        }
    }
    found
}

fn failed(summary: String) -> Problems {
    vec![Problem::error(summary, "")]
}

fn read(config: &Value) -> Result<Value, Problems> {
    let mut merged = Document::default();
    let mut sids = BTreeSet::new();
    for (n, source) in sources(config, SOURCES).into_iter().enumerate() {
        let doing = format!("writing IAM Policy Document: merging source document {n}");
        let source = Document::read(&source).map_err(|why| failed(format!("{doing}: {why}")))?;
        for (m, statement) in source.statements.iter().enumerate() {
            if !statement.sid.is_empty() && !sids.insert(statement.sid.clone()) {
                let sid = &statement.sid;
                return Err(failed(format!(
                    "{doing}: duplicate Sid ({sid}) in {SOURCES} (statement {m}). Remove the Sid or ensure Sids are unique."
                )));
            }
        }
        merged.merge(source);
    }
    merged.merge(own(config)?);
    for (n, source) in sources(config, OVERRIDES).into_iter().enumerate() {
        let doing = format!("writing IAM Policy Document: merging override document {n}");
        let source = Document::read(&source).map_err(|why| failed(format!("{doing}: {why}")))?;
        merged.merge(source);
    }
    let json = merged.write();
    let mut members: BTreeMap<Arc<str>, Value> = config.as_members().cloned().unwrap_or_default();
    members.insert(
        "id".into(),
        Value::string(crc32(json.as_bytes()).to_string()),
    );
    members.insert("json".into(), Value::string(json));
    members.insert(
        "version".into(),
        Value::string(filled(config, "version").unwrap_or(VERSION)),
    );
    if let Some(nested) = body()
        .blocks
        .iter()
        .find(|nested| nested.name == "statement")
    {
        let statements = elements(config, "statement").iter().map(|statement| {
            let mut members = statement.as_members().cloned().unwrap_or_default();
            let said = |name: &str, usual: &str| {
                Value::string(
                    text(statement, name)
                        .filter(|t| !t.is_empty())
                        .unwrap_or(usual),
                )
            };
            members.insert("effect".into(), said("effect", EFFECT));
            members.insert("sid".into(), said("sid", ""));
            for name in ["actions", "not_actions", "resources", "not_resources"] {
                if member(statement, name).is_none() {
                    let nothing = Value::set(trueup_value::Type::String, Vec::new());
                    members.insert(name.into(), nothing);
                }
            }
            Value::object(members)
        });
        members.insert("statement".into(), nested.of(statements.collect()));
    }
    Ok(Value::object(members))
}

/// The texts of a list of documents; empty and null ones say nothing.
fn sources(config: &Value, name: &str) -> Vec<String> {
    let mut texts = texts(config, name);
    texts.retain(|text| !text.is_empty());
    texts
}

/// The document that the block's own statements are.
fn own(config: &Value) -> Result<Document, Problems> {
    let version = filled(config, "version").unwrap_or(VERSION).to_owned();
    let mut document = Document {
        id: filled(config, "policy_id").unwrap_or_default().to_owned(),
        ..Document::default()
    };
    let mut sids = BTreeSet::new();
    for block in elements(config, "statement") {
        let sid = filled(block, "sid").unwrap_or_default().to_owned();
        if !sid.is_empty() && !sids.insert(sid.clone()) {
            return Err(failed(format!(
                "writing IAM Policy Document: duplicate Sid ({sid}). Remove the Sid or ensure the Sid is unique."
            )));
        }
        let variables = Variables { version: &version };
        document.statements.push(Statement {
            sid,
            effect: filled(block, "effect").unwrap_or(EFFECT).to_owned(),
            actions: Texts::falling(texts(block, "actions")),
            not_actions: Texts::falling(texts(block, "not_actions")),
            resources: variables.falling(block, "resources")?,
            not_resources: variables.falling(block, "not_resources")?,
            principals: variables.principals(block, "principals")?,
            not_principals: variables.principals(block, "not_principals")?,
            conditions: variables.conditions(block)?,
        });
    }
    document.version = version;
    Ok(document)
}

/// IAM's variables, which are written `&{name}` so that the configuration's own language does not take them.
struct Variables<'v> {
    version: &'v str,
}

impl Variables<'_> {
    fn one(&self, text: &str, place: &str) -> Result<String, Problems> {
        if self.version == WITHOUT_VARIABLES && text.contains("&{") {
            let version = self.version;
            return Err(failed(format!(
                "reading {place}: found &{{ sequence in ({text}), which is not supported in document version {version}"
            )));
        }
        Ok(text.replace("&{", "${"))
    }

    fn all(&self, texts: Vec<String>, place: &str) -> Result<Vec<String>, Problems> {
        texts.iter().map(|text| self.one(text, place)).collect()
    }

    /// Texts in falling order of what is written; variables are put in after that.
    fn falling(&self, block: &Value, name: &str) -> Result<Option<Texts>, Problems> {
        let texts = match Texts::falling(texts(block, name)) {
            None => return Ok(None),
            Some(Texts::One(text)) => Texts::One(self.one(&text, name)?),
            Some(Texts::Many(texts)) => Texts::Many(self.all(texts, name)?),
        };
        Ok(Some(texts))
    }

    fn principals(&self, block: &Value, name: &str) -> Result<Vec<(String, Texts)>, Problems> {
        let mut found = Vec::new();
        for who in elements(block, name) {
            let names = self.all(texts(who, "identifiers"), name)?;
            if let Some(names) = Texts::falling(names) {
                found.push((text(who, "type").unwrap_or_default().to_owned(), names));
            }
        }
        Ok(found)
    }

    fn conditions(&self, block: &Value) -> Result<Vec<(String, String, Texts)>, Problems> {
        let mut found = Vec::new();
        for condition in elements(block, "condition") {
            let mut values = self.all(texts(condition, "values"), "condition")?;
            let values = match values.len() {
                1 => values.pop().map(Texts::One),
                _ => Some(Texts::Many(values)),
            };
            let of = |name: &str| text(condition, name).unwrap_or_default().to_owned();
            if let Some(values) = values {
                found.push((of("test"), of("variable"), values));
            }
        }
        Ok(found)
    }
}

/// CRC-32 as in zip and PNG: the id of a document.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}
