//! Addresses as texts: each reads back as itself, targets cover what they name, references are read as written.

mod references;
mod texts;
