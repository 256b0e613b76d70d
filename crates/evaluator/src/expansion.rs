//! Which instances a block stands for: `count` and `for_each` evaluated.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{InstanceKey, ModuleInstance};
use trueup_config::Repetition;
use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_parser::Expr;
use trueup_value::{Marks, Type, Value, ValueRef, convert};

use crate::Evaluator;
use crate::scope::InstanceScope;

/// The instance of its block that an expression is evaluated for.
#[derive(Clone, Debug)]
pub enum Repeated {
    /// The block has one instance, without key.
    None,
    /// The instance with this index.
    Count(u64),
    /// The instance of this element.
    Each {
        /// `each.key`
        key: Arc<str>,
        /// `each.value`
        value: Value,
    },
    /// Some instance, which one is not known: while a configuration is checked without values.
    Any,
}

/// The instances of a block.
#[derive(Clone, Debug)]
pub enum Expansion {
    /// One, without key.
    Single,
    /// Indexes from 0 up to this number.
    Count(u64),
    /// One for each key, with its value.
    ForEach(Arc<BTreeMap<Arc<str>, Value>>),
    /// It can't be told yet; a diagnostic says why.
    Unknown,
}

impl Expansion {
    /// The keys of the instances and what their expressions are evaluated for, in order.
    pub fn instances(&self) -> Vec<(InstanceKey, Repeated)> {
        match self {
            Self::Single => vec![(InstanceKey::None, Repeated::None)],
            Self::Count(count) => (0..*count)
                .map(|index| (InstanceKey::Int(index), Repeated::Count(index)))
                .collect(),
            Self::ForEach(elements) => elements
                .iter()
                .map(|(key, value)| {
                    let repeated = Repeated::Each {
                        key: key.clone(),
                        value: value.clone(),
                    };
                    (InstanceKey::Str(key.clone()), repeated)
                })
                .collect(),
            Self::Unknown => Vec::new(),
        }
    }

    /// Whether it is known to have no instance.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Single | Self::Unknown => false,
            Self::Count(count) => *count == 0,
            Self::ForEach(elements) => elements.is_empty(),
        }
    }

    /// Whether it has an instance of that key.
    pub fn contains(&self, key: &InstanceKey) -> bool {
        match (self, key) {
            (Self::Single, InstanceKey::None) => true,
            (Self::Count(count), InstanceKey::Int(index)) => index < count,
            (Self::ForEach(elements), InstanceKey::Str(key)) => elements.contains_key(key),
            _ => false,
        }
    }
}

/// Evaluates a block's repetition.
pub fn expand(
    evaluator: &Evaluator,
    module: &ModuleInstance,
    repetition: &Repetition,
) -> (Expansion, Diagnostics) {
    let (expr, (expansion, mut diagnostics)) = match repetition {
        Repetition::None => return (Expansion::Single, Diagnostics::default()),
        Repetition::Count(expr) => (expr, expand_count(evaluator, module, expr)),
        Repetition::ForEach(expr) => (expr, expand_for_each(evaluator, module, expr)),
    };
    for diagnostic in diagnostics.iter_mut() {
        let (unknown, sensitive) = (diagnostic.unknown_caused, diagnostic.sensitive_caused);
        if diagnostic.values.is_empty() && (unknown || sensitive) {
            let scope = InstanceScope::new(evaluator, module, &Repeated::None);
            diagnostic.values = crate::expression::causes(expr, &scope, unknown, sensitive);
        }
    }
    (expansion, diagnostics)
}

/// The most instances that one block may have: far beyond use, and far below what memory bears.
const MOST_INSTANCES: i64 = 10_000_000;

fn expand_count(
    evaluator: &Evaluator,
    module: &ModuleInstance,
    expr: &Expr,
) -> (Expansion, Diagnostics) {
    let (value, mut diagnostics) = evaluator.evaluate(module, expr, &Repeated::None);
    if diagnostics.has_errors() {
        return (Expansion::Unknown, diagnostics);
    }
    let mut refuse = |detail: &str, cause: Cause| {
        diagnostics.push(invalid("count", detail, expr.span, cause));
    };
    let (value, marks) = value.unmark();
    if marks.contains(Marks::EPHEMERAL) {
        refuse(
            "The given \"count\" is derived from an ephemeral value, which means that Terraform cannot persist it between plan/apply rounds. Use only non-ephemeral values to specify the number of resource instances.",
            Cause::Other,
        );
    } else if value.is_null() {
        refuse(
            "The given \"count\" argument value is null. An integer is required.",
            Cause::Other,
        );
    } else if !value.is_known() {
        refuse(
            "The \"count\" value depends on resource attributes that cannot be determined until apply, so Terraform cannot predict how many instances will be created. To work around this, use the -target argument to first apply only the resources that the count depends on.",
            Cause::Unknown,
        );
    } else {
        match convert::convert(&value, &Type::Number) {
            Err(error) => diagnostics.push(
                Diagnostic::error(
                    "Incorrect value type",
                    format!("Invalid expression value: {error}."),
                )
                .at(expr.span),
            ),
            Ok(number) => match number.as_number().and_then(|number| number.to_i64()) {
                Some(count) if (0..=MOST_INSTANCES).contains(&count) => {
                    return (Expansion::Count(count.unsigned_abs()), diagnostics);
                }
                Some(count) if count < 0 => refuse(
                    "The given \"count\" argument value is unsuitable: must be greater than or equal to zero.",
                    Cause::Other,
                ),
                Some(_) => refuse(
                    &format!(
                        "The given \"count\" argument value is unsuitable: no block can have more than {MOST_INSTANCES} instances."
                    ),
                    Cause::Other,
                ),
                None => refuse(
                    "The given \"count\" argument value is unsuitable: value must be a whole number, between -9223372036854775808 and 9223372036854775807.",
                    Cause::Other,
                ),
            },
        }
    }
    (Expansion::Unknown, diagnostics)
}

