//! The order in which changes are made.

use trueup_addrs::ConfigResource;

/// What a step does for its resource.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// Creates, updates and reads; of a replacement, the creation.
    Apply,
    /// Of a replacement, the deletion of the old object.
    DestroyForReplace,
    /// Deletes or forgets objects that are not wanted any more.
    Delete,
    /// Deletes objects left over from an earlier replacement.
    DestroyDeposed,
}

/// Changes of one block, in all instances of its module, that are made in one phase, and what must be done
/// before. Steps follow blocks and not instances, so that their order stays linear in instances.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The block whose instances are changed.
    pub resource: ConfigResource,
    /// What is done for them.
    pub phase: Phase,
    /// The changes, as indexes into [`crate::Plan::changes`].
    pub changes: Vec<usize>,
    /// The steps that must be done before, as indexes into [`crate::Plan::steps`]; each is smaller than
    /// the index of this step.
    pub needs: Vec<usize>,
}
