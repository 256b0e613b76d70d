//! The outputs of a state, one after the other.

use trueup_plan::State;

use super::value::format_value;
use crate::views::Style;

/// `name = value` for each output, each ended; sensitive values are not shown.
pub fn output_lines(state: &State) -> String {
    state
        .outputs
        .iter()
        .map(|(name, output)| {
            let value = if output.sensitive {
                "<sensitive>".to_owned()
            } else {
                format_value(&output.value, 0)
            };
            format!("{name} = {value}\n")
        })
        .collect()
}

/// The block at the end of an apply, an empty line before it; empty without outputs.
pub fn outputs_block(state: &State, style: Style) -> String {
    if state.outputs.is_empty() {
        return String::new();
    }
    let head = style.paint(crate::views::Paint::BoldGreen, "Outputs:");
    format!("\n{head}\n\n{}", output_lines(state))
}
