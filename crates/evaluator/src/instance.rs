//! The configuration of one instance of a resource or data source.

use std::collections::BTreeSet;

use trueup_addrs::ModuleInstance;
use trueup_config::Resource;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_schema::ResourceSchema;
use trueup_value::{Marks, Path, Step, Value};

use crate::body::{Meta, OfInstance, decode};
use crate::locate::locate;
use crate::{Evaluator, Repeated};

/// The configuration value of one instance, with marks; `None` where it has errors.
pub fn configuration(
    evaluator: &Evaluator,
    module: &ModuleInstance,
    resource: &Resource,
    schema: &ResourceSchema,
    repeated: &Repeated,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let (arguments, blocks) = resource.meta();
    let meta = Meta { arguments, blocks };
    let expressions = OfInstance {
        evaluator,
        module,
        repeated,
    };
    let (value, mut found) = decode(&resource.body, &schema.block, meta, &expressions);
    refuse_ephemeral(resource, schema, &value, &mut found);
    let failed = found.has_errors();
    // As Terraform's, what is wrong with an expression names its place and its values, not its instance.
    diagnostics.extend(found);
    (!failed).then_some(value)
}

/// What is ephemeral can't be kept in a state: only write-only arguments take it.
fn refuse_ephemeral(
    resource: &Resource,
    schema: &ResourceSchema,
    value: &Value,
    diagnostics: &mut Diagnostics,
) {
    if !value.contains_mark(Marks::EPHEMERAL) {
        return;
    }
    let mut told = BTreeSet::new();
    for (path, marks) in value.unmark_deep().1 {
        let Some(Step::Attr(name)) = path
            .steps()
            .first()
            .filter(|_| marks.contains(Marks::EPHEMERAL) && !schema.block.is_write_only(&path))
        else {
            continue;
        };
        if !told.insert(name.clone()) {
            continue;
        }
        let whole = Path(vec![Step::Attr(name.clone())]);
        let place = locate(&resource.body, &whole);
        diagnostics.push(
            Diagnostic::error(
                "Invalid use of ephemeral value",
                format!("Ephemeral values are not valid for \"{name}\", because it is not a write-only attribute and must be persisted to state."),
            )
            .at(place.unwrap_or(resource.header))
            .with_address(resource.addr.to_string()),
        );
    }
}
