//! What `init` does with the backend: records it, and where another one was used before, takes states along.

use std::sync::Arc;

use trueup_backend::{
    Backend, BackendRecord, DEFAULT_WORKSPACE, LocalBackend, LocalSettings, LockOptions,
    required_settings,
};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_value::Value;

use crate::storage::{self, Storage, Wanted, refused};
use crate::{Project, World, backend_block, workspaces};

/// The person who is asked, and told.
pub trait Dialogue: Sync {
    /// Says something, line breaks included.
    fn say(&self, text: &str);
    /// Asks; `None` where nobody answers.
    fn ask(&self, question: &str, explanation: &str) -> Option<String>;
}

/// What `init` was told to do.
#[derive(Clone)]
pub struct InitOptions {
    /// The `-backend-config` options.
    pub backend_config: Vec<String>,
    /// Forget what was used before.
    pub reconfigure: bool,
    /// Take states along.
    pub migrate: bool,
    /// Answer yes to what taking them along asks.
    pub force_copy: bool,
    /// Make the bucket and the lock table.
    pub create: bool,
    /// Make them without being asked.
    pub approve: bool,
    /// Whether questions may be asked.
    pub input: bool,
    /// How states are locked.
    pub lock: LockOptions,
}

/// Configures the backend that a project asks for, and opens it. Warnings come back beside it.
///
/// Where there are errors nothing is recorded.
pub async fn configure(
    world: &World,
    project: &mut Project,
    options: &InitOptions,
    dialogue: &dyn Dialogue,
) -> (Option<Storage>, Diagnostics) {
    let config = project.config.clone();
    let world = match storage::sealed(world, &config) {
        Ok(world) => world,
        Err(found) => return (None, found),
    };
    let world = &*world;
    let (wanted, mut diagnostics) = storage::wanted(
        world,
        &config,
        &mut project.sources,
        &options.backend_config,
    );
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let mut changing = Changing {
        world,
        project,
        options,
        dialogue,
    };
    let ran = match changing.prepared(wanted).await {
        Ok(wanted) => changing.run(wanted).await,
        Err(found) => Err(found),
    };
    match ran {
        Ok(opened) => (opened, diagnostics),
        Err(found) => {
            diagnostics.extend(found);
            (None, diagnostics)
        }
    }
}

/// A change of the backend under way.
pub(crate) struct Changing<'a> {
    pub(crate) world: &'a World,
    project: &'a mut Project,
    pub(crate) options: &'a InitOptions,
    pub(crate) dialogue: &'a dyn Dialogue,
}

/// One diagnostic as several.
pub(crate) fn one(diagnostic: Diagnostic) -> Diagnostics {
    Diagnostics::from_iter([diagnostic])
}

