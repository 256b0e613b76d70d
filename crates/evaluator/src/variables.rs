//! Input variables: the declared type, the given or default value, and what is wrong with it.

use std::sync::Arc;

use trueup_config::Variable;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::Expr;
use trueup_value::{Defaults, Marks, Type, Value, convert};

use crate::expression::{EmptyScope, evaluate};
use crate::type_constraint;

/// Checks a declaration: its type constraint, and that the default fits it.
pub fn check_declaration(variable: &Variable) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let (ty, defaults) = declared_type(variable, &mut diagnostics);
    if !diagnostics.has_errors() {
        default_value(variable, &ty, defaults.as_ref(), &mut diagnostics);
    }
    diagnostics
}

/// Evaluates an expression of a variables file or a command line: literals only.
pub fn constant(expr: &Expr) -> (Value, Diagnostics) {
    evaluate(expr, &EmptyScope::default())
}

/// Whether a text that is given for a variable on the command line or in the environment is an expression: where the
/// declared type is not a primitive one. Otherwise it is the value, literally.
pub fn is_read_as_expression(variable: &Variable) -> bool {
    let ty = variable.ty.as_ref();
    ty.is_some_and(|ty| !type_constraint::read(ty).0.is_primitive())
}

/// Evaluates the text of a `-var` option or of a `TF_VAR_` variable. `is_expression` is what
/// [`is_read_as_expression`] says of the variable.
pub fn from_text(
    text: &str,
    label: &str,
    is_expression: bool,
    sources: &mut Sources,
) -> (Value, Diagnostics) {
    if !is_expression {
        return (Value::string(text), Diagnostics::default());
    }
    let source = sources.add(label, text);
    let (expr, mut diagnostics) = trueup_parser::parse_expression(source, text, 0);
    if diagnostics.has_errors() {
        return (Value::dynamic_unknown(), diagnostics);
    }
    let (value, found) = constant(&expr);
    diagnostics.extend(found);
    (value, diagnostics)
}

fn declared_type(variable: &Variable, diagnostics: &mut Diagnostics) -> (Type, Option<Defaults>) {
    match &variable.ty {
        None => (Type::Dynamic, None),
        Some(expr) => {
            let (ty, defaults, found) = type_constraint::read(expr);
            diagnostics.extend(found);
            (ty, defaults)
        }
    }
}

fn default_value(
    variable: &Variable,
    ty: &Type,
    defaults: Option<&Defaults>,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let expr = variable.default.as_ref()?;
    let (value, found) = constant(expr);
    let failed = found.has_errors();
    diagnostics.extend(found);
    if failed {
        return Some(Value::unknown(ty.clone()));
    }
    match fitted(value, ty, defaults) {
        Ok(value) if value.is_null() && !variable.nullable => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid default value for variable",
                    "A null default value is not valid when nullable=false.",
                )
                .at(expr.span),
            );
            Some(Value::unknown(ty.clone()))
        }
        Ok(value) => Some(value),
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid default value for variable",
                    format!("This default value is not compatible with the variable's type constraint: {error}."),
                )
                .at(expr.span),
            );
            Some(Value::unknown(ty.clone()))
        }
    }
}

/// Fills in the defaults of optional attributes and converts.
fn fitted(
    value: Value,
    ty: &Type,
    defaults: Option<&Defaults>,
) -> Result<Value, trueup_value::ConvertError> {
    let value = match defaults {
        Some(defaults) if !value.is_null() => defaults.apply(&value),
        _ => value,
    };
    convert::convert(&value, ty)
}

/// Where a variable's value was given.
#[derive(Clone, Debug)]
pub enum Origin {
    /// In a variables file, at this place.
    File(Span),
    /// Elsewhere, in words that follow "Unsuitable value for var.x", such as `set using -var="x=..."`.
    Elsewhere(String),
}

/// Whether a given value suits the declaration; where it does not, says so in terms of where it was given.
pub fn check_given(
    variable: &Variable,
    given: &Value,
    origin: &Origin,
    sources: &Sources,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let name = &variable.name;
    let (ty, defaults) = declared_type(variable, &mut diagnostics);
    if diagnostics.has_errors() {
        // The declaration itself is reported where declarations are checked.
        return Diagnostics::default();
    }
    let (summary, verb, what) = match fitted(given.clone(), &ty, defaults.as_ref()) {
        Err(error) => (
            "Invalid value for input variable",
            "declared",
            error.to_string(),
        ),
        Ok(value) if value.is_null() && !variable.nullable && variable.default.is_none() => (
            "Required variable not set",
            "defined",
            "required variable may not be set to null".to_owned(),
        ),
        Ok(_) => return diagnostics,
    };
    let (detail, at) = match origin {
        Origin::File(span) => {
            let declared = sources.place(variable.header);
            (
                format!(
                    "The given value is not suitable for var.{name} {verb} at {declared}: {what}."
                ),
                *span,
            )
        }
        Origin::Elsewhere(how) => (
            format!("Unsuitable value for var.{name} {how}: {what}."),
            variable.header,
        ),
    };
    diagnostics.push(Diagnostic::error(summary, detail).at(at));
    diagnostics
}

