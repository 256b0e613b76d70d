//! Provider configurations on their way through module calls: what is passed must be expected, what is
//! expected must be passed, and a module with configurations of its own is called once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_addrs::{ProviderAddr, ProviderConfigAddr};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};

use crate::{Config, Module, ModuleCall, ModuleNode, PassedProvider, ProviderRef, Repetition};

/// Checks every module call of a configuration.
pub fn check(config: &Config, sources: &Sources) -> Diagnostics {
    let mut checker = Checker {
        config,
        sources,
        diagnostics: Diagnostics::default(),
    };
    checker.children(&config.root, None);
    checker.diagnostics
}

/// Says which configurations with an alias are passed although nothing makes them.
pub fn check_existence(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for node in config.modules() {
        let passed_in = config.call(&node.path).map(|call| &call.providers);
        for (name, call) in &node.module.calls {
            let Some(child) = node.children.get(name) else {
                continue;
            };
            for one in call.providers.values() {
                let key = (one.parent.name.clone(), one.parent.alias.clone());
                let there = node.module.providers.contains_key(&key)
                    || passed_in.is_some_and(|passed| passed.contains_key(&key));
                if one.parent.alias.is_some() && !there {
                    let missing = ProviderConfigAddr {
                        module: node.path.clone(),
                        provider: child.module.provider_addr(&one.child.name),
                        alias: one.parent.alias.clone(),
                    };
                    diagnostics.push(
                        Diagnostic::error(format!("missing provider {missing}"), "").hint(
                            format!("{} has no provider block for {}. Add one with this alias, or pass another configuration to {}.", module_text(node), one.parent.text(), child.path),
                        ),
                    );
                }
            }
        }
    }
    diagnostics
}

/// What a module says of provider configurations, by local name and alias as they are written.
struct Named<'a> {
    /// Blocks with settings.
    configured: BTreeSet<String>,
    /// Blocks without: the way of old modules to say that they expect one.
    empty: BTreeMap<String, Span>,
    /// `configuration_aliases`, with the provider they are of.
    aliases: BTreeMap<String, ProviderAddr>,
    /// Entries of `required_providers`.
    required: BTreeMap<&'a str, ProviderAddr>,
}

impl<'a> Named<'a> {
    fn of(module: &'a Module) -> Self {
        let mut named = Self {
            configured: BTreeSet::new(),
            empty: BTreeMap::new(),
            aliases: BTreeMap::new(),
            required: BTreeMap::new(),
        };
        for ((name, alias), block) in &module.providers {
            let text = text(name, alias.as_ref());
            if block.is_empty() && block.body.attribute("version").is_none() {
                named.empty.insert(text, block.header);
            } else {
                named.configured.insert(text);
            }
        }
        for (name, required) in &module.required_providers {
            let provider = module.provider_addr(name);
            for alias in &required.aliases {
                named.aliases.insert(alias.text(), provider.clone());
            }
            named.required.insert(name, provider);
        }
        named
    }
}

fn text(name: &str, alias: Option<&Arc<str>>) -> String {
    match alias {
        Some(alias) => format!("{name}.{alias}"),
        None => name.to_owned(),
    }
}

/// A provider as messages name it.
fn shown(provider: &ProviderAddr) -> String {
    provider.short()
}

/// The provider that a local name stands for where nothing declares it. The builtin one has no such name.
fn undeclared(name: &str) -> ProviderAddr {
    ProviderAddr {
        host: ProviderAddr::DEFAULT_HOST.into(),
        namespace: "hashicorp".into(),
        name: name.into(),
    }
}

/// The provider that a reference of a caller stands for.
fn provider_of(module: &Module, reference: &ProviderRef) -> ProviderAddr {
    let required = module.required_providers.get(&reference.name);
    match required.and_then(|required| required.source.clone()) {
        Some(source) => source,
        None => undeclared(&reference.name),
    }
}

fn module_text(node: &ModuleNode) -> String {
    match node.path.is_root() {
        true => "the root module".to_owned(),
        false => node.path.to_string(),
    }
}

struct Checker<'a> {
    config: &'a Config,
    sources: &'a Sources,
    diagnostics: Diagnostics,
}

