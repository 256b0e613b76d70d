//! The drift check: what is not as the last run left it, as data.
//!
//! A [`Report`] comes of a refresh-only plan. What nobody need act upon is taken out of it and kept beside
//! it with the reason: what a block's `ignore_changes` gives away, and what the folder's [`Rules`] let pass.

mod accept;
mod differences;
mod place;
mod revert;
mod review;
mod rules;
mod unmanaged;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use trueup_addrs::{AbsInstance, Mode, Target};
use trueup_config::{IgnoreChanges, Resource};
use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_plan::json::with_schema_marks;
use trueup_plan::{Action, Event, Identity, Observer, Plan};
use trueup_provider::Registry;
use trueup_value::Value;

pub use accept::{Accepted, accept};
pub use differences::{Difference, differences};
pub use place::{Place, Subject, path_text};
pub use revert::Reversion;
pub use review::{Reviewed, fingerprint};
pub use rules::{FILE as RULES_FILE, Rule, Rules, added};
pub use unmanaged::{Survey, Unmanaged};

use crate::{PlanOptions, Project, Run, World};

/// What a drift check found in one folder.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The workspace.
    pub workspace: String,
    /// The lineage of the state.
    pub lineage: String,
    /// The serial of the state that was held against the world.
    pub serial: u64,
    /// The objects that were looked at, in order.
    pub looked_at: Vec<AbsInstance>,
    /// Objects that are not as the state says, in order.
    pub objects: Vec<Drifted>,
    /// What is not as the state says and may be so.
    pub ignored: Vec<Ignored>,
}

/// One object that is not as the state says.
#[derive(Clone, Debug)]
pub struct Drifted {
    /// Its address.
    pub addr: AbsInstance,
    /// Whether it is gone.
    pub deleted: bool,
    /// How it is called in the world.
    pub identity: Option<Identity>,
    /// The whole object as it is, without marks; null where it is gone.
    pub after: Value,
    /// The attributes that differ; none where it is gone.
    pub attributes: Vec<Attribute>,
    /// The header of its block; `None` where the configuration has none.
    pub place: Option<Span>,
}

/// One attribute that is not as the state says.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Where, and what.
    pub difference: Difference,
    /// The text that gave it its value, else the nearest around it.
    pub place: Option<Span>,
}

/// What is not as the state says and may be so.
#[derive(Clone, Debug)]
pub struct Ignored {
    /// The object.
    pub addr: AbsInstance,
    /// The place within it; `None` where the object is gone.
    pub path: Option<trueup_value::Path>,
    /// Why it may be so.
    pub reason: String,
    /// The last day on which it may, as `2026-12-31`.
    pub until: Option<String>,
}

/// Keeps account of the objects that are read, and passes every event on.
struct Census {
    told: Arc<dyn Observer>,
    seen: Mutex<BTreeSet<AbsInstance>>,
}

impl Census {
    /// An account that passes events on to `told`.
    fn over(told: Arc<dyn Observer>) -> Self {
        Self {
            told,
            seen: Mutex::default(),
        }
    }

    /// The managed objects read so far, in order.
    fn seen(&self) -> Vec<AbsInstance> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().cloned().collect()
    }
}

impl Observer for Census {
    fn observe(&self, event: Event) {
        if let Event::RefreshStarted(subject) = &event
            && subject.deposed.is_none()
            && subject.addr.resource.resource.mode == Mode::Managed
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert(subject.addr.clone());
        }
        self.told.observe(event);
    }
}

