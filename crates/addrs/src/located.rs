//! Addresses written in a configuration: read from a traversal, with errors that point into it.

use trueup_diagnostics::{Diagnostic, Span};
use trueup_parser::{Literal, Step, StepKind, Traversal};

use crate::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, Mode, Module, ModuleInstance,
    ModuleStep, Resource, Target,
};

/// Names that begin references to something else, so that no address begins with them.
const RESERVED: [&str; 10] = [
    "var",
    "local",
    "count",
    "each",
    "self",
    "path",
    "terraform",
    "template",
    "lazy",
    "arg",
];

/// What a `removed` block names: a resource or a module, all instances of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Removable {
    /// A resource block.
    Resource(ConfigResource),
    /// A module call and all that lies in it.
    Module(Module),
}

impl std::fmt::Display for Removable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Resource(resource) => write!(f, "{resource}"),
            Self::Module(module) => write!(f, "{module}"),
        }
    }
}

/// Reads a module, a resource or one instance, as `moved` blocks name them.
pub fn target(traversal: &Traversal) -> Result<Target, Box<Diagnostic>> {
    let mut walk = Walk::new(traversal);
    let module = walk.module_instance()?;
    if walk.at_end() {
        return Ok(Target::Module(module));
    }
    walk.refuse_reserved()?;
    let resource = AbsResource::new(module, walk.resource()?);
    match walk.key()? {
        Some(key) => Ok(Target::Instance(resource.instance(key))),
        None => Ok(Target::Resource(resource)),
    }
}

/// Reads one instance, as `import` blocks name it.
pub fn instance(traversal: &Traversal) -> Result<AbsInstance, Box<Diagnostic>> {
    match target(traversal)? {
        Target::Resource(resource) => Ok(resource.instance(InstanceKey::None)),
        Target::Instance(instance) => Ok(instance),
        Target::Module(_) => Err(Box::new(
            Diagnostic::error(
                "Invalid address",
                "A resource instance address is required here. The module path must be followed by a resource instance specification.",
            )
            .at(span_of(traversal)),
        )),
    }
}

/// Reads a resource or a module without instance keys, as `removed` blocks name them.
pub fn removable(traversal: &Traversal) -> Result<Removable, Box<Diagnostic>> {
    let mut walk = Walk::new(traversal);
    let mut module = Module::root();
    while let Some(name) = walk.module_call()? {
        if let Some(step) = walk.step()
            && matches!(step.kind, StepKind::Index(_))
        {
            return Err(Box::new(
                Diagnostic::error(
                    "Module instance keys not allowed",
                    "Module address must be a module (e.g. \"module.foo\"), not a module instance (e.g. \"module.foo[1]\").",
                )
                .at(step.span),
            ));
        }
        module = module.child(name);
    }
    if walk.at_end() {
        return Ok(Removable::Module(module));
    }
    walk.refuse_reserved()?;
    let resource = walk.resource()?;
    if let Some(step) = walk.step() {
        return Err(Box::new(
            Diagnostic::error(
                "Resource instance keys not allowed",
                "Resource address must be a resource (e.g. \"test_instance.foo\"), not a resource instance (e.g. \"test_instance.foo[1]\").",
            )
            .at(step.span),
        ));
    }
    if resource.mode == Mode::Data {
        return Err(Box::new(
            Diagnostic::error(
                "Data source address not allowed",
                "Data sources are never destroyed, so they are not valid targets of removed blocks. To remove the data source from state, remove the data source block from configuration.",
            )
            .at(span_of(traversal)),
        ));
    }
    Ok(Removable::Resource(ConfigResource::new(module, resource)))
}

/// The bytes of a traversal.
pub fn span_of(traversal: &Traversal) -> Span {
    match traversal.steps.last() {
        Some(last) => traversal.root.span.to(last.span),
        None => traversal.root.span,
    }
}

/// A way along a traversal: position 0 is its root, position n its nth step.
struct Walk<'a> {
    traversal: &'a Traversal,
    at: usize,
}

impl<'a> Walk<'a> {
    fn new(traversal: &'a Traversal) -> Self {
        Self { traversal, at: 0 }
    }

    fn at_end(&self) -> bool {
        self.at > self.traversal.steps.len()
    }

