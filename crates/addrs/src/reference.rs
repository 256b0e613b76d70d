//! References: what a traversal in an expression points at.

use std::fmt;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Span};
use trueup_parser::{Literal, StepKind, Traversal};

use crate::{Mode, Resource};

/// The object that a reference names, within the module that holds the expression.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Subject {
    /// `var.NAME`
    Variable(Arc<str>),
    /// `local.NAME`
    Local(Arc<str>),
    /// `module.NAME`
    ModuleCall(Arc<str>),
    /// `TYPE.NAME` or `data.TYPE.NAME`, all instances
    Resource(Resource),
    /// `ephemeral.TYPE.NAME`: its type and name.
    Ephemeral(Arc<str>, Arc<str>),
    /// `count.NAME`
    Count(Arc<str>),
    /// `each.NAME`
    Each(Arc<str>),
    /// `path.NAME`
    Path(Arc<str>),
    /// `terraform.NAME`
    Terraform(Arc<str>),
    /// `self`
    SelfObject,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "var.{name}"),
            Self::Local(name) => write!(f, "local.{name}"),
            Self::ModuleCall(name) => write!(f, "module.{name}"),
            Self::Resource(resource) => write!(f, "{resource}"),
            Self::Ephemeral(kind, name) => write!(f, "ephemeral.{kind}.{name}"),
            Self::Count(name) => write!(f, "count.{name}"),
            Self::Each(name) => write!(f, "each.{name}"),
            Self::Path(name) => write!(f, "path.{name}"),
            Self::Terraform(name) => write!(f, "terraform.{name}"),
            Self::SelfObject => f.write_str("self"),
        }
    }
}

/// A reference: the subject, and how many steps of the traversal name it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// What is named.
    pub subject: Subject,
    /// How many of the traversal's steps belong to the subject; the rest go into its value.
    pub consumed: usize,
    /// The bytes of the root name and those steps.
    pub span: Span,
}

impl Reference {
    /// Reads what a traversal points at. The error is the one that Terraform gives at that place.
    pub fn read(traversal: &Traversal) -> Result<Self, Diagnostic> {
        let root = &traversal.root;
        match &*root.name {
            "var" => one_name(traversal, Subject::Variable),
            "local" => one_name(traversal, Subject::Local),
            "count" => one_name(traversal, Subject::Count),
            "each" => one_name(traversal, Subject::Each),
            "path" => one_name(traversal, Subject::Path),
            "terraform" | "tofu" => one_name(traversal, Subject::Terraform),
            "module" => one_name(traversal, Subject::ModuleCall).map(|mut reference| {
                reference.span = with_output(traversal, reference.span);
                reference
            }),
            "self" => Ok(Self {
                subject: Subject::SelfObject,
                consumed: 0,
                span: root.span,
            }),
            "data" => resource(traversal, Mode::Data, 0),
            "ephemeral" => ephemeral(traversal),
            "resource" => resource(traversal, Mode::Managed, 0),
            "template" | "lazy" | "arg" => Err(Diagnostic::error(
                "Reserved symbol name",
                format!("The symbol name {:?} is reserved for use in a future version. If you are using a provider that already uses this as a resource type name, add the prefix \"resource.\" to force interpretation as a resource type name.", root.name),
            )
            .at(root.span)),
            _ => bare_resource(traversal),
        }
    }
}

fn one_name(
    traversal: &Traversal,
    subject: impl FnOnce(Arc<str>) -> Subject,
) -> Result<Reference, Diagnostic> {
    let root = &traversal.root;
    let Some(step) = traversal.steps.first() else {
        let name = &root.name;
        return Err(invalid(
            format!(
                "The {name:?} object cannot be accessed directly. Instead, access one of its attributes."
            ),
            root.span,
        ));
    };
    let StepKind::Attr(name) = &step.kind else {
        return Err(invalid(
            format!(
                "The {:?} object does not support this operation.",
                root.name
            ),
            step.span,
        ));
    };
    Ok(Reference {
        subject: subject(name.clone()),
        consumed: 1,
        span: root.span.to(step.span),
    })
}

