//! How a command ends, and the code that says so to whoever started it. Nothing else chooses a code.

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// It did what it was asked to do.
    Done,
    /// It failed, was declined or was interrupted, which was told.
    Failed,
    /// There is a difference, and it was asked for: `plan -detailed-exitcode`, `drift`.
    Differs,
    /// `fmt`: a file could not be read, written or parsed.
    Unreadable,
    /// `fmt -check`: a file is not in its canonical form.
    NotFormatted,
    /// No command was named.
    NoCommand,
}

/// A failure that was told: nothing is left to be said of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told;

/// What a command answers.
pub type Ended = Result<Exit, Told>;

impl Exit {
    /// Done, unless something `failed` that was told.
    pub fn unless(failed: bool) -> Self {
        match failed {
            true => Self::Failed,
            false => Self::Done,
        }
    }

    /// The code that the program ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Differs | Self::Unreadable => 2,
            Self::NotFormatted => 3,
            Self::NoCommand => 127,
        }
    }
}

impl From<Ended> for Exit {
    fn from(ended: Ended) -> Self {
        ended.unwrap_or(Self::Failed)
    }
}
