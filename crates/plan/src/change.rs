//! What a plan does to one object or one output.

use std::sync::Arc;

use trueup_addrs::{AbsInstance, ConfigResource, ProviderConfigAddr};
use trueup_state::DeposedKey;
use trueup_value::{Path, Value};

use crate::Reason;

/// What is done to an object or an output.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// A new object is made.
    Create,
    /// A data source is read during apply.
    Read,
    /// The object is changed in place.
    Update,
    /// The object is replaced: the old one goes first.
    DeleteThenCreate,
    /// The object is replaced: the new one comes first.
    CreateThenDelete,
    /// The object is deleted.
    Delete,
    /// The object leaves the state and stays in the world.
    Forget,
}

impl Action {
    /// Whether it replaces the object, in either order.
    pub fn is_replace(self) -> bool {
        matches!(self, Self::DeleteThenCreate | Self::CreateThenDelete)
    }

    /// The names of plan JSON's `actions`.
    pub fn json_names(self) -> &'static [&'static str] {
        match self {
            Self::NoOp => &["no-op"],
            Self::Create => &["create"],
            Self::Read => &["read"],
            Self::Update => &["update"],
            Self::DeleteThenCreate => &["delete", "create"],
            Self::CreateThenDelete => &["create", "delete"],
            Self::Delete => &["delete"],
            Self::Forget => &["forget"],
        }
    }

    /// The action whose plan JSON names are `names`, if there is one.
    pub fn from_json_names(names: &[&str]) -> Option<Self> {
        [
            Self::NoOp,
            Self::Create,
            Self::Read,
            Self::Update,
            Self::DeleteThenCreate,
            Self::CreateThenDelete,
            Self::Delete,
            Self::Forget,
        ]
        .into_iter()
        .find(|action| action.json_names() == names)
    }
}

/// The planned change of one resource instance, or of one deposed object of it.
#[derive(Clone, Debug)]
pub struct ResourceChange {
    /// The instance.
    pub addr: AbsInstance,
    /// Where it was before a move; `None` if it was not moved.
    pub previous_addr: Option<AbsInstance>,
    /// The deposed object that is meant; `None` for the current one.
    pub deposed: Option<DeposedKey>,
    /// The provider configuration that serves it.
    pub provider: ProviderConfigAddr,
    /// What is done.
    pub action: Action,
    /// Why, where the action alone does not say.
    pub reason: Reason,
    /// The object as it is: null where there is none. Marked where sensitive.
    pub before: Value,
    /// The object as it is to be: null where there is to be none, unknown parts inside, marked where
    /// sensitive.
    pub after: Value,
    /// The paths whose change forces a replacement.
    pub required_replace: Vec<Path>,
    /// The id by which the object is imported first.
    pub importing: Option<String>,
    /// Whether a replacement makes the new object before it deletes the old one.
    pub create_before_destroy: bool,
    /// The resources that the instance depends on, as they are kept in state.
    pub dependencies: Arc<[ConfigResource]>,
    /// The provider's private bytes of the object as it is.
    pub private: Option<Arc<[u8]>>,
    /// The schema version of `before` and `after`.
    pub schema_version: u64,
}

impl ResourceChange {
    /// Whether anything is to be done: an action, a move or an import.
    pub fn has_effect(&self) -> bool {
        self.action != Action::NoOp || self.previous_addr.is_some() || self.importing.is_some()
    }

    /// Whether the instance was moved.
    pub fn is_moved(&self) -> bool {
        self.previous_addr
            .as_ref()
            .is_some_and(|previous| *previous != self.addr)
    }

    /// The key by which plans list changes: module, mode, type, name, index, then deposed key.
    pub fn sort_key(&self) -> (usize, &AbsInstance, Option<&DeposedKey>) {
        (
            self.addr.resource.module.steps().len(),
            &self.addr,
            self.deposed.as_ref(),
        )
    }
}

/// The planned change of one output of the root module.
#[derive(Clone, Debug)]
pub struct OutputChange {
    /// Create, update, delete or nothing.
    pub action: Action,
    /// The value that the state holds; null where it holds none.
    pub before: Value,
    /// The value that is to be, unknown parts inside; null where the output goes.
    pub after: Value,
    /// Whether it is declared sensitive now or was before.
    pub sensitive: bool,
}
