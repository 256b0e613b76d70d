//! The digest by which an object is known again after a crash: of a text that says what was planned of it.

use sha2::{Digest, Sha256};

/// A SHA-256 in hexadecimal.
pub(crate) fn digest_of_text(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
