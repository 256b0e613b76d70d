//! What is wrong with a backend block, said before the backend is used.

/// Something wrong, or soon to be wrong, with the settings of a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingProblem {
    /// Where a reader should look.
    pub at: SettingPlace,
    /// Whether it stops the run; else it is a warning.
    pub is_error: bool,
    /// One line.
    pub summary: String,
    /// The rest.
    pub detail: String,
}

/// The part of a backend block that a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingPlace {
    /// An argument of the block.
    Setting(&'static str),
    /// The block as a whole, or a part of one of its objects.
    Block,
    /// No place in particular.
    Nowhere,
}

impl SettingProblem {
    pub(crate) fn error(
        at: SettingPlace,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            at,
            is_error: true,
            summary: summary.into(),
            detail: detail.into(),
        }
    }

    pub(crate) fn warning(
        at: SettingPlace,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            is_error: false,
            ..Self::error(at, summary, detail)
        }
    }
}
