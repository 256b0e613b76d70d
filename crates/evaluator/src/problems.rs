//! What a provider says, placed in the configuration: a path becomes a file and a line.

use trueup_addrs::AbsInstance;
use trueup_diagnostics::{Diagnostics, Span};
use trueup_parser::Body;
use trueup_provider::Problem;

use crate::locate::locate;

/// Adds a provider's problems, each at the attribute that it is about, or at the block's header.
pub fn place_problems(
    problems: impl IntoIterator<Item = Problem>,
    addr: Option<&AbsInstance>,
    written: Option<(&Body, Span)>,
    diagnostics: &mut Diagnostics,
) {
    for problem in problems {
        let mut diagnostic = problem.to_diagnostic();
        if let Some(addr) = addr {
            diagnostic = diagnostic.with_address(addr.to_string());
        }
        if let Some((body, header)) = written {
            diagnostic = diagnostic.at(locate(body, &problem.path).unwrap_or(header));
        }
        diagnostics.push(diagnostic);
    }
}