impl Checker<'_> {
    /// Checks the calls of a module. `repeated` is what makes the module itself one of several, where
    /// something does.
    fn children(&mut self, node: &ModuleNode, repeated: Option<Span>) {
        for (name, call) in &node.module.calls {
            let Some(child) = node.children.get(name) else {
                continue;
            };
            let repeated = repeats(call).or(repeated);
            self.children(child, repeated);
            self.called(node, call, child, repeated);
        }
        self.undefined(node);
    }

    /// Names of a caller that nothing declares.
    fn undefined(&mut self, node: &ModuleNode) {
        let named = Named::of(&node.module);
        let text = module_text(node);
        let above = match node.path.parent().filter(|parent| !parent.is_root()) {
            Some(parent) => parent.to_string(),
            None => "the root module".to_owned(),
        };
        let passed = self.config.call(&node.path);
        for call in node.module.calls.values() {
            for one in call.providers.values() {
                if one.parent.alias.is_some() {
                    continue;
                }
                let name = &*one.parent.name;
                let configured = named.configured.contains(name);
                let provider = shown(&undeclared(name));
                if !configured && !named.required.contains_key(name) {
                    self.diagnostics.push(
                        Diagnostic::warning(
                            "Reference to undefined provider",
                            format!("There is no explicit declaration for local provider name {name:?} in {text}, so Terraform is assuming you mean to pass a configuration for provider {provider:?}.\n\nTo clarify your intent and silence this warning, add to {above} a required_providers entry named {name:?} with source = {provider:?}, or a different source address if appropriate."),
                        )
                        .at(one.parent.name_span),
                    );
                } else if let Some(passed) = passed
                    && !configured
                    && !passed.providers.contains_key(&(name.into(), None))
                {
                    self.diagnostics.push(
                        Diagnostic::warning(
                            "Missing required provider configuration",
                            format!("The configuration for {text} expects to inherit a configuration for provider {provider} with local name {name:?}, but {above} doesn't pass a configuration under that name.\n\nTo satisfy this requirement, add an entry for {name:?} to the \"providers\" argument in the module {:?} block.", passed.name),
                        )
                        .at(passed.header),
                    );
                }
            }
        }
    }

    /// Checks one call against what the called module expects.
    fn called(
        &mut self,
        parent: &ModuleNode,
        call: &ModuleCall,
        child: &ModuleNode,
        repeated: Option<Span>,
    ) {
        let named = Named::of(&child.module);
        let text = module_text(child);
        let above = module_text(parent);
        if let Some(at) = repeated.filter(|_| !named.configured.is_empty()) {
            let source = call.source_text().map_or("", |source| &**source);
            self.diagnostics.push(
                Diagnostic::error(
                    "Module is incompatible with count, for_each, and depends_on",
                    format!("The module at {text} is a legacy module which contains its own local provider configurations, and so calls to it may not use the count, for_each, or depends_on arguments.\n\nIf you also control the module {source:?}, consider updating this module to instead expect provider configurations to be passed by its caller."),
                )
                .at(at),
            );
        }
        for one in call.providers.values() {
            let name = one.child.text();
            if named.configured.contains(&name) {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Cannot override provider configuration",
                        format!("The configuration of {text} has its own local configuration for {name}, and so it cannot accept an overridden configuration provided by {above}."),
                    )
                    .at(one.child.name_span),
                );
            }
        }
        for (name, provider) in &named.aliases {
            let passed = call.providers.values().any(|one| one.child.text() == *name);
            if !passed && !named.configured.contains(name) {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Missing required provider configuration",
                        format!("The child module requires an additional configuration for provider {}, with the local name {name:?}.\n\nRefer to the module's documentation to understand the intended purpose of this additional provider configuration, and then add an entry for {name} in the \"providers\" meta-argument in the module block to choose which provider configuration the module should use for that purpose.", shown(provider)),
                    )
                    .at(call.header),
                );
            }
        }
        for one in call.providers.values() {
            self.passed(parent, child, &named, one);
        }
        self.empty_blocks(&named, &text);
    }

    /// Checks one configuration that is passed.
    fn passed(
        &mut self,
        parent: &ModuleNode,
        child: &ModuleNode,
        named: &Named<'_>,
        one: &PassedProvider,
    ) {
        let name = one.child.text();
        let (text, above) = (module_text(child), module_text(parent));
        let expected = named
            .required
            .get(name.as_str())
            .or_else(|| named.aliases.get(&name));
        let wanted = match expected {
            Some(provider) => provider.clone(),
            None => child.module.provider_addr(&one.child.name),
        };
        if expected.is_none() && !named.empty.contains_key(&name) {
            let shown = shown(&wanted);
            let default =
                &*wanted.namespace == "hashicorp" && &*wanted.host == ProviderAddr::DEFAULT_HOST;
            self.diagnostics.push(
                if default {
                    Diagnostic::warning(
                        "Reference to undefined provider",
                        format!("There is no explicit declaration for local provider name {name:?} in {text}, so Terraform is assuming you mean to pass a configuration for {shown:?}.\n\nIf you also control the child module, add a required_providers entry named {name:?} with the source address {shown:?}."),
                    )
                } else {
                    Diagnostic::error(
                        "Reference to undefined provider",
                        format!("The child module does not declare any provider requirement with the local name {name:?}.\n\nIf you also control the child module, you can add a required_providers entry named {name:?} with the source address {shown:?} to accept this provider configuration."),
                    )
                }
                .at(one.child.name_span),
            );
        }
        let given = provider_of(&parent.module, &one.parent);
        if given == wanted {
            return;
        }
        let other = named.required.iter().find(|(_, source)| **source == given);
        self.diagnostics.push(match other {
            Some((other, _)) => Diagnostic::error(
                "Provider type mismatch",
                format!("The assigned configuration is for provider {:?}, but local name {:?} in {above} represents {:?}.\n\nTo pass this configuration to the child module, use the local name {other:?} instead.", shown(&given), &*one.child.name, shown(&wanted)),
            )
            .at(one.child.name_span),
            None => Diagnostic::error(
                "Provider type mismatch",
                format!("The local name {:?} in {above} represents provider {:?}, but {name:?} in {text} represents {:?}.\n\nEach provider has its own distinct configuration schema and provider types, so this module's {name:?} can be assigned only a configuration for {}, which is not required by {text}.", one.parent.text(), shown(&given), shown(&wanted), shown(&wanted)),
            )
            .at(one.parent.name_span),
        });
    }

    /// Empty blocks are the old way to say what `required_providers` says now: one warning for a provider.
    fn empty_blocks(&mut self, named: &Named<'_>, text: &str) {
        let mut by_name: BTreeMap<&str, Vec<(&String, Span)>> = BTreeMap::new();
        for (name, span) in &named.empty {
            let local = name.split_once('.').map_or(&**name, |(local, _)| local);
            by_name.entry(local).or_default().push((name, *span));
        }
        for (local, blocks) in by_name {
            let plain = blocks.first().is_some_and(|(name, _)| *name == local);
            let source = match named.required.get(local).filter(|_| plain) {
                Some(source) => source.clone(),
                None => undeclared(local),
            };
            let mut example = format!("    {local} = {{\n      source = {:?}\n", shown(&source));
            if blocks.iter().any(|(name, _)| *name != local) {
                example.push_str("      configuration_aliases = [\n");
                for (name, _) in &blocks {
                    example.push_str(&format!("        {name},\n"));
                }
                example.push_str("      ]\n");
            }
            example.push_str("    }");
            let mut places: Vec<Span> = blocks.iter().map(|(_, span)| *span).collect();
            places.sort_by_key(|span| self.sources.place(*span));
            if let Some(at) = places.first() {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "Redundant empty provider block",
                        format!("Earlier versions of Terraform used empty provider blocks (\"proxy provider configurations\") for child modules to declare their need to be passed a provider configuration by their callers. That approach was ambiguous and is now deprecated.\n\nIf you control this module, you can migrate to the new declaration syntax by removing all of the empty provider {local:?} blocks and then adding or updating an entry like the following to the required_providers block of {text}:\n{example}"),
                    )
                    .at(*at),
                );
            }
        }
    }
}

/// Where a call says that its module has other than one instance, or waits for something.
fn repeats(call: &ModuleCall) -> Option<Span> {
    match &call.repetition {
        Repetition::Count(expr) | Repetition::ForEach(expr) => Some(expr.span),
        Repetition::None => call.depends_on.first().map(|traversal| {
            let steps = traversal.steps.iter();
            steps.fold(traversal.root.span, |span, step| span.to(step.span))
        }),
    }
}
