//! Marking an object for replacement, and taking the mark off.

use trueup_addrs::AbsInstance;
use trueup_diagnostics::Diagnostic;
use trueup_state::{Object, State};

/// Why there is no object to mark.
#[derive(Debug)]
pub enum Missing {
    /// There is no such instance; a caller may let that pass.
    Instance(Box<Diagnostic>),
    /// There is one, but it can't be marked.
    Object(Box<Diagnostic>),
}

/// Marks the current object of an instance for replacement.
///
/// # Errors
/// There is no such object.
pub fn taint(state: &mut State, addr: &AbsInstance) -> Result<(), Missing> {
    object(state, addr, "tainting")?.tainted = true;
    Ok(())
}

/// Takes the mark off.
///
/// # Errors
/// There is no such object, or it has no mark.
pub fn untaint(state: &mut State, addr: &AbsInstance) -> Result<(), Missing> {
    let object = object(state, addr, "untainting")?;
    if !object.tainted {
        return Err(Missing::Object(Box::new(Diagnostic::error(
            "Resource instance is not tainted",
            format!(
                "Resource instance {addr} is not currently tainted, and so it cannot be untainted."
            ),
        ))));
    }
    object.tainted = false;
    Ok(())
}

fn object<'a>(
    state: &'a mut State,
    addr: &AbsInstance,
    doing: &str,
) -> Result<&'a mut Object, Missing> {
    let none = |text: String| Box::new(Diagnostic::error("No such resource instance", text));
    if state.is_empty() {
        return Err(Missing::Instance(none(
            "The state currently contains no resource instances whatsoever. This may occur if the configuration has never been applied or if it has recently been destroyed.".to_owned(),
        )));
    }
    let Some(instance) = state.instance_mut(addr) else {
        return Err(Missing::Instance(none(format!(
            "There is no resource instance in the state with the address {addr}. If the resource configuration has just been added, you must run \"trueup apply\" once to create the corresponding instance(s) before they can be tainted."
        ))));
    };
    let deposed = !instance.deposed.is_empty();
    instance.current.as_mut().ok_or_else(|| {
        Missing::Object(none(if deposed {
            format!("Resource instance {addr} is currently part-way through a create_before_destroy replacement action. Run \"trueup apply\" to complete its replacement before {doing} it.")
        } else {
            format!("Resource instance {addr} does not currently have a remote object associated with it, so it cannot be marked.")
        }))
    })
}
