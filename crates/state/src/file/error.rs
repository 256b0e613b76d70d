//! Why a text is no state that we can work with.

/// Why the text of a state file cannot be read. Nothing is ever left out silently: one entry that
/// makes no sense refuses the whole file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The text is empty.
    #[error("the state file is empty")]
    Empty,
    /// The bytes are not text.
    #[error("the state file is not valid UTF-8 text (byte {offset})")]
    NotText {
        /// Position of the first byte that is none.
        offset: usize,
    },
    /// The text is not JSON, or not of the shape of a state.
    #[error("the state file is damaged at line {line}, column {column}: {message}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// The text is JSON but names no format version.
    #[error(
        "the state file does not have a \"version\" attribute, which is required to identify the \
         format version; it is probably not a state file"
    )]
    NoVersion,
    /// The state is encrypted, and nothing is said of how to decrypt it.
    #[error(
        "the state is encrypted (encryption version {version:?}), and the configuration has no \
         \"encryption\" block that says how to decrypt it; one may also stand in TF_ENCRYPTION"
    )]
    Encrypted {
        /// The value of `encryption_version`.
        version: String,
    },
    /// The state is encrypted and can't be decrypted.
    #[error("the state is encrypted and can't be decrypted: {problem}")]
    Sealed {
        /// Why.
        problem: String,
    },
    /// The state is not encrypted, though the configuration asks for that.
    #[error(
        "the state is not encrypted, and the configuration allows only encrypted ones; to encrypt \
         it with the next write, allow the method \"unencrypted\" in a fallback block"
    )]
    NotEncrypted,
    /// The format is older than any that there was as JSON: 1 to 3 are upgraded as they are read.
    #[error("the state file uses format version {version}, which no program ever wrote as JSON")]
    TooOld {
        /// The format version found.
        version: u64,
    },
    /// The format is newer than 4.
    #[error(
        "the state file uses format version {version}, which is not supported: this program reads \
         version 4; the file was last written by version {terraform_version} and needs a newer program"
    )]
    TooNew {
        /// The format version found.
        version: u64,
        /// The version of the program that wrote it.
        terraform_version: String,
    },
    /// `terraform_version` is neither empty nor a version.
    #[error("the state file has an invalid \"terraform_version\": {text:?}")]
    BadProgramVersion {
        /// What stands there.
        text: String,
    },
    /// An entry does not make sense.
    #[error("the state file has an invalid entry for {what}: {problem}")]
    BadEntry {
        /// The entry: an address, or an output's name.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
}
