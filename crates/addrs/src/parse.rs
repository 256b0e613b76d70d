//! The one reader of each address's text form, on the parser's own lexer.

use std::sync::Arc;

use trueup_diagnostics::SourceId;
use trueup_parser::{Literal, Step, StepKind, Traversal, is_identifier, parse_traversal};

use crate::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, Mode, Module, ModuleInstance,
    ModuleStep, ProviderAddr, ProviderConfigAddr, Resource, Target,
};

/// Why a text is not an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// The text.
    pub text: String,
    /// What is wrong with it, as a clause.
    pub reason: &'static str,
}

impl ParseError {
    /// What is wrong, as a sentence of its own.
    pub fn sentence(&self) -> String {
        let mut letters = self.reason.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        format!(
            "{}{}.",
            first.map(String::from).unwrap_or_default(),
            letters.as_str()
        )
    }
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is not an address: {}", self.text, self.reason)
    }
}

impl std::error::Error for ParseError {}

/// Reads a target: a module, a resource or one instance.
pub fn target(text: &str) -> Result<Target, ParseError> {
    read_target(Reader::new(text)?)
}

/// Reads a target from a traversal of a configuration.
pub fn target_of(traversal: &Traversal) -> Result<Target, ParseError> {
    read_target(Reader {
        text: &traversal.root.name,
        root: Some(traversal.root.name.clone()),
        steps: traversal.steps.clone().into_iter(),
    })
}

fn read_target(mut reader: Reader<'_>) -> Result<Target, ParseError> {
    let module = reader.module_instance()?;
    if reader.at_end() {
        if module.is_root() {
            return Err(reader.error("a resource or a module must be named"));
        }
        return Ok(Target::Module(module));
    }
    let resource = AbsResource::new(module, reader.resource()?);
    if reader.at_end() {
        return Ok(Target::Resource(resource));
    }
    let key = reader.key()?;
    reader.end()?;
    Ok(Target::Instance(resource.instance(key)))
}

/// Reads an instance, such as `module.m["a"].aws_dynamodb_table.orders[0]`.
pub fn abs_instance(text: &str) -> Result<AbsInstance, ParseError> {
    let mut reader = Reader::new(text)?;
    let module = reader.module_instance()?;
    if reader.at_end() {
        return Err(reader.error("a resource instance address is required here. The module path must be followed by a resource instance specification"));
    }
    let resource = AbsResource::new(module, reader.resource()?);
    let key = reader.key()?;
    reader.end()?;
    Ok(resource.instance(key))
}

/// Reads a resource without instance key.
pub fn abs_resource(text: &str) -> Result<AbsResource, ParseError> {
    let instance = abs_instance(text)?;
    match instance.key {
        InstanceKey::None => Ok(instance.resource),
        _ => Err(ParseError {
            text: text.to_string(),
            reason: "an instance key is not allowed here",
        }),
    }
}

/// Reads a resource block's address, as the `dependencies` of a state file write it.
pub fn config_resource(text: &str) -> Result<ConfigResource, ParseError> {
    // Most of them are two names, and a state has many.
    if let Some((kind, name)) = text.split_once('.')
        && kind != "data"
        && kind != "module"
        && is_identifier(kind)
        && is_identifier(name)
    {
        return Ok(ConfigResource::new(
            Module::root(),
            Resource::managed(kind, name),
        ));
    }
    let mut reader = Reader::new(text)?;
    let module = reader.module_instance()?;
    let resource = reader.resource()?;
    // Older state files keep the key of an instance here.
    reader.key()?;
    reader.end()?;
    Ok(ConfigResource::new(module.module(), resource))
}

/// Reads a module instance, such as `module.m["a"].module.n`; empty text is the root.
pub fn module_instance(text: &str) -> Result<ModuleInstance, ParseError> {
    if text.is_empty() {
        return Ok(ModuleInstance::root());
    }
    let mut reader = Reader::new(text)?;
    let module = reader.module_instance()?;
    reader.end()?;
    Ok(module)
}

/// Reads a provider configuration, such as `provider["registry.terraform.io/hashicorp/aws"].east`.
pub fn provider_config(text: &str) -> Result<ProviderConfigAddr, ParseError> {
    let mut reader = Reader::new(text)?;
    let module = reader.module_instance()?.module();
    match reader.next() {
        Some(Part::Name(name)) if &*name == "provider" => {}
        _ => return Err(reader.error("it must name a provider in the form provider[\"…\"]")),
    }
    let provider = match reader.next() {
        Some(Part::Key(InstanceKey::Str(source))) => ProviderAddr::parse_source(&source),
        // The form of Terraform 0.12: provider.aws
        Some(Part::Name(name)) => Some(ProviderAddr::implied(&name)),
        _ => None,
    };
    let Some(provider) = provider else {
        return Err(
            reader.error("it must name a provider in the form provider[\"host/namespace/name\"]")
        );
    };
    let alias = match reader.next() {
        None => None,
        Some(Part::Name(alias)) => Some(alias),
        Some(Part::Key(_)) => return Err(reader.error("an alias is a name, not a key")),
    };
    reader.end()?;
    Ok(ProviderConfigAddr {
        module,
        provider,
        alias,
    })
}

/// A step of an address.
enum Part {
    Name(Arc<str>),
    Key(InstanceKey),
}

