//! `output`: the outputs of the last run.

use trueup_diagnostics::Diagnostic;
use trueup_state::State;
use trueup_value::{Type, convert};

use super::{Place, by_hand};
use crate::report::Report;
use crate::views::{human, json};
use crate::{args, output};

/// Runs the command.
pub async fn run(at: Place, flags: args::Output) -> u8 {
    let report = Report::new(&args::Look {
        json: false,
        ..flags.look.clone()
    });
    let name = match flags.name.as_slice() {
        [] => None,
        [name] => Some(name),
        _ => {
            report.diagnostic(Diagnostic::error(
                "Unexpected argument",
                "The output command expects exactly one argument with the name of an output variable or no arguments to show all outputs.",
            ));
            return 1;
        }
    };
    if flags.raw && flags.look.json {
        report.diagnostic(Diagnostic::error(
            "Invalid output format",
            "The -raw and -json options are mutually-exclusive.",
        ));
        return 1;
    }
    if flags.raw && name.is_none() {
        report.diagnostic(Diagnostic::error(
            "Output name required",
            "You must give the name of a single output value when using the -raw option.",
        ));
        return 1;
    }
    let files = args::StateFiles {
        state: flags.state.clone(),
        ..Default::default()
    };
    let opened = match by_hand::open(&at, flags.look.no_color, &files).await {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let state = match opened.read().await {
        Ok(state) => state.unwrap_or_else(|| State::new("")),
        Err(code) => return code,
    };
    let Some(name) = name else {
        if flags.look.json {
            output::line(&json::outputs(&state));
        } else if state.outputs.is_empty() {
            none_found(&report);
        } else {
            output::text(&human::output_lines(&state));
        }
        return 0;
    };
    if state.outputs.is_empty() && !flags.look.json {
        none_found(&report);
        return 0;
    }
    let Some(found) = state.outputs.get(name.as_str()) else {
        report.diagnostic(Diagnostic::error(
            format!("Output {name:?} not found"),
            "The output variable requested could not be found in the state file. If you recently added this to your configuration, be sure to run `trueup apply`, since the state won't be updated with new output variables until that command is run.",
        ));
        return 1;
    };
    if flags.look.json {
        output::line(&json::output_value(&found.value));
        return 0;
    }
    if flags.raw {
        let raw = convert::convert(&found.value, &Type::String).ok();
        let Some(text) = raw
            .as_ref()
            .filter(|_| found.value.ty().is_primitive())
            .and_then(|value| value.as_str())
        else {
            report.diagnostic(Diagnostic::error(
                "Unsupported value for raw output",
                format!("The -raw option only supports strings, numbers, and boolean values, but output value {name:?} is {}.\n\nUse the -json option for machine-readable representations of output values that have complex types.", found.value.ty().friendly_name()),
            ));
            return 1;
        };
        output::text(text);
        return 0;
    }
    output::line(&human::format_value(&found.value, 0));
    0
}

fn none_found(report: &Report) {
    let mut warnings = trueup_diagnostics::Diagnostics::default();
    warnings.push(Diagnostic::warning(
        "No outputs found",
        "The state file either has no outputs defined, or all the defined outputs are empty. Please define an output in your configuration with the `output` keyword and run `trueup refresh` for it to become available. If you are using interpolation, please verify the interpolated value is not empty. You can use the `trueup console` command to assist.",
    ));
    report.diagnostics(&warnings, &Default::default());
}
