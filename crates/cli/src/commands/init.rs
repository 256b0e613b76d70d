//! `init`: what is to be decided once for a folder: where its state lives, which modules it calls, whether the
//! providers it asks for are here.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::ProviderAddr;
use trueup_backend::LockOptions;
use trueup_config::{Config, Repetition, Resource};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_operations::backend_change::{self, Dialogue, InitOptions};
use trueup_operations::installation::{self, Hooks};
use trueup_operations::storage::Storage;
use trueup_operations::{Project, World};

use super::Place;
use crate::environment::in_automation;
use crate::exit::{Ended, Exit, Told};
use crate::report::{Report, now};
use crate::setup::{self, Setup};
use crate::views::json;
use crate::{args, output, prompt, web};

/// Runs the command.
pub async fn run(at: Place, flags: args::Init) -> Ended {
    let report = Report::new(&flags.look);
    report.open_stream();
    if let Some(diagnostic) = conflict(&flags) {
        return Err(report.refuse(diagnostic));
    }
    let setup = setup::begin(&at, &report)?;
    initialize(&setup, &flags, &report).await?;
    Ok(Exit::Done)
}

fn conflict(flags: &args::Init) -> Option<Diagnostic> {
    if flags.migrate_state && flags.look.json {
        return Some(Diagnostic::error(
            "The -migrate-state and -json options are mutually-exclusive",
            "trueup cannot ask for interactive approval when -json is set. To use the -migrate-state option, disable the -json option.",
        ));
    }
    (flags.migrate_state && flags.reconfigure).then(|| {
        Diagnostic::error(
            "Invalid init options",
            "The -migrate-state and -reconfigure options are mutually-exclusive.",
        )
    })
}

/// Says what `init` does: to people as text, to programs with a code.
#[derive(Clone)]
pub struct Messages {
    report: Report,
}

impl Messages {
    /// Messages where the report goes.
    pub fn new(report: &Report) -> Self {
        Self {
            report: report.clone(),
        }
    }

    /// A message with its code.
    pub fn say(&self, code: &str, text: &str) {
        match self.report.json {
            true => output::line(&json::stream::init_output(text, code, &now())),
            false => output::line(text),
        }
    }

    /// A line of a list.
    pub fn item(&self, text: &str) {
        match self.report.json {
            true => output::line(&json::stream::log(text, &now())),
            false => output::line(&format!("- {text}")),
        }
    }
}

impl Dialogue for Messages {
    fn say(&self, text: &str) {
        match self.report.json {
            true => output::line(&json::stream::log(text.trim(), &now())),
            false => output::text(text),
        }
    }

    fn ask(&self, question: &str, explanation: &str) -> Option<String> {
        prompt::ask(question, explanation)
    }
}

async fn initialize(setup: &Setup, flags: &args::Init, report: &Report) -> Result<(), Told> {
    let world = &setup.world;
    let messages = Messages::new(report);
    let web = web::Modules::new();
    if let Some(address) = &flags.from_module {
        from_module(world, &web, address, &messages, report).await?;
    }
    let (root, sources, early) = installation::read_root(world);
    if !installation::has_configuration(world) && !early.has_errors() {
        messages.say(
            "output_init_empty_message",
            "trueup initialized in an empty directory!\n\nThe directory has no configuration files. You may begin working with trueup\nimmediately by creating configuration files.",
        );
        return Ok(());
    }
    let mut project = Project {
        config: Arc::new(root),
        sources,
        ..Project::default()
    };
    let (_opened, of_backend) = match flags.backend {
        true => backend(setup, &mut project, flags, &messages).await,
        false => (None, Diagnostics::default()),
    };
    let early_sources = project.sources;
    if flags.get && !project.config.root.module.calls.is_empty() {
        match flags.upgrade {
            true => messages.say("upgrading_modules_message", "Upgrading modules..."),
            false => messages.say("initializing_modules_message", "Initializing modules..."),
        }
        let (sources, found) = installation::install(world, &web, flags.upgrade, &messages).await;
        let (of_version, rest) = apart(&found);
        if rest.has_errors() && !of_version.has_errors() {
            return Err(report.refuse_all(&rest, &sources));
        }
    }
    let (project, late) = Project::read(world, false);
    let (of_version, late) = apart(&late);
    // What is wrong with the version comes before what may only follow from it.
    if of_version.has_errors() {
        return Err(report.refuse_all(&of_version, &project.sources));
    }
    if early.has_errors() {
        let all = [invalid_configuration()]
            .into_iter()
            .chain(early.iter().cloned());
        let all = all.chain(of_backend.iter().cloned()).collect();
        return Err(report.refuse_all(&all, &early_sources));
    }
    report.pass(&of_backend, &early_sources)?;
    if late.has_errors() {
        let all = [invalid_configuration()]
            .into_iter()
            .chain(late.iter().cloned());
        return Err(report.refuse_all(&all.collect(), &project.sources));
    }
    let mut all = late;
    all.extend(providers(world, &project.config, &messages));
    report.pass(&all, &project.sources)?;
    messages.success();
    Ok(())
}

/// What is wrong with the version that a configuration asks for, and all the rest.
fn apart(found: &Diagnostics) -> (Diagnostics, Diagnostics) {
    let of_version = |one: &Diagnostic| one.summary == "Unsupported Terraform Core version";
    let (one, rest): (Vec<_>, Vec<_>) = found.iter().cloned().partition(of_version);
    (one.into_iter().collect(), rest.into_iter().collect())
}

