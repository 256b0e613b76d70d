//! Objects with conditions, and how these came out: what plans and states remember of them.

/// What kind of block holds the conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKind {
    /// A resource or data source.
    Resource,
    /// An output value.
    Output,
    /// A `check` block.
    Check,
    /// An input variable's validations.
    Variable,
}

impl CheckKind {
    /// The word in the file: `resource`, `output`, `check` or `var`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Output => "output",
            Self::Check => "check",
            Self::Variable => "var",
        }
    }

    /// The kind that the word stands for, if it is one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "resource" => Some(Self::Resource),
            "output" => Some(Self::Output),
            "check" => Some(Self::Check),
            "var" => Some(Self::Variable),
            _ => None,
        }
    }
}

/// How the conditions of an object came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckStatus {
    /// All held.
    Pass,
    /// One did not hold.
    Fail,
    /// One could not be evaluated.
    Error,
    /// Not known yet.
    Unknown,
}

impl CheckStatus {
    /// The word in the file: `pass`, `fail`, `error` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Unknown => "unknown",
        }
    }

    /// The status that the word stands for; words we do not know are read as unknown.
    pub fn parse(text: &str) -> Self {
        match text {
            "pass" => Self::Pass,
            "fail" => Self::Fail,
            "error" => Self::Error,
            _ => Self::Unknown,
        }
    }
}

/// The results for one block with conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// What kind of block it is.
    pub kind: CheckKind,
    /// The address of the block, without instance keys.
    pub config_addr: String,
    /// The result over all its objects.
    pub status: CheckStatus,
    /// The result of each instance; `None` where the instances were not known.
    pub objects: Option<Vec<CheckObject>>,
}

/// The result for one instance of a block with conditions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckObject {
    /// The address of the instance.
    pub object_addr: String,
    /// How its conditions came out.
    pub status: CheckStatus,
    /// The messages of the conditions that failed.
    pub failure_messages: Vec<String>,
}