impl Changing<'_> {
    /// The settings, once what they name is made, where that is asked for.
    async fn prepared(&self, wanted: Wanted) -> Result<Wanted, Diagnostics> {
        let Some(kind) = wanted.kind.clone().filter(|_| self.options.create) else {
            return match self.options.create {
                true => self.create(&wanted).await.map(|()| wanted),
                false => Ok(wanted),
            };
        };
        // What an earlier init was given over the block still holds.
        let record = storage::recorded(self.world).map_err(one)?;
        let saved = record.filter(|saved| {
            saved.kind.as_deref() == Some(&*kind)
                && wanted.hash.is_of(saved.hash)
                && self.options.backend_config.is_empty()
                && !self.options.reconfigure
        });
        if let Some(saved) = saved {
            self.create(&storage::recorded_settings(&saved)).await?;
            return Ok(wanted);
        }
        let wanted = self.completed(wanted, &kind)?;
        self.check(&wanted)?;
        self.create(&wanted).await?;
        Ok(wanted)
    }

    async fn run(&mut self, wanted: Wanted) -> Result<Option<Storage>, Diagnostics> {
        let record = storage::recorded(self.world).map_err(one)?;
        let recorded = record.is_some();
        let saved = record.filter(|record| record.kind.is_some() && !self.options.reconfigure);
        let (saved, kind) = match (saved, wanted.kind.clone()) {
            (None, None) => {
                if recorded {
                    storage::record(self.world, &BackendRecord::none()).map_err(one)?;
                }
                return Ok(None);
            }
            (None, Some(kind)) => return self.first(wanted, &kind).await.map(Some),
            (Some(saved), None) => return self.unset(&saved).await.map(|()| None),
            (Some(saved), Some(kind)) => (saved, kind),
        };
        let same_block = saved.kind.as_deref() == Some(&*kind)
            && wanted.hash.is_of(saved.hash)
            && self.options.backend_config.is_empty();
        if same_block {
            let opened =
                storage::open_settled(self.world, storage::recorded_settings(&saved)).await?;
            return self.select_workspace(opened).await.map(Some);
        }
        let next = BackendRecord::new(&kind, &wanted.config, wanted.hash);
        if saved.same_settings(&next) {
            self.check(&wanted)?;
            if !next.hash.is_of(saved.hash) {
                storage::record(self.world, &next).map_err(one)?;
            }
            let opened = storage::open_settled(self.world, wanted).await?;
            return self.select_workspace(opened).await.map(Some);
        }
        self.may_change()?;
        let wanted = self.completed(wanted, &kind)?;
        self.check(&wanted)?;
        let next = BackendRecord::new(&kind, &wanted.config, wanted.hash);
        match saved.kind.as_deref() {
            Some(was) if was != kind => self.dialogue.say(&format!(
                "trueup detected that the backend type changed from {was:?} to {kind:?}.\n\n"
            )),
            _ => self.dialogue.say(
                "Backend configuration changed!\n\ntrueup has detected that the configuration specified for the backend\nhas changed. trueup will now check for existing state in the backends.\n\n",
            ),
        }
        let old = storage::open_settled(self.world, storage::recorded_settings(&saved)).await?;
        let new = storage::open_settled(self.world, wanted).await?;
        self.migrate(&old.backend, &new.backend).await?;
        let new = self.select_workspace(new).await?;
        storage::record(self.world, &next).map_err(one)?;
        self.configured(&kind);
        Ok(Some(new))
    }

    /// The settings with those that nobody gave so far and that a person is asked for.
    fn completed(&self, mut wanted: Wanted, kind: &str) -> Result<Wanted, Diagnostics> {
        if !self.options.input {
            return Ok(wanted);
        }
        let mut members = wanted.config.as_members().cloned().unwrap_or_default();
        for (name, what) in required_settings(kind) {
            if members.get(*name).is_some_and(|value| !value.is_null()) {
                continue;
            }
            let Some(answer) = self.dialogue.ask(name, what) else {
                return Err(one(Diagnostic::error(
                    format!("Error asking for input to configure backend {kind:?}: {name}: EOF"),
                    "",
                )));
            };
            members.insert((*name).into(), Value::string(answer));
        }
        wanted.config = Value::object(members);
        Ok(wanted)
    }

    fn check(&self, wanted: &Wanted) -> Result<(), Diagnostics> {
        let found = backend_block::check(self.world, &self.project.config, wanted);
        match found.has_errors() {
            true => Err(found),
            false => Ok(()),
        }
    }

    fn may_change(&self) -> Result<(), Diagnostics> {
        if self.options.migrate || self.options.force_copy {
            return Ok(());
        }
        Err(one(Diagnostic::error(
            "Backend configuration changed",
            "A change in the backend configuration has been detected, which may require migrating existing state.\n\nIf you wish to attempt automatic migration of the state, use \"trueup init -migrate-state\".\nIf you wish to store the current configuration with no changes to the state, use \"trueup init -reconfigure\".",
        )))
    }

    fn configured(&self, kind: &str) {
        self.dialogue.say(&format!(
            "\nSuccessfully configured the backend {kind:?}! trueup will automatically\nuse this backend unless the backend configuration changes.\n"
        ));
    }

    /// Nothing was configured before: states that lie in the working folder are taken along.
    async fn first(&mut self, wanted: Wanted, kind: &str) -> Result<Storage, Diagnostics> {
        let wanted = self.completed(wanted, kind)?;
        self.check(&wanted)?;
        let next = BackendRecord::new(kind, &wanted.config, wanted.hash);
        let settings = LocalSettings::of_place(&self.world.place());
        let before = LocalBackend::new(settings);
        let before_paths = self.local_states(&before).await?;
        let before: Arc<dyn Backend> = Arc::new(before);
        let new = storage::open_settled(self.world, wanted).await?;
        let mut copied = Vec::new();
        if !before_paths.is_empty() && !same_place(&before, &new.backend) {
            copied = self.migrate(&before, &new.backend).await?;
        }
        // A backend that cannot be reached is not recorded: with what was wrong mended, this is the first init again.
        let new = self.select_workspace(new).await?;
        storage::record(self.world, &next).map_err(one)?;
        for (workspace, path) in before_paths {
            if copied.contains(&workspace) {
                self.put_away(&path)?;
            }
        }
        self.configured(kind);
        Ok(new)
    }

    /// The workspaces that hold a state in the working folder, with their files.
    async fn local_states(
        &self,
        local: &LocalBackend,
    ) -> Result<Vec<(String, std::path::PathBuf)>, Diagnostics> {
        let mut found = Vec::new();
        for workspace in local.workspaces().await.map_err(refused)? {
            let state = local.read(&workspace).await.map_err(refused)?.state;
            if state.is_some_and(|state| !state.is_empty()) {
                let path = local.state_path(&workspace);
                found.push((workspace, path));
            }
        }
        Ok(found)
    }

    /// Empties a state file whose content was taken along, as Terraform does; a backup stays beside it. One that
    /// was not taken along is never touched.
    fn put_away(&self, path: &std::path::Path) -> Result<(), Diagnostics> {
        let mut backup = path.as_os_str().to_owned();
        backup.push(".backup");
        std::fs::copy(path, &backup)
            .and_then(|_| std::fs::File::open(&backup)?.sync_all())
            .and_then(|()| std::fs::write(path, b""))
            .map_err(|error| {
                one(Diagnostic::error(
                    "Failed to clear the former state",
                    format!(
                        "The state was copied, but {} could not be emptied: {error}.",
                        path.display()
                    ),
                ))
            })
    }

    /// The block is gone: states come back into the working folder.
    async fn unset(&mut self, saved: &BackendRecord) -> Result<(), Diagnostics> {
        self.may_change()?;
        let kind = saved.kind.clone().unwrap_or_default();
        self.dialogue.say(&format!(
            "trueup has detected you're unconfiguring your previously set {kind:?} backend.\n"
        ));
        let old = storage::open_settled(self.world, storage::recorded_settings(saved)).await?;
        let new = storage::open_settled(self.world, Wanted::none()).await?;
        self.migrate(&old.backend, &new.backend).await?;
        storage::record(self.world, &BackendRecord::none()).map_err(one)?;
        self.dialogue.say(&format!(
            "\n\nSuccessfully unset the backend {kind:?}. trueup will now operate locally.\n"
        ));
        Ok(())
    }

    /// The selected workspace must exist in a backend that was configured.
    async fn select_workspace(&self, mut opened: Storage) -> Result<Storage, Diagnostics> {
        let names = opened.backend.workspaces().await.map_err(refused)?;
        if names.contains(&opened.workspace) {
            return Ok(opened);
        }
        let selected = match names.as_slice() {
            [only] => only.clone(),
            _ => self.choose(&opened.workspace, &names)?,
        };
        workspaces::select(self.world, &selected).map_err(one)?;
        opened.workspace = selected;
        Ok(opened)
    }

    fn choose(&self, missing: &str, names: &[String]) -> Result<String, Diagnostics> {
        let failed = |summary: String| one(Diagnostic::error(summary, ""));
        if !self.options.input {
            return Err(failed(format!(
                "Currently selected workspace {missing:?} does not exist"
            )));
        }
        let list: String = names
            .iter()
            .enumerate()
            .map(|(at, name)| format!("{}. {name}\n", at + 1))
            .collect();
        let answer = self.dialogue.ask(
            &format!("\nThe currently selected workspace ({missing}) does not exist."),
            &format!("This is expected behavior when the selected workspace did not have an\nexisting non-empty state. Please enter a number to select a workspace:\n\n{}", list.trim_end()),
        );
        let Some(answer) = answer else {
            return Err(failed("Failed to select workspace: EOF".to_owned()));
        };
        let chosen = answer
            .parse::<usize>()
            .ok()
            .and_then(|number| names.get(number.checked_sub(1)?));
        chosen.cloned().ok_or_else(|| {
            failed("Failed to select workspace: input not a valid number".to_owned())
        })
    }
}

/// Whether two places keep the default state in one file.
fn same_place(one: &Arc<dyn Backend>, other: &Arc<dyn Backend>) -> bool {
    one.kind() == other.kind()
        && one.location(DEFAULT_WORKSPACE) == other.location(DEFAULT_WORKSPACE)
}
