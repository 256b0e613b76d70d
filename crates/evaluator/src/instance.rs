//! The configuration of one instance of a resource or data source.

use trueup_addrs::ModuleInstance;
use trueup_config::Resource;
use trueup_diagnostics::Diagnostics;
use trueup_schema::ResourceSchema;
use trueup_value::Value;

use crate::body::{Meta, OfInstance, decode};
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
    let meta = Meta {
        arguments: &Resource::META_ARGUMENTS,
        blocks: &Resource::META_BLOCKS,
    };
    let expressions = OfInstance {
        evaluator,
        module,
        repeated,
    };
    let (value, found) = decode(&resource.body, &schema.block, meta, &expressions);
    let failed = found.has_errors();
    // As Terraform's, what is wrong with an expression names its place and its values, not its instance.
    diagnostics.extend(found);
    (!failed).then_some(value)
}