    /// The name at the current position.
    fn name(&self) -> Option<&'a std::sync::Arc<str>> {
        match self.at {
            0 => Some(&self.traversal.root.name),
            at => match &self.traversal.steps.get(at - 1)?.kind {
                StepKind::Attr(name) => Some(name),
                StepKind::Index(_) | StepKind::Splat => None,
            },
        }
    }

    /// The step at the current position; the root is none.
    fn step(&self) -> Option<&'a Step> {
        self.traversal.steps.get(self.at.checked_sub(1)?)
    }

    fn span(&self) -> Span {
        match self.step() {
            Some(step) => step.span,
            None => self.traversal.root.span,
        }
    }

    /// From the current position to the end.
    fn rest(&self) -> Span {
        self.span().to(span_of(self.traversal))
    }

    fn error(&self, detail: &str) -> Box<Diagnostic> {
        Box::new(Diagnostic::error("Invalid address", detail).at(self.span()))
    }

    /// The name of a module call, where one stands here.
    fn module_call(&mut self) -> Result<Option<std::sync::Arc<str>>, Box<Diagnostic>> {
        if self.name().map(|name| &**name) != Some("module") {
            return Ok(None);
        }
        let keyword = self.span();
        self.at += 1;
        let Some(name) = self.name() else {
            let at = if self.at_end() { keyword } else { self.span() };
            return Err(Box::new(
                Diagnostic::error(
                    "Invalid address operator",
                    "Prefix \"module.\" must be followed by a module name.",
                )
                .at(at),
            ));
        };
        self.at += 1;
        Ok(Some(name.clone()))
    }

    fn module_instance(&mut self) -> Result<ModuleInstance, Box<Diagnostic>> {
        let mut steps = Vec::new();
        while let Some(name) = self.module_call()? {
            let key = match self.step().map(|step| &step.kind) {
                Some(StepKind::Index(literal)) => {
                    let key = key_of(literal).map_err(|_| {
                        Box::new(
                            Diagnostic::error(
                                "Invalid address operator",
                                "Invalid module key: must be either a string or an integer.",
                            )
                            .at(self.span()),
                        )
                    })?;
                    self.at += 1;
                    key
                }
                _ => InstanceKey::None,
            };
            steps.push(ModuleStep { name, key });
        }
        Ok(ModuleInstance::from_steps(steps))
    }

    fn refuse_reserved(&self) -> Result<(), Box<Diagnostic>> {
        match self.name() {
            Some(name) if RESERVED.contains(&&**name) => Err(Box::new(
                Diagnostic::error(
                    "Invalid address",
                    format!("The keyword {name:?} is reserved and cannot be used to target a resource address. If you are targeting a resource type that uses a reserved keyword, please prefix your address with \"resource.\"."),
                )
                .at(self.rest()),
            )),
            _ => Ok(()),
        }
    }

    fn resource(&mut self) -> Result<Resource, Box<Diagnostic>> {
        let mode = match self.name().map(|name| &**name) {
            Some("data") => {
                self.at += 1;
                Mode::Data
            }
            Some("resource") => {
                self.at += 1;
                Mode::Managed
            }
            _ => Mode::Managed,
        };
        let left = (self.traversal.steps.len() + 1).saturating_sub(self.at);
        if left < 2 {
            let at = if left == 0 {
                span_of(self.traversal)
            } else {
                self.rest()
            };
            return Err(Box::new(
                Diagnostic::error(
                    "Invalid address",
                    "Resource specification must include a resource type and name.",
                )
                .at(at),
            ));
        }
        let Some(kind) = self.name() else {
            return Err(self.error(match mode {
                Mode::Managed => "A resource type name is required.",
                Mode::Data => "A data source name is required.",
            }));
        };
        self.at += 1;
        let Some(name) = self.name() else {
            return Err(self.error("A resource name is required."));
        };
        self.at += 1;
        Ok(Resource {
            mode,
            kind: kind.clone(),
            name: name.clone(),
        })
    }

    /// The instance key at the end, if there is one.
    fn key(&mut self) -> Result<Option<InstanceKey>, Box<Diagnostic>> {
        let Some(step) = self.step() else {
            return Ok(None);
        };
        if self.at < self.traversal.steps.len() {
            self.at += 1;
            return Err(self.error("Unexpected extra operators after address."));
        }
        match &step.kind {
            StepKind::Index(literal) => {
                let key = key_of(literal).map_err(|reason| {
                    self.error(&format!("Invalid resource instance key: {reason}."))
                })?;
                self.at += 1;
                Ok(Some(key))
            }
            StepKind::Attr(_) | StepKind::Splat => {
                Err(self.error("Resource instance key must be given in square brackets."))
            }
        }
    }
}

fn key_of(literal: &Literal) -> Result<InstanceKey, &'static str> {
    match literal {
        Literal::String(key) => Ok(InstanceKey::Str(key.clone())),
        Literal::Number(text) => text.parse().map(InstanceKey::Int).map_err(|_| {
            "value must be a whole number, between -9223372036854775808 and 9223372036854775807"
        }),
        Literal::Null | Literal::Bool(_) => Err("either a string or an integer is required"),
    }
}
