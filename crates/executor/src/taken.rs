//! What a plan takes into the state, and what it lets go of, without a call to the world.

use trueup_addrs::{AbsResource, Mode as ResourceMode};
use trueup_plan::{Action, Event, Mode, Observer, Plan};
use trueup_state::State;

/// Tells which objects the plan took in: they are in its state already. Answers how many.
pub(crate) fn tell_of_imports(plan: &Plan, observer: &dyn Observer) -> usize {
    let mut imported = 0;
    for change in &plan.changes {
        let Some(id) = &change.importing else {
            continue;
        };
        imported += 1;
        let addr = &change.addr;
        observer.observe(Event::Notice(format!("{addr}: Importing... [id={id}]")));
        observer.observe(Event::Notice(format!("{addr}: Import complete [id={id}]")));
    }
    imported
}

/// Takes out of the state what the plan lets go.
pub(crate) fn forget(plan: &Plan, state: &mut State) {
    if plan.mode == Mode::Destroy && !plan.is_narrowed() {
        // What was read goes with what is destroyed.
        let read = |addr: &AbsResource| addr.resource.mode == ResourceMode::Data;
        state.resources.retain(|addr, _| !read(addr));
    }
    for change in &plan.changes {
        if change.action != Action::Forget {
            continue;
        }
        let Some(instance) = state.instance_mut(&change.addr) else {
            continue;
        };
        match &change.deposed {
            Some(key) => {
                instance.deposed.remove(key);
            }
            None => instance.current = None,
        }
        if instance.is_empty() {
            state.remove_instance(&change.addr);
        }
    }
}