/// A variable has neither a value nor a default.
pub fn not_set(variable: &Variable) -> Diagnostic {
    Diagnostic::error(
        "No value for required variable",
        format!("The root module input variable {:?} is not set, and has no default value. Use a -var or -var-file command line argument to provide a value for this variable.", variable.name),
    )
    .at(variable.header)
}

/// The default as it is used: converted to the declared type. `None` without one that suits.
pub fn default_of(variable: &Variable) -> Option<Value> {
    let mut diagnostics = Diagnostics::default();
    let (ty, defaults) = declared_type(variable, &mut diagnostics);
    let value = default_value(variable, &ty, defaults.as_ref(), &mut diagnostics)?;
    (!diagnostics.has_errors()).then_some(value)
}

/// The value that a variable has in a run: the given one, else its default.
pub(crate) fn settle(variable: &Variable, given: Option<Value>) -> (Value, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let name: &Arc<str> = &variable.name;
    let (ty, defaults) = declared_type(variable, &mut diagnostics);
    if diagnostics.has_errors() {
        // The declaration itself is reported where declarations are checked.
        return (Value::unknown(ty), Diagnostics::default());
    }
    let mut ignored = Diagnostics::default();
    let default = default_value(variable, &ty, defaults.as_ref(), &mut ignored);
    let Some(given) = given else {
        let Some(default) = default else {
            diagnostics.push(not_set(variable));
            return (Value::unknown(ty), diagnostics);
        };
        return (default, diagnostics);
    };
    match fitted(given, &ty, defaults.as_ref()) {
        Ok(value) if value.is_null() && !variable.nullable => match default {
            Some(default) => (default, diagnostics),
            None => {
                diagnostics.push(
                    Diagnostic::error(
                        "Required variable not set",
                        format!("Unsuitable value for var.{name} set from outside of the configuration: required variable may not be set to null."),
                    )
                    .at(variable.header),
                );
                (Value::unknown(ty), diagnostics)
            }
        },
        Ok(value) => (value, diagnostics),
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid value for input variable",
                    format!(
                        "The given value is not suitable for var.{name} declared here: {error}."
                    ),
                )
                .at(variable.header),
            );
            (Value::unknown(ty), diagnostics)
        }
    }
}

/// The value that a variable of a called module has: what the call gives it, at its place, else the
/// default. `addr` is the variable's address, for messages.
pub(crate) fn settle_passed(
    variable: &Variable,
    given: Option<(Value, Span)>,
    addr: &str,
    sources: &Sources,
) -> (Value, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let (ty, defaults) = declared_type(variable, &mut diagnostics);
    if diagnostics.has_errors() {
        // The declaration itself is reported where declarations are checked.
        return (Value::unknown(ty), Diagnostics::default());
    }
    let mut ignored = Diagnostics::default();
    let default = default_value(variable, &ty, defaults.as_ref(), &mut ignored);
    let Some((given, span)) = given else {
        let Some(default) = default else {
            diagnostics.push(
                Diagnostic::error(
                    "Required variable not set",
                    format!(
                        "The variable {:?} is required, but is not set.",
                        variable.name
                    ),
                )
                .at(variable.header),
            );
            return (Value::unknown(ty), diagnostics);
        };
        return (default, diagnostics);
    };
    if given.contains_mark(Marks::EPHEMERAL) && !variable.ephemeral {
        diagnostics.push(
            Diagnostic::error(
                "Ephemeral value not allowed",
                "This input variable is not declared as accepting a ephemeral values, so it cannot be set to a result derived from an ephemeral value.",
            )
            .at(span),
        );
        return (Value::unknown(ty), diagnostics);
    }
    let mut refuse = |summary: &str, verb: &str, what: &str| {
        let declared = sources.place(variable.header);
        diagnostics.push(
            Diagnostic::error(
                summary,
                format!("The given value is not suitable for {addr} {verb} at {declared}: {what}."),
            )
            .at(span),
        );
    };
    match fitted(given, &ty, defaults.as_ref()) {
        Ok(value) if value.is_null() && !variable.nullable => match default {
            Some(default) => return (default, diagnostics),
            None => refuse(
                "Required variable not set",
                "defined",
                "required variable may not be set to null",
            ),
        },
        Ok(value) => return (value, diagnostics),
        Err(error) => refuse(
            "Invalid value for input variable",
            "declared",
            &error.to_string(),
        ),
    }
    (Value::unknown(ty), diagnostics)
}
