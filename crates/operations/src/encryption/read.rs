//! The blocks of an encryption configuration, and what they mean together.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_backend::{KeyProvider, Method};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::body::{Meta, decode};
use trueup_parser::{Block, Body, Expr, StepKind};
use trueup_schema::{Attribute, Block as Schema};
use trueup_value::{Type, Value, ValueRef};

use super::environment::same_block;
use super::providers::{self, Provider};
use super::targets::{Target, target};

/// What gives expressions their values.
pub(super) type Values<'a> = &'a dyn Fn(&Expr) -> (Value, Diagnostics);

/// What reading stands on.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    /// The values of expressions.
    pub(super) values: Values<'a>,
    /// What the environment says of reaching AWS.
    pub(super) aws: &'a trueup_backend::Environment,
}

/// What was said, by name; what the environment says takes the place of what the block says.
#[derive(Default)]
pub(super) struct Said {
    providers: BTreeMap<String, Provider>,
    methods: BTreeMap<String, MethodSaid>,
    state: Option<Target>,
    plan: Option<Target>,
    named: BTreeMap<String, Target>,
    otherwise: Option<Target>,
}

enum MethodSaid {
    Unencrypted,
    AesGcm { keys: String, aad: Vec<u8> },
}

/// The methods of each kind of text.
#[derive(Default)]
pub(super) struct Settled {
    pub(super) state: Vec<Method>,
    pub(super) plan: Vec<Method>,
    pub(super) named: BTreeMap<String, Vec<Method>>,
    pub(super) otherwise: Vec<Method>,
}

/// A mistake in an encryption configuration.
pub(super) fn invalid(detail: impl Into<String>) -> Diagnostic {
    Diagnostic::error("Invalid encryption configuration", detail.into())
}

/// Reads what stands in an `encryption` block, but for the blocks that the environment completes.
pub(super) fn read(
    body: &Body,
    environment: Option<&Body>,
    given: Given<'_>,
    said: &mut Said,
) -> Diagnostics {
    let values = given.values;
    let completed =
        |block: &Block| environment.is_some_and(|body| same_block(body, block).is_some());
    let mut diagnostics = Diagnostics::default();
    for attribute in &body.attributes {
        diagnostics.push(
            Diagnostic::error(
                "Unsupported argument",
                format!(
                    "An argument named {:?} is not expected here.",
                    &*attribute.name
                ),
            )
            .at(attribute.name_span),
        );
    }
    for block in body.blocks.iter().filter(|block| !completed(block)) {
        let result = match &*block.kind.name {
            "key_provider" => labelled(block).map(|(kind, name)| {
                let (provider, found) = providers::read(kind, name, block, given);
                diagnostics.extend(found);
                said.providers.extend(provider);
            }),
            "method" => labelled(block).and_then(|(kind, name)| {
                let (method, found) = method(kind, block, values)?;
                diagnostics.extend(found);
                said.methods
                    .extend(method.map(|method| (format!("method.{kind}.{name}"), method)));
                Ok(())
            }),
            "state" => target(&block.body, values, &mut diagnostics)
                .map(|found| Target::put(&mut said.state, found)),
            "plan" => target(&block.body, values, &mut diagnostics)
                .map(|found| Target::put(&mut said.plan, found)),
            "remote_state_data_sources" => elsewhere(&block.body, values, said, &mut diagnostics),
            other => Err(Diagnostic::error(
                "Unsupported block type",
                format!("Blocks of type {other:?} are not expected here."),
            )),
        };
        if let Err(diagnostic) = result {
            diagnostics.push(diagnostic.at(block.header_span()));
        }
    }
    diagnostics
}

fn labelled(block: &Block) -> Result<(&str, &str), Diagnostic> {
    match (block.label(0), block.label(1)) {
        (Some(kind), Some(name)) => Ok((kind, name)),
        _ => Err(invalid(format!(
            "A {} block has two labels: its type and its name.",
            block.kind.name
        ))),
    }
}

fn method(
    kind: &str,
    block: &Block,
    values: Values<'_>,
) -> Result<(Option<MethodSaid>, Diagnostics), Diagnostic> {
    match kind {
        "unencrypted" => {
            let (_, found) = decode(&block.body, &Schema::new(), Meta::default(), &values);
            Ok((Some(MethodSaid::Unencrypted), found))
        }
        "aes_gcm" => {
            let schema = Schema::new().attribute("aad", Attribute::optional(Type::Dynamic));
            let meta = Meta {
                arguments: &["keys"],
                blocks: &[],
            };
            let (value, found) = decode(&block.body, &schema, meta, &values);
            let keys = needed(&block.body, "keys")?;
            let aad = aad(&value)?;
            Ok((Some(MethodSaid::AesGcm { keys, aad }), found))
        }
        "external" => Err(invalid(
            "The method \"external\" runs another program on every state, which trueup does not do. There are \"aes_gcm\" and \"unencrypted\".",
        )),
        other => Err(invalid(format!(
            "There is no method {other:?}: there are \"aes_gcm\" and \"unencrypted\"."
        ))),
    }
}

