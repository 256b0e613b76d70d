//! Type constraints: `list(string)`, `object({ name = optional(string, "x") })` and the like, to types.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_parser::{Call, Expr};
use trueup_value::{Defaults, Type, Value, convert};

use crate::expression::{EmptyScope, evaluate};

/// Reads a type constraint: the type, and the defaults of its optional attributes.
pub fn read(expr: &Expr) -> (Type, Option<Defaults>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let (ty, defaults) = read_type(expr, &mut diagnostics);
    (ty, defaults, diagnostics)
}

/// A type constraint in quotes, as very old configurations have them.
fn quoted_type(text: &str) -> Diagnostic {
    let more = match text {
        "string" => "",
        "list" => {
            " and write list(string) instead to explicitly indicate that the list elements are strings"
        }
        "map" => {
            " and write map(string) instead to explicitly indicate that the map elements are strings"
        }
        _ => {
            return Diagnostic::error(
                "Invalid legacy variable type hint",
                "To provide a full type expression, remove the surrounding quotes and give the type expression directly.",
            );
        }
    };
    Diagnostic::error(
        "Invalid quoted type constraints",
        format!(
            "Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated and will be removed in a future version of Terraform. Remove the quotes around {text:?}{more}."
        ),
    )
}

fn read_type(expr: &Expr, diagnostics: &mut Diagnostics) -> (Type, Option<Defaults>) {
    if let Some(keyword) = expr.as_keyword() {
        return (read_keyword(&keyword, expr, diagnostics), None);
    }
    if let Some(call) = expr.static_call() {
        return read_call(call, expr, diagnostics);
    }
    if let Some(text) = expr.as_string_literal() {
        diagnostics.push(quoted_type(text).at(expr.span));
        return (Type::Dynamic, None);
    }
    diagnostics.push(
        Diagnostic::error(
            "Invalid type specification",
            "A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).",
        )
        .at(expr.span),
    );
    (Type::Dynamic, None)
}

fn read_keyword(keyword: &str, expr: &Expr, diagnostics: &mut Diagnostics) -> Type {
    match keyword {
        "bool" => Type::Bool,
        "string" => Type::String,
        "number" => Type::Number,
        "any" => Type::Dynamic,
        "list" => Type::list(Type::Dynamic),
        "map" => Type::map(Type::Dynamic),
        "set" => Type::set(Type::Dynamic),
        "object" | "tuple" => {
            let article = match keyword {
                "object" => {
                    "The object type constructor requires one argument specifying the attribute types and values as a map."
                }
                _ => {
                    "The tuple type constructor requires one argument specifying the element types as a list."
                }
            };
            diagnostics
                .push(Diagnostic::error("Invalid type specification", article).at(expr.span));
            Type::Dynamic
        }
        other => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid type specification",
                    format!("The keyword {other:?} is not a valid type specification."),
                )
                .at(expr.span),
            );
            Type::Dynamic
        }
    }
}

fn read_call(call: &Call, expr: &Expr, diagnostics: &mut Diagnostics) -> (Type, Option<Defaults>) {
    let name = &*call.name;
    if !["list", "set", "map", "object", "tuple"].contains(&name) {
        let (detail, at) = match name {
            "bool" | "string" | "number" | "any" => (
                format!("Primitive type keyword {name:?} does not expect arguments."),
                call.open_span.to(call.close_span),
            ),
            "optional" => (
                "Keyword \"optional\" is valid only as a modifier for object type attributes."
                    .to_string(),
                call.name_span,
            ),
            _ => (
                format!("Keyword {name:?} is not a valid type constructor."),
                expr.span,
            ),
        };
        diagnostics.push(Diagnostic::error("Invalid type specification", detail).at(at));
        return (Type::Dynamic, None);
    }
    let [argument] = &call.args[..] else {
        let wanted = match name {
            "object" => "the attribute types and values as a map",
            "tuple" => "the element types as a list",
            _ => "the element type",
        };
        let parentheses = call.open_span.to(call.close_span);
        let at = call.args.get(1).map_or(parentheses, |extra| extra.span);
        diagnostics.push(
            Diagnostic::error(
                "Invalid type specification",
                format!("The {name} type constructor requires one argument specifying {wanted}."),
            )
            .at(at),
        );
        return (Type::Dynamic, None);
    };
    match name {
        "object" => read_object(argument, diagnostics),
        "tuple" => read_tuple(argument, expr, diagnostics),
        _ => {
            let (element, defaults) = read_type(argument, diagnostics);
            let ty = match name {
                "list" => Type::list(element),
                "set" => Type::set(element),
                _ => Type::map(element),
            };
            let defaults = defaults.map(|inner| Defaults {
                element: Some(Box::new(inner)),
                ..Defaults::default()
            });
            (ty, defaults)
        }
    }
}

