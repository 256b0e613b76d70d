//! temporary
use crate::views::Style;
use trueup_state::State;
pub fn outputs(s: &State, _: Style) -> String {
    let mut t = String::from("\nOutputs:\n\n");
    for (n, o) in &s.outputs {
        t += &format!(
            "{n} = {}\n",
            trueup_value::json::encode(&o.value).unwrap_or_default()
        );
    }
    t
}
pub fn output_values(s: &State, st: Style) -> String {
    outputs(s, st)
}
pub fn value(v: &trueup_value::Value) -> String {
    trueup_value::json::encode(v).unwrap_or_default()
}
pub fn state(_: &State, _: &dyn trueup_plan::SchemaSource, _: Style) -> String {
    String::new()
}
pub fn drift(r: &trueup_operations::drift::Report, _: Style) -> String {
    format!("{r:#?}\n")
}