struct Reader<'a> {
    text: &'a str,
    root: Option<Arc<str>>,
    steps: std::vec::IntoIter<Step>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Result<Self, ParseError> {
        let error = |reason| ParseError {
            text: text.to_string(),
            reason,
        };
        let (traversal, diagnostics) = parse_traversal(SourceId(0), text, 0);
        match traversal {
            Some(Traversal { root, steps }) if !diagnostics.has_errors() => Ok(Self {
                text,
                root: Some(root.name),
                steps: steps.into_iter(),
            }),
            _ if text.is_empty() => Err(error("must begin with a variable name")),
            _ if text.contains('[') => Err(error(
                "index brackets must contain either a literal number or a literal string",
            )),
            _ => Err(error(
                "it must be names joined by dots, with instance keys in brackets",
            )),
        }
    }

    fn error(&self, reason: &'static str) -> ParseError {
        ParseError {
            text: self.text.to_string(),
            reason,
        }
    }

    fn peek_name(&self) -> Option<&str> {
        match &self.root {
            Some(root) => Some(root),
            None => match self.steps.as_slice().first().map(|step| &step.kind) {
                Some(StepKind::Attr(name)) => Some(name),
                _ => None,
            },
        }
    }

    fn next(&mut self) -> Option<Part> {
        if let Some(root) = self.root.take() {
            return Some(Part::Name(root));
        }
        match self.steps.next()?.kind {
            StepKind::Attr(name) => Some(Part::Name(name)),
            StepKind::Index(Literal::String(key)) => Some(Part::Key(InstanceKey::Str(key))),
            StepKind::Index(Literal::Number(text)) => {
                Some(Part::Key(InstanceKey::Int(text.parse().ok()?)))
            }
            StepKind::Index(Literal::Null | Literal::Bool(_)) | StepKind::Splat => None,
        }
    }

    fn at_end(&self) -> bool {
        self.root.is_none() && self.steps.len() == 0
    }

    fn end(&self) -> Result<(), ParseError> {
        if self.at_end() {
            Ok(())
        } else {
            Err(self.error("resource instance key must be given in square brackets"))
        }
    }

    fn name(&mut self, missing: &'static str) -> Result<Arc<str>, ParseError> {
        match self.next() {
            Some(Part::Name(name)) => Ok(name),
            _ => Err(self.error(missing)),
        }
    }

    fn key(&mut self) -> Result<InstanceKey, ParseError> {
        match self.steps.as_slice().first().map(|step| &step.kind) {
            Some(StepKind::Index(_)) if self.root.is_none() => match self.next() {
                Some(Part::Key(key)) => Ok(key),
                _ => Err(self.error("an instance key is a text or a whole number from 0")),
            },
            _ => Ok(InstanceKey::None),
        }
    }

    fn module_instance(&mut self) -> Result<ModuleInstance, ParseError> {
        let mut steps = Vec::new();
        while self.peek_name() == Some("module") {
            self.next();
            let name = self.name("\"module\" must be followed by the name of a module call")?;
            let key = self.key()?;
            steps.push(ModuleStep { name, key });
        }
        Ok(ModuleInstance::from_steps(steps))
    }

    fn resource(&mut self) -> Result<Resource, ParseError> {
        let mode = match self.peek_name() {
            Some("data") => {
                self.next();
                Mode::Data
            }
            Some("resource") => {
                self.next();
                Mode::Managed
            }
            Some(word) => {
                if let Some(reason) = reserved(word) {
                    return Err(self.error(reason));
                }
                Mode::Managed
            }
            None => Mode::Managed,
        };
        let kind = self.name("it must name a resource type")?;
        let name = self.name("resource specification must include a resource type and name")?;
        Ok(Resource { mode, kind, name })
    }
}

/// Why a word can't be a resource type, where it means something else.
fn reserved(word: &str) -> Option<&'static str> {
    macro_rules! said {
        ($($known:literal),*) => {
            match word {
                $($known => Some(concat!(
                    "the keyword \"",
                    $known,
                    "\" is reserved and cannot be used to target a resource address. If you are targeting a resource type that uses a reserved keyword, please prefix your address with \"resource.\""
                )),)*
                _ => None,
            }
        };
    }
    said!(
        "arg",
        "count",
        "each",
        "lazy",
        "local",
        "path",
        "self",
        "template",
        "terraform",
        "var"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_read_back_as_they_are_written() {
        for text in [
            "aws_dynamodb_table.orders",
            "data.aws_region.current",
            "aws_dynamodb_table.orders[0]",
            "aws_dynamodb_table_item.events[\"a b\\\"c$${x}\"]",
            "module.m[\"a\"].module.n[3].aws_dynamodb_table.orders[\"k\"]",
        ] {
            let read = abs_instance(text).map(|address| address.to_string());
            assert_eq!(read.as_deref(), Ok(text));
        }
    }

    #[test]
    fn providers_read_back_as_they_are_written() {
        for text in [
            "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "provider[\"registry.opentofu.org/hashicorp/aws\"].east",
            "module.m.provider[\"registry.terraform.io/hashicorp/aws\"]",
        ] {
            let read = provider_config(text).map(|address| address.to_string());
            assert_eq!(read.as_deref(), Ok(text));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "bad addr",
            "aws_dynamodb_table",
            "a.b.c",
            "a.b[x]",
            "data.a",
            "module",
        ] {
            assert!(target(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_key_reads_back(key in ".*") {
            let instance = AbsInstance::in_root(
                Resource::managed("aws_dynamodb_table", "orders"),
                InstanceKey::Str(Arc::from(trueup_value::Value::string(&key).as_str().unwrap_or_default())),
            );
            prop_assert_eq!(abs_instance(&instance.to_string()), Ok(instance));
        }
    }
}
