//! What `output -json` prints.

use trueup_plan::State;
use trueup_plan::json::{known, outputs_document};
use trueup_value::Value;

/// All outputs, indented, without a last line feed. Sensitive values are shown: who asks for JSON wants them.
pub fn outputs(state: &State) -> String {
    outputs_document(state).to_pretty()
}

/// The value of one output on one line.
pub fn output_value(value: &Value) -> String {
    known(value).unwrap_or_default().to_line()
}