fn bare_resource(traversal: &Traversal) -> Result<Reference, Diagnostic> {
    let root = &traversal.root;
    let Some(step) = traversal.steps.first() else {
        return Err(invalid(
            "A reference to a resource type must be followed by at least one attribute access, specifying the resource name.",
            root.span,
        ));
    };
    let StepKind::Attr(name) = &step.kind else {
        return Err(invalid(
            "A reference to a resource type must be followed by at least one attribute access, specifying the resource name.",
            step.span,
        ));
    };
    Ok(Reference {
        subject: Subject::Resource(Resource::managed(root.name.clone(), name.clone())),
        consumed: 1,
        span: with_index(traversal, 1),
    })
}

fn ephemeral(traversal: &Traversal) -> Result<Reference, Diagnostic> {
    let names = |at: usize| match traversal.steps.get(at).map(|step| &step.kind) {
        Some(StepKind::Attr(name)) => Some(name.clone()),
        _ => None,
    };
    let (Some(kind), Some(name)) = (names(0), names(1)) else {
        let steps = traversal.steps.iter().take(2);
        return Err(invalid(
            "The \"ephemeral\" object must be followed by two attribute names: the ephemeral resource type and the resource name.",
            steps.fold(traversal.root.span, |span, step| span.to(step.span)),
        ));
    };
    Ok(Reference {
        subject: Subject::Ephemeral(kind, name),
        consumed: 2,
        span: with_index(traversal, 2),
    })
}

fn resource(traversal: &Traversal, mode: Mode, _from: usize) -> Result<Reference, Diagnostic> {
    let root = &traversal.root;
    let (what, example) = match mode {
        Mode::Data => (
            "data",
            "The \"data\" object must be followed by two attribute names: the data source type and the resource name.",
        ),
        Mode::Managed => (
            "resource",
            "The \"resource\" object must be followed by two attribute names: the resource type and the resource name.",
        ),
    };
    let (Some(kind), Some(name)) = (traversal.steps.first(), traversal.steps.get(1)) else {
        return Err(invalid(
            example,
            traversal
                .steps
                .iter()
                .fold(root.span, |span, step| span.to(step.span)),
        ));
    };
    match (&kind.kind, &name.kind) {
        (StepKind::Attr(kind), StepKind::Attr(name)) => Ok(Reference {
            subject: Subject::Resource(Resource {
                mode,
                kind: kind.clone(),
                name: name.clone(),
            }),
            consumed: 2,
            span: with_index(traversal, 2),
        }),
        (StepKind::Attr(_), _) => Err(invalid(format!("A {what} name is required."), name.span)),
        _ => Err(invalid(
            format!("The {what:?} object does not support this operation."),
            kind.span,
        )),
    }
}

/// The bytes of the first `steps` steps, and of an instance key right behind them.
fn with_index(traversal: &Traversal, steps: usize) -> Span {
    let mut span = traversal.steps[..steps]
        .iter()
        .fold(traversal.root.span, |span, step| span.to(step.span));
    if let Some(step) = traversal.steps.get(steps)
        && matches!(
            step.kind,
            StepKind::Index(Literal::Number(_) | Literal::String(_))
        )
    {
        span = span.to(step.span);
    }
    span
}

/// The bytes of a module call's reference: with the instance key and the output behind it.
fn with_output(traversal: &Traversal, call: Span) -> Span {
    let mut span = call;
    let mut steps = traversal.steps.iter().skip(1).peekable();
    if let Some(step) = steps.next_if(|step| matches!(step.kind, StepKind::Index(_))) {
        span = span.to(step.span);
    }
    if let Some(step) = steps.next_if(|step| matches!(step.kind, StepKind::Attr(_))) {
        span = span.to(step.span);
    }
    span
}

fn invalid(detail: impl Into<String>, at: Span) -> Diagnostic {
    Diagnostic::error("Invalid reference", detail).at(at)
}