impl Report {
    /// The report of a plan that read the world again. `today` is the day, as `2026-12-31`. Rules that are over, or
    /// that name nothing, are warned of.
    pub fn of(
        plan: &Plan,
        project: &Project,
        workspace: &str,
        looked_at: Vec<AbsInstance>,
        rules: &Rules,
        providers: &Registry,
        today: &str,
    ) -> (Self, Diagnostics) {
        let mut report = Self {
            workspace: workspace.to_owned(),
            lineage: plan.prev_run_state.lineage.clone(),
            serial: plan.prev_run_state.serial,
            looked_at,
            ..Self::default()
        };
        for change in &plan.drift {
            let block = block_of(project, &change.addr);
            let mut drifted = Drifted {
                addr: change.addr.clone(),
                deleted: change.action == Action::Delete,
                identity: Identity::of(&change.before.without_marks_inside()),
                after: change.after.without_marks_inside(),
                attributes: Vec::new(),
                place: block.map(|block| block.header),
            };
            if drifted.deleted {
                match rules.whole(&change.addr, today) {
                    Some(rule) => report.ignored.push(rule.ignored(&change.addr, None)),
                    None => report.objects.push(drifted),
                }
                continue;
            }
            let schema = providers.schema(
                &change.provider.provider,
                Mode::Managed,
                &change.addr.resource.resource.kind,
            );
            let marked =
                |value| with_schema_marks(value, schema.as_ref().map(|schema| &schema.block));
            for difference in differences(&marked(&change.before), &marked(&change.after)) {
                let path = Some(difference.path.clone());
                if block.is_some_and(|block| given_away(block, &difference)) {
                    report.ignored.push(Ignored {
                        addr: change.addr.clone(),
                        path,
                        reason: "lifecycle.ignore_changes".to_owned(),
                        until: None,
                    });
                } else if let Some(rule) = rules.of(&change.addr, &difference.path, today) {
                    report.ignored.push(rule.ignored(&change.addr, path));
                } else {
                    let place = block.map(|block| {
                        trueup_evaluator::locate::locate(&block.body, &difference.path)
                            .unwrap_or(block.header)
                    });
                    drifted.attributes.push(Attribute { difference, place });
                }
            }
            if !drifted.attributes.is_empty() {
                report.objects.push(drifted);
            }
        }
        let diagnostics = rules.remarks(plan, today);
        (report, diagnostics)
    }

    /// How many objects are changed, and how many are gone.
    pub fn counts(&self) -> (usize, usize) {
        let gone = self.objects.iter().filter(|one| one.deleted).count();
        (self.objects.len() - gone, gone)
    }
}

/// The rules of a folder; without the file there are none. Its text joins those of the project.
pub fn rules_of(world: &World, project: &mut Project) -> (Rules, Diagnostics) {
    let path = world.dir.join(RULES_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Default::default(),
        Err(error) => {
            let why = format!("{RULES_FILE} could not be read: {error}.");
            return (Rules::default(), refused("Failed to read file", why));
        }
    };
    let mut sources = Arc::unwrap_or_clone(project.sources.clone());
    let read = Rules::read(&text, &mut sources);
    project.sources = Arc::new(sources);
    read
}

impl Run<'_> {
    /// Reads the world once and reports what is not as the state says.
    pub async fn drift(
        &mut self,
        targets: Vec<Target>,
        rules: &Rules,
    ) -> (Plan, Report, Diagnostics) {
        let options = PlanOptions {
            mode: trueup_plan::Mode::RefreshOnly,
            targets,
            ..PlanOptions::normal()
        };
        self.looked(options, rules).await
    }

    /// A plan with the report of what it found to be otherwise.
    async fn looked(&mut self, options: PlanOptions, rules: &Rules) -> (Plan, Report, Diagnostics) {
        let told = self.observer.clone();
        let census = Arc::new(Census::over(told.clone()));
        self.observer = census.clone();
        let (plan, mut diagnostics) = self.plan(options).await;
        self.observer = told;
        let today: String = self.world.source.now().chars().take(10).collect();
        let seen = census.seen();
        let (report, remarks) = Report::of(
            &plan,
            &self.project,
            self.workspace(),
            seen,
            rules,
            &self.world.providers,
            &today,
        );
        diagnostics.extend(remarks);
        // That a part is left out is no remark on what was looked at.
        diagnostics.retain(|one| one.summary != trueup_planner::TARGETING);
        (plan, report, diagnostics)
    }
}

/// The block that an object belongs to.
pub(crate) fn block_of<'p>(project: &'p Project, addr: &AbsInstance) -> Option<&'p Resource> {
    let node = project.config.module_of(&addr.resource.module)?;
    node.module.resources.get(&addr.resource.resource)
}

/// Whether a block leaves the place to others.
fn given_away(block: &Resource, difference: &Difference) -> bool {
    match &block.lifecycle.ignore_changes {
        IgnoreChanges::Nothing => false,
        IgnoreChanges::All => true,
        IgnoreChanges::At(places) => places
            .iter()
            .any(|place| Place::of_traversal(place).covers(&difference.path)),
    }
}

/// An error of the drift commands that points into no file.
fn refused(summary: &str, detail: impl Into<String>) -> Diagnostics {
    Diagnostic::error(summary, detail).into()
}
