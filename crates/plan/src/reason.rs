//! Why an action was chosen, and how the machine-readable forms say it.

/// Why an action was chosen, where the action alone does not say.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    /// No particular reason.
    #[default]
    None,
    /// Replaced because the object is tainted.
    Tainted,
    /// Replaced because `-replace` asked for it.
    ByRequest,
    /// Replaced because of `replace_triggered_by`.
    ByTriggers,
    /// Replaced because the change can't be made in place.
    CannotUpdate,
    /// Deleted because the block is gone.
    NoResourceConfig,
    /// Deleted because the kind of repetition changed.
    WrongRepetition,
    /// Deleted because `count` became smaller.
    CountIndex,
    /// Deleted because the key left `for_each`.
    EachKey,
    /// Deleted because its module instance is gone.
    NoModule,
    /// Deleted because it was moved to something that is not configured.
    NoMoveTarget,
    /// Read during apply because its configuration is not known yet.
    ReadConfigUnknown,
    /// Read during apply because something it depends on changes.
    ReadDependencyPending,
    /// Read during apply because a check block holds it.
    ReadCheckNested,
}

/// Each reason with its plan JSON text and its event stream text.
const TEXTS: &[(Reason, &str, &str)] = &[
    (Reason::Tainted, "replace_because_tainted", "tainted"),
    (Reason::ByRequest, "replace_by_request", "requested"),
    (
        Reason::ByTriggers,
        "replace_by_triggers",
        "replace_triggered_by",
    ),
    (
        Reason::CannotUpdate,
        "replace_because_cannot_update",
        "cannot_update",
    ),
    (
        Reason::NoResourceConfig,
        "delete_because_no_resource_config",
        "delete_because_no_resource_config",
    ),
    (
        Reason::WrongRepetition,
        "delete_because_wrong_repetition",
        "delete_because_wrong_repetition",
    ),
    (
        Reason::CountIndex,
        "delete_because_count_index",
        "delete_because_count_index",
    ),
    (
        Reason::EachKey,
        "delete_because_each_key",
        "delete_because_each_key",
    ),
    (
        Reason::NoModule,
        "delete_because_no_module",
        "delete_because_no_module",
    ),
    (
        Reason::NoMoveTarget,
        "delete_because_no_move_target",
        "delete_because_no_move_target",
    ),
    (
        Reason::ReadConfigUnknown,
        "read_because_config_unknown",
        "read_because_config_unknown",
    ),
    (
        Reason::ReadDependencyPending,
        "read_because_dependency_pending",
        "read_because_dependency_pending",
    ),
    (
        Reason::ReadCheckNested,
        "read_because_check_nested",
        "read_because_check_nested",
    ),
];

impl Reason {
    /// The text of plan JSON's `action_reason`; `None` without reason.
    pub fn plan_json(self) -> Option<&'static str> {
        TEXTS
            .iter()
            .find(|(reason, ..)| *reason == self)
            .map(|(_, text, _)| *text)
    }

    /// The text of the event stream's `reason`; `None` without reason.
    pub fn stream(self) -> Option<&'static str> {
        TEXTS
            .iter()
            .find(|(reason, ..)| *reason == self)
            .map(|(_, _, text)| *text)
    }

    /// The reason with this plan JSON text; [`Reason::None`] for any other text.
    pub fn from_plan_json(text: &str) -> Self {
        TEXTS
            .iter()
            .find(|(_, name, _)| *name == text)
            .map_or(Self::None, |(reason, ..)| *reason)
    }
}
