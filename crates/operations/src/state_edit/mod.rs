//! Changes of a state by hand, as functions over the state: what `state mv`, `state rm`, `taint` and their like do.

mod moving;
mod provider;
mod push;
mod restoring;
mod tainting;

use trueup_addrs::{AbsInstance, ModuleInstance, Target, parse};
use trueup_diagnostics::Diagnostic;
use trueup_state::{Left, State};

pub use moving::{Moved, move_objects};
pub use provider::{provider_source, resources_of, set_provider};
pub use push::{read, refused};
pub use restoring::{Difference, difference, highest, meant, of_another_history};
pub use tainting::{Missing, taint, untaint};

/// Reads the address of a module, a resource or an instance.
///
/// # Errors
/// Why it is none.
pub fn target(text: &str) -> Result<Target, Diagnostic> {
    parse::target(text).map_err(|error| Diagnostic::error("Invalid address", error.sentence()))
}

/// The instances of the state that an address names, in the order of lists. The keys of modules must be those of
/// the state, except that a whole module stands for all of its instances.
pub fn instances_of(state: &State, target: &Target) -> Vec<AbsInstance> {
    let mut found: Vec<AbsInstance> = match target {
        Target::Module(_) => state
            .instances()
            .map(|(addr, _)| addr)
            .filter(|addr| target.covers(addr))
            .collect(),
        Target::Resource(resource) => state
            .resources
            .get(resource)
            .into_iter()
            .flat_map(|known| known.instances.keys())
            .map(|key| resource.instance(key.clone()))
            .collect(),
        Target::Instance(addr) => state
            .instance(addr)
            .map(|_| addr.clone())
            .into_iter()
            .collect(),
    };
    in_list_order(&mut found);
    found
}

/// Puts addresses in the order in which lists show them: shallow modules first.
pub fn in_list_order(addrs: &mut [AbsInstance]) {
    sort_for_lists(addrs, |addr| &addr.resource.module);
}

fn sort_for_lists<A: Ord>(addrs: &mut [A], module: impl Fn(&A) -> &ModuleInstance) {
    addrs.sort_by(|left, right| {
        let depth = |addr: &A| module(addr).steps().len();
        depth(left).cmp(&depth(right)).then_with(|| left.cmp(right))
    });
}

/// Why an address names nothing in the state.
pub fn unknown(target: &Target) -> Diagnostic {
    match target {
        Target::Module(module) => Diagnostic::error(
            "Unknown module",
            format!(
                "The current state contains no module at {module}. If you've just added this module to the configuration, you must run \"trueup apply\" first to create the module's entry in the state."
            ),
        ),
        Target::Resource(resource) => Diagnostic::error(
            "Unknown resource",
            format!(
                "The current state contains no resource {resource}. If you've just added this resource to the configuration, you must run \"trueup apply\" first to create the resource's entry in the state."
            ),
        ),
        Target::Instance(instance) => Diagnostic::error(
            "Unknown resource instance",
            format!(
                "The current state contains no resource instance {instance}. If you've just added its resource to the configuration or have changed the count or for_each arguments, you must run \"trueup apply\" first to update the resource's entry in the state."
            ),
        ),
    }
}

/// Forgets the instances that the addresses name, unless this is a dry run; answers them in the order of the
/// addresses. An address that names nothing is passed over, as long as another names something.
///
/// # Errors
/// None of the addresses names anything; to a dry run that is no error.
pub fn remove(
    state: &mut State,
    targets: &[Target],
    dry_run: bool,
) -> Result<Vec<AbsInstance>, Diagnostic> {
    let found: Vec<AbsInstance> = targets
        .iter()
        .flat_map(|target| instances_of(state, target))
        .collect();
    if found.is_empty() && !dry_run {
        return Err(Diagnostic::error(
            "Invalid target address",
            "No matching objects found. To view the available instances, use \"trueup state list\". Please modify the address to reference a specific instance.",
        ));
    }
    if !dry_run {
        let before = state.clone();
        for addr in &found {
            state.remove_instance(addr);
        }
        // What depended on them depends on what they depended on.
        let left = Left::since(&before, state);
        state.inherit(&left, |_, _| true);
    }
    Ok(found)
}
