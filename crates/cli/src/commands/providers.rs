//! `providers`, `modules` and `metadata`: what a configuration uses, and what this program has to offer.

use std::collections::{BTreeMap, BTreeSet};

use trueup_addrs::ProviderAddr;
use trueup_config::ModuleNode;
use trueup_operations::Project;
use trueup_plan::json::{Fields, Json};

use super::by_hand::{self, Opened};
use super::{Place, used_wrongly};
use crate::args::{self, StateFiles};
use crate::output;
use crate::views::json;

/// What stands before the lines below an entry that others follow; its spaces don't break.
const PASSING: &str = "│\u{a0}\u{a0} ";

/// `providers`.
pub async fn run(at: Place, flags: args::Providers) -> u8 {
    let (opened, project) = match read(&at, flags.no_color).await {
        Ok(read) => read,
        Err(code) => return code,
    };
    let mut out = String::from("\nProviders required by configuration:\n.\n");
    tree(&project.config.root, "", &mut out);
    output::line(&out);
    match opened.read().await {
        Ok(Some(state)) => {
            let used: BTreeSet<String> = state
                .resources
                .values()
                .map(|resource| resource.provider.provider.to_string())
                .collect();
            if !used.is_empty() {
                output::line("Providers required by state:\n");
                for provider in used {
                    output::line(&format!("    provider[{provider}]\n"));
                }
            }
            0
        }
        Ok(None) => 0,
        Err(code) => code,
    }
}

async fn read(at: &Place, no_color: bool) -> Result<(Opened, Project), u8> {
    let opened = by_hand::open(at, no_color, &StateFiles::default()).await?;
    let (project, found) = Project::read(&opened.setup.world, false);
    match opened.report.failed(&found, &project.sources) {
        true => Err(1),
        false => Ok((opened, project)),
    }
}

/// The providers that a module names or implies, each with the versions it may have.
fn required(node: &ModuleNode) -> BTreeMap<ProviderAddr, String> {
    let module = &node.module;
    let mut found: BTreeMap<ProviderAddr, String> = BTreeMap::new();
    for (name, required) in &module.required_providers {
        let versions = required.constraints.as_ref();
        let versions = versions.map(|versions| format!(" {}", versions.text));
        found.insert(module.provider_addr(name), versions.unwrap_or_default());
    }
    let blocks = module.providers.keys().map(|(name, _)| name.clone());
    let resources = module
        .resources
        .values()
        .map(|resource| module.provider_of(resource).0);
    for name in blocks.chain(resources) {
        found.entry(module.provider_addr(&name)).or_default();
    }
    found
}

/// The providers of a module and, below them, the modules that it calls.
fn tree(node: &ModuleNode, indent: &str, out: &mut String) {
    let providers = required(node);
    let mut left = providers.len() + node.children.len();
    let mut branch = |text: String, out: &mut String| {
        left -= 1;
        let (sign, below) = match left {
            0 => ("└── ", "    "),
            _ => ("├── ", PASSING),
        };
        out.push_str(&format!("{indent}{sign}{text}\n"));
        format!("{indent}{below}")
    };
    for (provider, versions) in &providers {
        branch(format!("provider[{provider}]{versions}"), out);
    }
    for (name, child) in &node.children {
        let below = branch(format!("module.{name}"), out);
        tree(child, &below, out);
    }
}

/// `providers schema`.
pub async fn schema(at: Place, flags: args::ProvidersSchema) -> u8 {
    if !flags.json {
        return used_wrongly(
            "providers schema",
            "The \"providers schema\" command requires the -json flag.\n",
        );
    }
    let (opened, project) = match read(&at, flags.no_color).await {
        Ok(read) => read,
        Err(code) => return code,
    };
    let mut used: BTreeSet<ProviderAddr> = project
        .config
        .modules()
        .into_iter()
        .flat_map(|node| required(node).into_keys())
        .collect();
    match opened.read().await {
        Ok(state) => used.extend(
            state
                .iter()
                .flat_map(|state| state.resources.values())
                .map(|resource| resource.provider.provider.clone()),
        ),
        Err(code) => return code,
    }
    let providers = &opened.setup.world.providers;
    let known = used.iter().filter_map(|addr| providers.find(addr));
    output::line(&json::schemas(known));
    0
}

/// `modules`.
pub async fn modules(at: Place, flags: args::Modules) -> u8 {
    let (_, project) = match read(&at, flags.no_color).await {
        Ok(read) => read,
        Err(code) => return code,
    };
    let root = &project.config.root;
    if flags.json {
        let mut found = Vec::new();
        calls(root, "", &mut found);
        let modules = match found.is_empty() {
            true => Json::Null,
            false => Json::array(found),
        };
        let document = Fields::new()
            .text("format_version", "1.0")
            .with("modules", modules);
        output::line(&document.json().to_line());
        return 0;
    }
    if root.children.is_empty() {
        output::line("No modules found in configuration.");
        return 0;
    }
    let mut out = String::from("\nModules declared by configuration:\n.\n");
    called(root, "", &mut out);
    output::line(&out);
    0
}

fn calls(node: &ModuleNode, within: &str, found: &mut Vec<Json>) {
    for (name, child) in &node.children {
        let key = format!("{within}{name}");
        let call = node.module.calls.get(name);
        let (source, version) = call.map_or_else(Default::default, source_of);
        found.push(
            Fields::new()
                .text("key", &key)
                .text("source", source)
                .text("version", version)
                .json(),
        );
        calls(child, &format!("{key}."), found);
    }
}

fn called(node: &ModuleNode, indent: &str, out: &mut String) {
    let last = node.children.len();
    for (n, (name, child)) in node.children.iter().enumerate() {
        let (sign, below) = match n + 1 == last {
            true => ("└── ", "    "),
            false => ("├── ", PASSING),
        };
        let call = node.module.calls.get(name);
        let (source, version) = call.map_or_else(Default::default, source_of);
        let version = match version.is_empty() {
            true => String::new(),
            false => format!(" ({version})"),
        };
        out.push_str(&format!("{indent}{sign}\"{name}\"[{source}]{version}\n"));
        called(child, &format!("{indent}{below}"), out);
    }
}

/// `metadata functions`.
pub fn functions(flags: &args::ProvidersSchema) -> u8 {
    if !flags.json {
        return used_wrongly(
            "metadata functions",
            "The \"metadata functions\" command requires the -json flag.\n",
        );
    }
    output::line(&json::functions());
    0
}

/// Where a module comes from and which versions it may have, as they are written.
fn source_of(call: &trueup_config::ModuleCall) -> (&str, &str) {
    let version = call.version.as_ref();
    let version = version.and_then(|version| version.as_string_literal());
    (
        call.source_text().map_or("", |text| &**text),
        version.map(|version| &**version).unwrap_or_default(),
    )
}