/// Copies the module that `-from-module` names into the folder.
async fn from_module(
    world: &World,
    web: &web::Modules,
    address: &str,
    messages: &Messages,
    report: &Report,
) -> Result<(), Told> {
    if installation::has_configuration(world) {
        return Err(report.refuse(Diagnostic::error(
            "Can't populate non-empty directory",
            format!(
                "The target directory {} is not empty, so it cannot be initialized with the -from-module=... option.",
                world.dir.display()
            ),
        )));
    }
    messages.say(
        "copying_configuration_message",
        &format!("Copying configuration from {address:?}..."),
    );
    installation::copy_module(world, web, address)
        .await
        .map_err(|diagnostic| report.refuse(diagnostic))
}

impl Hooks for Messages {
    fn download(&self, key: &str, package: &str, version: Option<&str>) {
        let version = version.map_or(String::new(), |version| format!(" {version}"));
        let text = format!("Downloading {package}{version} for {key}...");
        match self.report.json {
            true => output::line(&json::stream::log(&text, &now())),
            false => output::line(&text),
        }
    }

    fn installed(&self, key: &str, dir: &str) {
        self.item(format!("{key} in {dir}").trim_end());
    }
}

impl Messages {
    fn success(&self) {
        if !self.report.json {
            output::line("");
        }
        self.say(
            "output_init_success_message",
            "trueup has been successfully initialized!",
        );
        if in_automation() {
            return;
        }
        if !self.report.json {
            output::line("");
        }
        self.say(
            "output_init_success_cli_message",
            "You may now begin working with trueup. Try running \"trueup plan\" to see\nany changes that are required for your infrastructure. All trueup commands\nshould now work.\n\nIf you ever set or change modules or backend configuration for trueup,\nrerun this command to reinitialize your working directory. If you forget, other\ncommands will detect it and remind you to do so if necessary.",
        );
    }
}

/// The head of what is wrong with a configuration, where `init` finds it.
fn invalid_configuration() -> Diagnostic {
    Diagnostic::error(
        "trueup encountered problems during initialisation, including problems\nwith the configuration, described below.\n\nThe configuration must be valid before initialization so that\ntrueup can determine which modules and providers need to be installed.",
        "",
    )
}

async fn backend(
    setup: &Setup,
    project: &mut Project,
    flags: &args::Init,
    messages: &Messages,
) -> (Option<Storage>, Diagnostics) {
    messages.say(
        "initializing_backend_message",
        "Initializing the backend...",
    );
    let options = InitOptions {
        backend_config: flags.backend_config.clone(),
        reconfigure: flags.reconfigure,
        migrate: flags.migrate_state,
        force_copy: flags.force_copy,
        create: flags.create_backend,
        approve: flags.auto_approve,
        input: flags.input && !flags.look.json,
        lock: LockOptions {
            lock: flags.lock.lock,
            timeout: flags.lock.lock_timeout,
            cancel: setup.cancel.clone(),
            on_wait: None,
        },
    };
    backend_change::configure(&setup.world, project, &options, messages).await
}

/// What uses a provider.
#[derive(Default)]
struct Use {
    /// Whether a block uses it that stands for one instance, whatever the values are.
    surely: bool,
    /// A block that uses it.
    example: Option<String>,
}

/// The section on providers: those that are built in are named, others are refused.
fn providers(world: &World, config: &Config, messages: &Messages) -> Diagnostics {
    messages.say(
        "initializing_provider_plugin_message",
        "Initializing provider plugins...",
    );
    let mut used: BTreeMap<ProviderAddr, Use> = BTreeMap::new();
    for node in config.modules() {
        for (name, required) in &node.module.required_providers {
            let address = required
                .source
                .clone()
                .unwrap_or_else(|| ProviderAddr::implied(name));
            used.entry(address).or_default();
        }
        for (name, _) in node.module.providers.keys() {
            used.entry(node.module.provider_addr(name)).or_default();
        }
        for resource in node.module.resources.values() {
            let (name, _) = node.module.provider_of(resource);
            let entry = used.entry(node.module.provider_addr(&name)).or_default();
            entry.surely |= is_single(resource);
            entry
                .example
                .get_or_insert_with(|| resource.addr.to_string());
        }
    }
    let mut diagnostics = Diagnostics::default();
    let mut named = Vec::new();
    for (address, how) in &used {
        let here = world
            .providers
            .iter()
            .find(|provider| provider.address().same_provider(address));
        match here {
            Some(provider) => {
                let text = match provider.address().short().as_str() {
                    "terraform" => provider.address().to_string(),
                    short => short.to_owned(),
                };
                if !named.contains(&text) {
                    messages.item(&format!("{text} is built in to trueup"));
                    named.push(text);
                }
            }
            None => diagnostics.extend(foreign(address, how)),
        }
    }
    diagnostics
}

fn is_single(resource: &Resource) -> bool {
    matches!(resource.repetition, Repetition::None)
}

/// What is to be said of a provider that is not here; nothing where no resource uses it.
fn foreign(address: &ProviderAddr, how: &Use) -> Option<Diagnostic> {
    let example = how.example.as_ref()?;
    let text = format!(
        "The provider {} is not one of trueup's, which are built in: there are no plugins to install. {example} uses it.",
        address.short()
    );
    Some(match how.surely {
        true => Diagnostic::error("Failed to query available provider packages", text),
        false => Diagnostic::warning(
            "Provider not available",
            format!("{text} As long as its resources have no instances, that does no harm."),
        ),
    })
}