fn read_tuple(
    argument: &Expr,
    _expr: &Expr,
    diagnostics: &mut Diagnostics,
) -> (Type, Option<Defaults>) {
    let Some(items) = argument.static_list() else {
        diagnostics.push(
            Diagnostic::error(
                "Invalid type specification",
                "Tuple type constructor requires a list of element types.",
            )
            .at(argument.span),
        );
        return (Type::Dynamic, None);
    };
    let (types, defaults): (Vec<_>, Vec<_>) = items
        .iter()
        .map(|item| read_type(item, diagnostics))
        .unzip();
    let ty = Type::tuple(types);
    let positions: BTreeMap<_, _> = defaults
        .into_iter()
        .enumerate()
        .filter_map(|(n, inner)| Some((n, inner?)))
        .collect();
    let defaults = (!positions.is_empty()).then(|| Defaults {
        positions,
        ..Defaults::default()
    });
    (ty, defaults)
}

fn read_object(argument: &Expr, diagnostics: &mut Diagnostics) -> (Type, Option<Defaults>) {
    let Some(items) = argument.static_pairs() else {
        diagnostics.push(
            Diagnostic::error("Invalid type specification", "Object type constructor requires a map whose keys are attribute names and whose values are the corresponding attribute types.")
                .at(argument.span),
        );
        return (Type::Dynamic, None);
    };
    let mut names: HashSet<Arc<str>> = HashSet::new();
    let mut attributes: Vec<(Arc<str>, Type)> = Vec::new();
    let mut optional: Vec<Arc<str>> = Vec::new();
    let mut values: Vec<(Arc<str>, Value)> = Vec::new();
    let mut children: Vec<(Arc<str>, Defaults)> = Vec::new();
    for item in items {
        let Some(name) = item.key.as_static_str().cloned() else {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid type specification",
                    "Object constructor map keys must be attribute names.",
                )
                .at(item.key.span()),
            );
            continue;
        };
        if !names.insert(name.clone()) {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid type specification",
                    "Object constructor map keys must be unique.",
                )
                .at(item.key.span()),
            );
            continue;
        }
        let modifier = item
            .value
            .static_call()
            .filter(|call| &*call.name == "optional");
        let (ty, inner) = match modifier {
            Some(call) => {
                optional.push(name.clone());
                let (ty, inner, default) = read_optional(call, diagnostics);
                values.extend(default.map(|default| (name.clone(), default)));
                (ty, inner)
            }
            None => read_type(&item.value, diagnostics),
        };
        children.extend(inner.map(|inner| (name.clone(), inner)));
        attributes.push((name, ty));
    }
    let ty = Type::object_with_optional(attributes, optional);
    let defaults = Defaults {
        values: values.into_iter().collect(),
        attributes: children.into_iter().collect(),
        ..Defaults::default()
    };
    let defaults = (!defaults.is_empty()).then_some(defaults);
    (ty, defaults)
}

fn read_optional(
    call: &Call,
    diagnostics: &mut Diagnostics,
) -> (Type, Option<Defaults>, Option<Value>) {
    let (ty, default) = match &call.args[..] {
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        given => {
            let detail = if given.is_empty() {
                "Optional attribute modifier requires the attribute type as its argument."
            } else {
                "Optional attribute modifier expects at most two arguments: the attribute type, and a default value."
            };
            let parentheses = call.open_span.to(call.close_span);
            diagnostics
                .push(Diagnostic::error("Invalid type specification", detail).at(parentheses));
            return (Type::Dynamic, None, None);
        }
    };
    let (ty, inner) = read_type(ty, diagnostics);
    let Some(default) = default else {
        return (ty, inner, None);
    };
    let (value, found) = evaluate(default, &EmptyScope::default());
    let failed = found.has_errors();
    diagnostics.extend(found);
    if failed {
        return (ty, inner, None);
    }
    match convert::convert(&value, &ty) {
        Ok(converted) => {
            // The nested defaults fill what the given default leaves out.
            let value = match &inner {
                Some(_) => value,
                None => converted,
            };
            (ty, inner, Some(value))
        }
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid default value for optional attribute",
                    format!("This default value is not compatible with the attribute's type constraint: {error}."),
                )
                .at(default.span),
            );
            (ty, inner, None)
        }
    }
}
