//! Drift undone: a plan that brings back what the state says of the objects that were reviewed, and does nothing
//! else.

use std::collections::{BTreeMap, BTreeSet};

use trueup_addrs::{AbsInstance, Target};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_plan::{Action, Plan, Reason, ResourceChange};
use trueup_provider::same_but_for_zero;

use super::{Drifted, Report, Reviewed, Rules, Subject, differences, path_text, refused};
use crate::{PlanOptions, Run};

/// What undoes drift.
#[derive(Debug)]
pub struct Reversion {
    /// The plan that does it.
    pub plan: Plan,
    /// What it undoes.
    pub report: Report,
    /// What else is to be said: of objects that no plan brings back.
    pub remarks: Diagnostics,
    /// Whether there are such objects.
    pub leaves_drift: bool,
}

impl Run<'_> {
    /// Plans to undo the drift of what `wanted` names (everything where it names nothing), of what was reviewed where
    /// there was a review.
    ///
    /// # Errors
    /// The drift is not the one that was reviewed any more, or undoing it would do more than that.
    pub async fn reversion(
        &mut self,
        wanted: &[Subject],
        reviewed: Option<&Reviewed>,
        rules: &Rules,
    ) -> Result<Reversion, Diagnostics> {
        let named = |addr: &AbsInstance| {
            wanted.is_empty() || wanted.iter().any(|subject| subject.target.covers(addr))
        };
        let targets: Vec<Target> = match reviewed {
            Some(Reviewed::Each(each)) => each
                .iter()
                .filter_map(|(address, _)| trueup_addrs::parse::abs_instance(address).ok())
                .filter(|addr| named(addr))
                .map(Target::Instance)
                .collect(),
            Some(Reviewed::All(_)) => Vec::new(),
            None => wanted
                .iter()
                .map(|subject| subject.target.clone())
                .collect(),
        };
        if targets.is_empty() && matches!(reviewed, Some(Reviewed::Each(_))) {
            return Err(refused(
                "Nothing to revert",
                "The reviewed report tells of no drift there.",
            ));
        }
        let options = PlanOptions {
            targets: targets.clone(),
            ..PlanOptions::normal()
        };
        let (mut plan, mut report, mut remarks) = self.looked(options, rules).await;
        if remarks.has_errors() {
            return Err(remarks);
        }
        let mut kept: Option<BTreeSet<String>> = None;
        if let Some(review) = reviewed {
            let of_wanted = review.only(named);
            let still = of_wanted.still(&report)?;
            kept = Some(still.iter().map(|one| one.addr.to_string()).collect());
        }
        report.objects.retain(|object| {
            let is_kept = |kept: &BTreeSet<String>| kept.contains(&object.addr.to_string());
            named(&object.addr) && kept.as_ref().is_none_or(is_kept)
        });
        let drifted: BTreeSet<&AbsInstance> = report.objects.iter().map(|one| &one.addr).collect();
        let asks_for_more = plan
            .changes
            .iter()
            .any(|change| change.has_effect() && !drifted.contains(&change.addr));
        let narrow: Vec<Target> = report
            .objects
            .iter()
            .map(|object| Target::Instance(object.addr.clone()))
            .collect();
        if asks_for_more && !narrow.is_empty() && narrow != targets {
            plan = self.narrowed(plan, narrow).await?;
        }
        if !report.objects.is_empty()
            && let Err(kept) = leave_alone(&mut plan, &report)
        {
            return Err(refused(
                "Reverting would do more than that",
                format!(
                    "What drifted needs objects that the configuration changes too: {}. Nothing was done: run `trueup plan`.",
                    kept.join(", ")
                ),
            ));
        }
        let mut more = Diagnostics::default();
        let mut leaves_drift = false;
        let (planned, drifted) = (by_addr(&plan.changes), by_addr(&plan.drift));
        for object in &report.objects {
            let change = planned.get(&object.addr).copied();
            match judge(object, change, drifted.get(&object.addr).copied()) {
                Judgement::Undone => {}
                Judgement::Left => {
                    leaves_drift = true;
                    remarks.push(
                        Diagnostic::warning(
                            "Drift is not undone by the configuration",
                            format!("Nothing in the configuration says what {} was, so no plan brings it back. Say it in the configuration, or accept what is there by `trueup apply -refresh-only`.", object.addr),
                        )
                        .at_some(object.place),
                    );
                }
                Judgement::More(what) => more.push(
                    Diagnostic::error(
                        "Reverting would do more than that",
                        format!(
                            "{}: {what}. Nothing was done: run `trueup plan` to see all of it.",
                            object.addr
                        ),
                    )
                    .at_some(object.place),
                ),
            }
        }
        if more.has_errors() {
            return Err(more);
        }
        // It is the drift that makes it narrow, no option of the user's that an apply would have to warn of.
        plan.targets.clear();
        Ok(Reversion {
            plan,
            report,
            remarks,
            leaves_drift,
        })
    }

    /// A plan of these objects alone, as a plan that found them has refreshed them: nothing is read again.
    async fn narrowed(&mut self, found: Plan, targets: Vec<Target>) -> Result<Plan, Diagnostics> {
        let options = PlanOptions {
            targets,
            refresh: false,
            refreshed: Some(found.prior_state),
            ..PlanOptions::normal()
        };
        let (mut plan, diagnostics) = self.plan(options).await;
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        plan.drift = found.drift;
        plan.prev_run_state = found.prev_run_state;
        Ok(plan)
    }
}

