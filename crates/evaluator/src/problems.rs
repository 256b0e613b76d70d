//! What a provider says, placed in the configuration: a path becomes a file and a line.

use std::fmt::Display;

use trueup_diagnostics::Diagnostics;
use trueup_parser::Body;
use trueup_provider::Problem;

use crate::locate::locate;

/// Adds a provider's problems, each at the attribute that it is about. What is said of the whole block
/// stands where its body opens, as Terraform places it: tools that read the ranges find the same line
/// and column, and texts name the block.
pub fn place_problems(
    problems: impl IntoIterator<Item = Problem>,
    addr: Option<&dyn Display>,
    written: Option<&Body>,
    diagnostics: &mut Diagnostics,
) {
    for problem in problems {
        let mut diagnostic = problem.to_diagnostic();
        if let Some(addr) = addr {
            diagnostic = diagnostic.with_address(addr.to_string());
        }
        if let Some(body) = written {
            let place = locate(body, &problem.path);
            diagnostic = diagnostic.at(place.unwrap_or_else(|| body.missing_item_span()));
        }
        diagnostics.push(diagnostic);
    }
}