fn expand_for_each(
    evaluator: &Evaluator,
    module: &ModuleInstance,
    expr: &Expr,
) -> (Expansion, Diagnostics) {
    let (value, mut diagnostics) = evaluator.evaluate(module, expr, &Repeated::None);
    if diagnostics.has_errors() {
        return (Expansion::Unknown, diagnostics);
    }
    if value.has_mark(Marks::EPHEMERAL) {
        let mut problem = invalid(
            "for_each",
            "The given \"for_each\" value is derived from an ephemeral value, which means that Terraform cannot persist it between plan/apply rounds. Use only non-ephemeral values to specify a resource's instance keys.",
            expr.span,
            Cause::Other,
        );
        let scope = InstanceScope::new(evaluator, module, &Repeated::None);
        problem.values = crate::expression::ephemeral(expr, &scope);
        diagnostics.push(problem);
        return (Expansion::Unknown, diagnostics);
    }
    match elements_of(value) {
        Ok(elements) => return (Expansion::ForEach(Arc::new(elements)), diagnostics),
        Err((detail, cause)) => {
            let argument = match cause {
                Cause::Element => "for_each set",
                _ => "for_each",
            };
            diagnostics.push(invalid(argument, &detail, expr.span, cause));
        }
    }
    (Expansion::Unknown, diagnostics)
}

/// Why a repetition can't be used, for the reader of a diagnostic's flags.
enum Cause {
    Unknown,
    Sensitive,
    /// An element of a set is of the wrong kind.
    Element,
    Other,
}

fn elements_of(value: Value) -> Result<BTreeMap<Arc<str>, Value>, (String, Cause)> {
    let other = |detail: String| Err((detail, Cause::Other));
    let (value, marks) = value.unmark();
    if marks.contains(Marks::SENSITIVE) {
        return Err(("Sensitive values, or values derived from sensitive values, cannot be used as for_each arguments. If used, the sensitive value could be exposed as a resource instance key.".into(), Cause::Sensitive));
    }
    let unsuitable = |rest: &str| {
        other(format!(
            "The given \"for_each\" argument value is unsuitable: {rest}"
        ))
    };
    match value.view() {
        ValueRef::Null(_) => unsuitable(
            "the given \"for_each\" argument value is null. A map, or set of strings is allowed.",
        ),
        ValueRef::Unknown(ty, _) => {
            let detail = if matches!(ty, Type::Set(_)) {
                UNKNOWN_SET
            } else {
                UNKNOWN_MAP
            };
            Err((detail.into(), Cause::Unknown))
        }
        ValueRef::Map { elements, .. } => Ok(elements.clone()),
        ValueRef::Object(elements) => Ok(elements.clone()),
        ValueRef::Set { elem, elements } => {
            if elements.is_empty() {
                return Ok(BTreeMap::new());
            }
            if elements.iter().any(|element| !element.is_known()) {
                return Err((UNKNOWN_SET.into(), Cause::Unknown));
            }
            if *elem != Type::String {
                return Err((
                    format!(
                        "The given \"for_each\" argument value is unsuitable: \"for_each\" supports maps and sets of strings, but you have provided a set containing type {}.",
                        elem.friendly_name()
                    ),
                    Cause::Element,
                ));
            }
            elements
                .iter()
                .map(|element| match element.as_str() {
                    Some(key) => Ok((Arc::from(key), element.clone())),
                    None => Err(("The given \"for_each\" argument value is unsuitable: \"for_each\" sets must not contain null values.".to_string(), Cause::Element)),
                })
                .collect()
        }
        _ => unsuitable(&format!(
            "the \"for_each\" argument must be a map, or set of strings, and you have provided a value of type {}.",
            value.ty().friendly_name()
        )),
    }
}

const UNKNOWN_SET: &str = "The \"for_each\" set includes values derived from resource attributes that cannot be determined until apply, and so Terraform cannot determine the full set of keys that will identify the instances of this resource.\n\nWhen working with unknown values in for_each, it's better to use a map value where the keys are defined statically in your configuration and where only the values contain apply-time results.\n\nAlternatively, you could use the -target planning option to first apply only the resources that the for_each value depends on, and then apply a second time to fully converge.";

const UNKNOWN_MAP: &str = "The \"for_each\" map includes keys derived from resource attributes that cannot be determined until apply, and so Terraform cannot determine the full set of keys that will identify the instances of this resource.\n\nWhen working with unknown values in for_each, it's better to define the map keys statically in your configuration and place apply-time results only in the map values.\n\nAlternatively, you could use the -target planning option to first apply only the resources that the for_each value depends on, and then apply a second time to fully converge.";

fn invalid(argument: &str, detail: &str, at: Span, cause: Cause) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("Invalid {argument} argument"), detail).at(at);
    match cause {
        Cause::Unknown => diagnostic.caused_by_unknown(),
        Cause::Sensitive => diagnostic.caused_by_sensitive(),
        Cause::Element | Cause::Other => diagnostic,
    }
}
