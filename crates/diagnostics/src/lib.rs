//! Spans, sources, and diagnostics a person can act on.
//!
//! Every front pass (parser, config, evaluator, planner) answers with a value and a [`Diagnostics`] bag.
//! A diagnostic names the place it is about by a [`Span`] of bytes in a [`Source`]; [`Sources`] turns that
//! into lines and columns when it is shown. How it is shown is the business of the CLI's views.

mod bag;
mod diagnostic;
mod graphemes;
mod sources;
mod span;
mod suggestion;

pub use bag::Diagnostics;
pub use diagnostic::{Diagnostic, FunctionCallNote, Severity, ValueNote};
pub use graphemes::{grapheme_count, graphemes};
pub use sources::{Pos, Source, Sources};
pub use span::{SourceId, Span};
pub use suggestion::did_you_mean;