/// Takes out of a plan what it would do to objects that stay as they are, and what the refresh found of them: their
/// drift is to be told again. Answers those that can't be left alone.
fn leave_alone(plan: &mut Plan, report: &Report) -> Result<(), Vec<String>> {
    let chosen: BTreeSet<&AbsInstance> = report.objects.iter().map(|one| &one.addr).collect();
    let mut out = BTreeSet::new();
    let mut kept = Vec::new();
    for (at, change) in plan.changes.iter_mut().enumerate() {
        if !change.has_effect() || chosen.contains(&change.addr) {
            continue;
        }
        if change.action != Action::Update || change.is_moved() || change.importing.is_some() {
            kept.push(change.addr.to_string());
            continue;
        }
        change.action = Action::NoOp;
        change.reason = Reason::None;
        change.after = change.before.clone();
        change.required_replace.clear();
        out.insert(at);
    }
    if !kept.is_empty() {
        return Err(kept);
    }
    for step in &mut plan.steps {
        step.changes.retain(|at| !out.contains(at));
    }
    for change in plan
        .drift
        .iter()
        .filter(|change| !chosen.contains(&change.addr))
    {
        if let Some(believed) = plan.prev_run_state.instance(&change.addr) {
            plan.prior_state
                .set_instance(&change.addr, &change.provider, believed.clone());
        }
    }
    Ok(())
}

/// What a plan does about a drifted object.
enum Judgement {
    /// It brings back what the state says, and nothing else.
    Undone,
    /// Nothing.
    Left,
    /// More than that: what.
    More(String),
}

/// Changes of current objects by address.
type Changes<'p> = BTreeMap<&'p AbsInstance, &'p ResourceChange>;

fn by_addr(changes: &[ResourceChange]) -> Changes<'_> {
    let current = changes.iter().filter(|change| change.deposed.is_none());
    current.map(|change| (&change.addr, change)).collect()
}

/// Judges what is `planned` for an object, given its `drift`.
fn judge(
    object: &Drifted,
    planned: Option<&ResourceChange>,
    drift: Option<&ResourceChange>,
) -> Judgement {
    let planned = planned.filter(|change| change.action != Action::NoOp);
    let (Some(change), Some(drift)) = (planned, drift) else {
        return Judgement::Left;
    };
    match (change.action, object.deleted) {
        (Action::Create, true) | (Action::Update, false) => {}
        (action, _) if action.is_replace() => {
            return Judgement::More("it would be replaced".to_owned());
        }
        _ => return Judgement::More("the configuration has it no more".to_owned()),
    }
    // What the change makes other than it is now, or, of an object that is gone, other than it was.
    let base = match object.deleted {
        true => &drift.before,
        false => &change.before,
    };
    let more: Vec<String> = differences(base, &change.after)
        .into_iter()
        .filter(|one| one.after.is_wholly_known())
        .filter(|one| {
            object.deleted
                || !object.attributes.iter().any(|drifted| {
                    let own = &drifted.difference;
                    own.path == one.path && same_but_for_zero(&own.before, &one.after)
                })
        })
        .map(|one| path_text(&one.path))
        .collect();
    match more.is_empty() {
        true => Judgement::Undone,
        false => Judgement::More(format!(
            "the configuration also asks for another {}",
            more.join(", ")
        )),
    }
}

impl Reviewed {
    /// The review of what `named` names; of everything where it is known as a whole only.
    fn only(&self, named: impl Fn(&AbsInstance) -> bool) -> Self {
        match self {
            Self::All(_) => self.clone(),
            Self::Each(each) => Self::Each(
                each.iter()
                    .filter(|(address, _)| {
                        trueup_addrs::parse::abs_instance(address).is_ok_and(|addr| named(&addr))
                    })
                    .cloned()
                    .collect(),
            ),
        }
    }
}