/// Further authenticated bytes: a text, or the numbers of its bytes.
fn aad(value: &Value) -> Result<Vec<u8>, Diagnostic> {
    let wrong = || invalid("\"aad\" is a list of the numbers 0 to 255.");
    let Some(said) = value.member("aad").filter(|said| !said.is_null()) else {
        return Ok(Vec::new());
    };
    if let Some(text) = said.as_str() {
        return Ok(text.as_bytes().to_vec());
    }
    let elements = said.as_slice().ok_or_else(wrong)?;
    elements
        .iter()
        .map(|element| match element.view() {
            ValueRef::Number(number) => number.to_u64().and_then(|byte| u8::try_from(byte).ok()),
            _ => None,
        })
        .collect::<Option<_>>()
        .ok_or_else(wrong)
}

/// A reference to a key provider or a method that must be there.
pub(super) fn needed(body: &Body, name: &str) -> Result<String, Diagnostic> {
    match body.attribute(name) {
        Some(attribute) => reference(&attribute.expr).ok_or_else(|| {
            invalid(format!(
                "{name:?} must refer to a block, such as key_provider.pbkdf2.main or method.aes_gcm.main."
            ))
            .at(attribute.expr.span)
        }),
        None => Err(Diagnostic::error(
            "Missing required argument",
            format!("The argument {name:?} is required, but no definition was found."),
        )),
    }
}

/// `key_provider.pbkdf2.main`, also as a text, as JSON has it.
pub(super) fn reference(expr: &Expr) -> Option<String> {
    let text = expr.json_text().or_else(|| expr.as_string_literal());
    if let Some(text) = text {
        let inner = text
            .strip_prefix("${")
            .and_then(|text| text.strip_suffix('}'))
            .unwrap_or(text)
            .trim();
        return (inner.split('.').count() == 3).then(|| inner.to_owned());
    }
    let traversal = expr.as_traversal()?;
    let mut words = vec![traversal.root.name.to_string()];
    for step in &traversal.steps {
        match &step.kind {
            StepKind::Attr(name) => words.push(name.to_string()),
            _ => return None,
        }
    }
    (words.len() == 3).then(|| words.join("."))
}

fn elsewhere(
    body: &Body,
    values: Values<'_>,
    said: &mut Said,
    diagnostics: &mut Diagnostics,
) -> Result<(), Diagnostic> {
    for block in &body.blocks {
        let found = target(&block.body, values, diagnostics)?;
        match (&*block.kind.name, block.label(0)) {
            ("default", _) => Target::put(&mut said.otherwise, found),
            ("remote_state_data_source", Some(name)) => {
                let before = said.named.remove(&**name).unwrap_or_default();
                said.named
                    .insert(name.to_string(), before.overridden(found));
            }
            (other, _) => {
                return Err(invalid(format!(
                    "Blocks of type {other:?} are not expected in \"remote_state_data_sources\": there are \"default\" and \"remote_state_data_source\" with a name."
                )));
            }
        }
    }
    Ok(())
}

impl Said {
    /// The methods, with their keys.
    pub(super) fn settle(self) -> Result<Settled, Diagnostic> {
        let methods = |target: &Option<Target>, what: &str| match target {
            None => Ok(Vec::new()),
            Some(target) => self.methods_of(target, what),
        };
        let mut settled = Settled {
            state: methods(&self.state, "state")?,
            plan: methods(&self.plan, "plan")?,
            otherwise: methods(&self.otherwise, "default")?,
            ..Settled::default()
        };
        for (name, target) in &self.named {
            settled
                .named
                .insert(name.clone(), self.methods_of(target, name)?);
        }
        Ok(settled)
    }

    fn methods_of(&self, target: &Target, what: &str) -> Result<Vec<Method>, Diagnostic> {
        let mut methods = Vec::new();
        // A block may only enforce what the environment says, or bring fallbacks for it.
        let named = target.method.iter();
        let others = target.fallbacks.iter().flatten();
        for name in named.chain(others.filter(|_| target.method.is_some())) {
            let method = match self.methods.get(name) {
                Some(MethodSaid::Unencrypted) if target.enforced => {
                    return Err(Diagnostic::error(
                        "Unencrypted method is forbidden",
                        format!(
                            "Unable to use unencrypted method since the enforced flag is set.\n\n\"enforced\" stands in the block {what:?}, and {name} does not encrypt."
                        ),
                    ));
                }
                Some(MethodSaid::Unencrypted) => Method::Unencrypted,
                Some(MethodSaid::AesGcm { keys, aad }) => Method::AesGcm {
                    keys: self.provider(keys, &mut Vec::new())?,
                    aad: aad.clone(),
                },
                None => return Err(invalid(format!("There is no {name}."))),
            };
            methods.push(method);
        }
        if methods.is_empty() {
            return Err(invalid(format!("The block {what:?} names no method.")));
        }
        Ok(methods)
    }

    /// A provider with those that it stands on.
    fn provider(
        &self,
        name: &str,
        above: &mut Vec<String>,
    ) -> Result<Arc<KeyProvider>, Diagnostic> {
        if above.iter().any(|one| one == name) {
            return Err(invalid(format!("{name} stands on itself.")));
        }
        let Some(found) = self.providers.get(name) else {
            return Err(invalid(format!("There is no {name}.")));
        };
        above.push(name.to_owned());
        let source = found
            .source
            .clone()
            .settle(&mut |other: &str| self.provider(other, above))?;
        above.pop();
        Ok(Arc::new(KeyProvider {
            name: name.to_owned(),
            stored_as: found.alias.clone().unwrap_or_else(|| name.to_owned()),
            source,
        }))
    }
}
