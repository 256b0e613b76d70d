//! Why a live value can't be written, where its value comes from, and what to do instead.

use std::sync::Arc;

use trueup_config::Repetition;
use trueup_diagnostics::Span;
use trueup_parser::{Expr, StepKind};
use trueup_planner::generate;

use super::super::{Attribute, Drifted, block_of, path_text};
use crate::Project;

/// Something that can't be written.
pub(super) struct Refusal {
    /// The object.
    pub(super) address: String,
    /// Where it stands.
    pub(super) at: Option<Span>,
    /// Why not, and what to do.
    pub(super) why: String,
}

impl Refusal {
    /// Of one attribute: `why` goes on after "… is now X, but".
    pub(super) fn of(object: &Drifted, attribute: &Attribute, at: Option<Span>, why: &str) -> Self {
        let path = path_text(&attribute.difference.path);
        let now = match attribute.difference.sensitive {
            true => "differs".to_owned(),
            false => format!(
                "is now {}",
                generate::value_on_one_line(&attribute.difference.after)
            ),
        };
        Self {
            address: object.addr.to_string(),
            at,
            why: format!("{}.{path} {now}, but {why}.", object.addr),
        }
    }
}

/// An object that is gone.
pub(super) fn deleted(object: &Drifted, project: &Project) -> Refusal {
    let addr = &object.addr;
    let place = object.place.map(|span| project.sources.place(span));
    let block = match place {
        Some(place) => format!("take its block out ({place})"),
        None => "it has no block any more".to_owned(),
    };
    Refusal {
        address: addr.to_string(),
        at: object.place,
        why: format!(
            "{addr} was deleted outside. If it is to stay so, {block} and run `trueup apply -refresh-only`; to have it back, run `trueup drift revert` or `trueup apply`."
        ),
    }
}

/// An object without a block.
pub(super) fn no_block(object: &Drifted) -> Refusal {
    Refusal {
        address: object.addr.to_string(),
        at: None,
        why: format!(
            "{} has no block in the configuration: the next apply would delete it.",
            object.addr
        ),
    }
}

/// A block that stands for more objects than those that differ so.
pub(super) fn shared(
    object: &Drifted,
    attribute: &Attribute,
    all: usize,
    so_many: usize,
    same: bool,
) -> Refusal {
    let which = match same {
        true => format!("{so_many} of them differ so"),
        false => "they differ in different ways".to_owned(),
    };
    Refusal::of(
        object,
        attribute,
        attribute.place.or(object.place),
        &format!(
            "its block stands for {all} objects and {which}: what is written there is written for all. Give the attribute a value of its own for each (each.value, count.index), or revert or ignore the difference"
        ),
    )
}

/// An expression that is no plain value.
pub(super) fn explained(
    project: &Project,
    object: &Drifted,
    attribute: &Attribute,
    expr: &Expr,
) -> Refusal {
    let written = project
        .sources
        .find(expr.span.source)
        .map_or("", |source| source.slice(expr.span));
    let written: String = written.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut sources: Vec<String> = Vec::new();
    expr.visit_references(&mut |reference| {
        let said = origin(project, object, reference.traversal);
        if !sources.contains(&said) {
            sources.push(said);
        }
    });
    let how = match sources.is_empty() {
        true => {
            "it is worked out, and nothing plain stands there to be changed. Change the expression"
                .to_owned()
        }
        false => format!("{}. Change it there", sources.join("; ")),
    };
    Refusal::of(
        object,
        attribute,
        Some(expr.span),
        &format!("its value is written as `{written}`: {how}, or revert or ignore the difference"),
    )
}

/// Where a name that an expression refers to gets its value.
fn origin(project: &Project, object: &Drifted, traversal: &trueup_parser::Traversal) -> String {
    let module = &object.addr.resource.module;
    let name = traversal.steps.first().and_then(|step| match &step.kind {
        StepKind::Attr(name) => Some(name.clone()),
        _ => None,
    });
    let place = |span: Span| project.sources.place(span);
    let node = project.config.module_of(module);
    let text = reference_text(traversal);
    match (&*traversal.root.name, name) {
        ("var", Some(name)) if module.is_root() => {
            if let Some(span) = project.given.at.get(&name) {
                return format!("{text} is set at {}", place(*span));
            }
            let declared = node.and_then(|node| node.module.variables.get(&name));
            match declared.and_then(|variable| Some((variable.default.as_ref()?, variable))) {
                Some((default, _)) => format!(
                    "{text} has its default at {}, unless -var or the environment gives it another value",
                    place(default.span)
                ),
                None => format!("{text} is given by -var or by the environment"),
            }
        }
        ("var", Some(name)) => {
            let call = project.config.call(&module.module());
            let argument = call.and_then(|call| call.body.attribute(&name));
            let default = node
                .and_then(|node| node.module.variables.get(&name))
                .and_then(|variable| variable.default.as_ref());
            match (argument, default) {
                (Some(argument), _) => format!(
                    "{text} is an input of {module}, given at {}",
                    place(argument.expr.span)
                ),
                (None, Some(default)) => format!(
                    "{text} is an input of {module} with its default at {}: give it in the module call",
                    place(default.span)
                ),
                (None, None) => format!("{text} is an input of {module}"),
            }
        }
        ("local", Some(name)) => match node.and_then(|node| node.module.locals.get(&name)) {
            Some(local) => format!("{text} is written at {}", place(local.expr.span)),
            None => format!("it follows from {text}"),
        },
        ("each" | "count", _) => {
            let repetition = block_of(project, &object.addr).map(|block| &block.repetition);
            match repetition {
                Some(Repetition::ForEach(expr)) => format!(
                    "{text} is of for_each at {}, the element {}",
                    place(expr.span),
                    object.addr.key
                ),
                Some(Repetition::Count(expr)) => {
                    format!("{text} is of count at {}", place(expr.span))
                }
                _ => format!("it follows from {text}"),
            }
        }
        _ => format!("it follows from {text}"),
    }
}

fn reference_text(traversal: &trueup_parser::Traversal) -> Arc<str> {
    let mut text = traversal.root.name.to_string();
    for step in &traversal.steps {
        if let StepKind::Attr(name) = &step.kind {
            text.push('.');
            text.push_str(name);
        } else {
            break;
        }
    }
    text.into()
}
