//! Case runners, goldens, temporary projects, redaction: text in, golden out.
//!
//! Knows no crate of ours, so that every crate's tests can stand on it. A failed expectation panics with
//! what differs, as test assertions do.

mod cases;
mod difference;
mod fixture;
mod golden;
mod interplay;
mod project;
mod redaction;
mod run;

pub use cases::{Case, cases};
pub use difference::difference;
pub use fixture::edit;
pub use golden::{check_golden, compare_golden};
pub use interplay::beside;
pub use project::{Project, copy_tree};
pub use redaction::{Redaction, redact};
pub use run::{Finished, Program};
