//! `providers`, `modules` and `metadata`: what a configuration uses, and what this program has to offer.

use std::collections::{BTreeMap, BTreeSet};

use trueup_addrs::ProviderAddr;
use trueup_config::ModuleNode;
use trueup_operations::Project;
use trueup_plan::json::{Fields, Json};

use super::by_hand::{self, Opened};
use super::{Place, used_wrongly};
use crate::args::{self, StateFiles};
use crate::exit::{Ended, Exit, Told};
use crate::output;
use crate::views::json;

/// What stands before the lines below an entry that others follow; its spaces don't break.
const PASSING: &str = "│\u{a0}\u{a0} ";

/// `providers`.
pub async fn run(at: Place, flags: args::Providers) -> Ended {
    let (opened, project) = read(&at, flags.no_color).await?;
    let mut out = String::from("\nProviders required by configuration:\n.\n");
    tree(&project.config.root, "", &mut out);
    output::line(&out);
    let used = used_by_state(&opened).await?;
    if !used.is_empty() {
        output::line("Providers required by state:\n");
        let mut names: Vec<String> = used.iter().map(ToString::to_string).collect();
        names.sort();
        for provider in names {
            output::line(&format!("    provider[{provider}]\n"));
        }
    }
    Ok(Exit::Done)
}

/// The providers of what the state holds.
async fn used_by_state(opened: &Opened) -> Result<BTreeSet<ProviderAddr>, Told> {
    let state = opened.read().await?;
    let resources = state.iter().flat_map(|state| state.resources.values());
    Ok(resources
        .map(|resource| resource.provider.provider.clone())
        .collect())
}

async fn read(at: &Place, no_color: bool) -> Result<(Opened, Project), Told> {
    let opened = by_hand::open(at, no_color, &StateFiles::default()).await?;
    let (project, found) = Project::read(&opened.setup.world, false);
    opened.report.pass(&found, &project.sources)?;
    Ok((opened, project))
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
pub async fn schema(at: Place, flags: args::ProvidersSchema) -> Ended {
    if !flags.json {
        return Err(used_wrongly(
            "providers schema",
            "The \"providers schema\" command requires the -json flag.\n",
        ));
    }
    let (opened, project) = read(&at, flags.no_color).await?;
    let mut used: BTreeSet<ProviderAddr> = project
        .config
        .modules()
        .into_iter()
        .flat_map(|node| required(node).into_keys())
        .collect();
    used.extend(used_by_state(&opened).await?);
    let providers = &opened.setup.world.providers;
    let known = used.iter().filter_map(|addr| providers.find(addr));
    output::line(&json::schemas(known));
    Ok(Exit::Done)
}

/// `modules`.
pub async fn modules(at: Place, flags: args::Modules) -> Ended {
    let (_, project) = read(&at, flags.no_color).await?;
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
        return Ok(Exit::Done);
    }
    if root.children.is_empty() {
        output::line("No modules found in configuration.");
        return Ok(Exit::Done);
    }
    let mut out = String::from("\nModules declared by configuration:\n.\n");
    called(root, "", &mut out);
    output::line(&out);
    Ok(Exit::Done)
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
pub fn functions(flags: &args::ProvidersSchema) -> Ended {
    if !flags.json {
        return Err(used_wrongly(
            "metadata functions",
            "The \"metadata functions\" command requires the -json flag.\n",
        ));
    }
    output::line(&json::functions());
    Ok(Exit::Done)
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
