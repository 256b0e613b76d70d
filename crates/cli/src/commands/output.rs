//! `output`: the outputs of the last run.

use trueup_diagnostics::Diagnostic;
use trueup_state::State;
use trueup_value::{Type, Value, convert};

use super::{Place, by_hand};
use crate::exit::{Ended, Exit};
use crate::report::Report;
use crate::views::{human, json};
use crate::{args, output};

/// Runs the command.
pub async fn run(at: Place, flags: args::Output) -> Ended {
    let report = Report::new(&args::Look {
        json: false,
        ..flags.look.clone()
    });
    let name = wanted(&flags).map_err(|diagnostic| report.refuse(*diagnostic))?;
    let files = args::StateFiles::reading(flags.state.clone());
    let opened = by_hand::open(&at, flags.look.no_color, &files).await?;
    let state = opened.read().await?.unwrap_or_else(|| State::new(""));
    if state.outputs.is_empty() && !flags.look.json {
        none_found(&report);
        return Ok(Exit::Done);
    }
    let Some(name) = name else {
        match flags.look.json {
            true => output::line(&json::outputs(&state)),
            false => output::text(&human::output_lines(&state)),
        }
        return Ok(Exit::Done);
    };
    let Some(found) = state.outputs.get(name) else {
        return Err(report.refuse(Diagnostic::error(
            format!("Output {name:?} not found"),
            "The output variable requested could not be found in the state file. If you recently added this to your configuration, be sure to run `trueup apply`, since the state won't be updated with new output variables until that command is run.",
        )));
    };
    if flags.look.json {
        output::line(&json::output_value(&found.value));
    } else if flags.raw {
        let text = raw(name, &found.value).map_err(|diagnostic| report.refuse(*diagnostic))?;
        output::text(&text);
    } else {
        output::line(&human::format_value(&found.value, 0));
    }
    Ok(Exit::Done)
}

/// The output that is asked for; `None` for all of them.
fn wanted(flags: &args::Output) -> Result<Option<&str>, Box<Diagnostic>> {
    let refused = |summary: &str, detail: &str| Err(Box::new(Diagnostic::error(summary, detail)));
    let name = match flags.name.as_slice() {
        [] => None,
        [name] => Some(name.as_str()),
        _ => {
            return refused(
                "Unexpected argument",
                "The output command expects exactly one argument with the name of an output variable or no arguments to show all outputs.",
            );
        }
    };
    if flags.raw && flags.look.json {
        return refused(
            "Invalid output format",
            "The -raw and -json options are mutually-exclusive.",
        );
    }
    if flags.raw && name.is_none() {
        return refused(
            "Output name required",
            "You must give the name of a single output value when using the -raw option.",
        );
    }
    Ok(name)
}

/// The bare text of a string, number or bool.
fn raw(name: &str, value: &Value) -> Result<String, Box<Diagnostic>> {
    let text = convert::convert(value, &Type::String).ok();
    text.as_ref()
        .filter(|_| value.ty().is_primitive())
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| {
            Box::new(Diagnostic::error(
                "Unsupported value for raw output",
                format!("The -raw option only supports strings, numbers, and boolean values, but output value {name:?} is {}.\n\nUse the -json option for machine-readable representations of output values that have complex types.", value.ty().friendly_name()),
            ))
        })
}

fn none_found(report: &Report) {
    report.diagnostic(Diagnostic::warning(
        "No outputs found",
        "The state file either has no outputs defined, or all the defined outputs are empty. Please define an output in your configuration with the `output` keyword and run `trueup refresh` for it to become available. If you are using interpolation, please verify the interpolated value is not empty. You can use the `trueup console` command to assist.",
    ));
}
