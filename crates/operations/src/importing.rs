//! Existing objects taken in: by the `import` command, and with blocks written for those that have none.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, Resource};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_plan::{Action, Event, Identity, Mode, Plan, Subject};
use trueup_state::InstanceState;

use crate::{Project, Run};

/// The file of the blocks that a plan wrote for imported objects, each with its import's id.
pub fn generated_file(plan: &Plan) -> String {
    let ids: BTreeMap<&AbsInstance, &str> = plan
        .changes
        .iter()
        .filter_map(|change| Some((&change.addr, change.importing.as_deref()?)))
        .collect();
    let blocks = plan.generated.iter().map(|(addr, text)| {
        let id = ids.get(addr).copied().unwrap_or_default();
        (id, &**text)
    });
    trueup_planner::generate::file(blocks)
}

impl Run<'_> {
    /// Finds the objects of imports that have no block, and reads the configuration again with blocks
    /// that were written for them. Answers these, each by its instance.
    pub(crate) async fn generate(
        &mut self,
        path: &str,
        with_items: bool,
    ) -> (BTreeMap<AbsInstance, Arc<str>>, Diagnostics) {
        let now = self.world.source.now();
        let request = self.request(Mode::Normal, &now);
        let (found, mut diagnostics) =
            trueup_planner::find_without_block(request, with_items).await;
        if diagnostics.has_errors() || found.is_empty() {
            return (BTreeMap::new(), diagnostics);
        }
        let mut providers: BTreeMap<&Resource, String> = BTreeMap::new();
        for import in &self.project.config.root.module.imports {
            if let Some((reference, _)) = &import.provider
                && import.to.module.is_empty()
            {
                let name = match &reference.alias {
                    Some(alias) => format!("{}.{alias}", reference.name),
                    None => reference.name.to_string(),
                };
                providers.entry(&import.to.resource).or_insert(name);
            }
        }
        let mut blocks = Vec::new();
        for one in &found {
            let provider = providers.get(&one.addr.resource.resource);
            let mut text = trueup_planner::generate::block(one, provider.map(String::as_str));
            let parts = trueup_planner::generate::parts(one);
            if !parts.is_empty() {
                text.push('\n');
                text.push_str(parts.trim_end());
            }
            blocks.push((one, Arc::<str>::from(text)));
        }
        let written = blocks.iter().map(|(one, text)| (one.id.as_str(), &**text));
        let text = trueup_planner::generate::file(written);
        let name = std::path::Path::new(path)
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".tf"))
            .unwrap_or_else(|| format!("{path}.tf").replace('/', "_"));
        let mut files = self.project.files.clone();
        files.insert(name, text.into_bytes().into());
        let (project, more) = Project::of_snapshot(files);
        diagnostics.extend(more);
        self.project = project;
        let generated = blocks
            .into_iter()
            .map(|(one, text)| (one.addr.clone(), text))
            .collect();
        (generated, diagnostics)
    }

    /// What the planner is asked beside what a plan is to be.
    pub(crate) fn request(&self, mode: Mode, now: &str) -> trueup_planner::Request<'_> {
        trueup_planner::Request {
            config: self.project.config.clone(),
            sources: self.project.sources.clone(),
            environment: self.world.environment(self.workspace(), now, false),
            providers: &self.world.providers,
            state: self.session.state(),
            variables: self.variables.clone(),
            given: self.project.given.clone(),
            mode,
            targets: Vec::new(),
            replace: Vec::new(),
            excludes: Vec::new(),
            refresh: true,
            parallelism: self.options.parallelism,
            cancel: self.options.locking.cancel.clone(),
            observer: &*self.observer,
        }
    }

    /// Finds an existing object and takes it into the state under an address.
    pub async fn import(&mut self, addr: AbsInstance, id: String) -> Diagnostics {
        let now = self.world.source.now();
        let told = self.observer.clone();
        told.observe(Event::Notice(format!(
            "{addr}: Importing from ID \"{id}\"..."
        )));
        let request = trueup_planner::Request {
            observer: &trueup_plan::Silent,
            ..self.request(Mode::Normal, &now)
        };
        let (found, mut diagnostics) = trueup_planner::find_one(request, addr.clone(), id).await;
        let Some(found) = found.filter(|_| !diagnostics.has_errors()) else {
            return diagnostics;
        };
        told.observe(Event::Notice(format!(
            "{addr}: Import prepared!\n  Prepared {} for import",
            addr.resource.resource.kind
        )));
        let held = self
            .session
            .state()
            .instance(&addr)
            .cloned()
            .unwrap_or_default();
        if held.current.is_some() {
            diagnostics.push(Diagnostic::error(
                "Resource already managed by Terraform",
                format!("Terraform is already managing a remote object for {addr}. To import to this address you must first remove the existing object from the state."),
            ));
            return diagnostics;
        }
        told.observe(Event::RefreshStarted(Subject {
            addr: addr.clone(),
            deposed: None,
            action: Action::Read,
            identity: Identity::of(&found.value),
        }));
        let mut state = self.session.state().clone();
        let instance = InstanceState {
            current: Some(found.object),
            ..held
        };
        state.set_instance(&addr, &found.provider, instance);
        diagnostics.extend(self.save(&state).await);
        diagnostics
    }
}
