//! What is sealed: the methods that a `state`, a `plan` or the state of others names, and how two say it together.

use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::body::{Meta, decode};
use trueup_parser::Body;
use trueup_schema::{Attribute, Block as Schema};
use trueup_value::Type;

use super::read::{Values, invalid, needed};

/// Methods by name.
#[derive(Default)]
pub(super) struct Target {
    /// The one that writes.
    pub(super) method: Option<String>,
    /// Those that only read.
    pub(super) fallbacks: Option<Vec<String>>,
    pub(super) enforced: bool,
}

impl Target {
    /// What `later` says stands, and what it leaves open stays. Nobody takes `enforced` back.
    pub(super) fn overridden(self, later: Self) -> Self {
        Self {
            method: later.method.or(self.method),
            fallbacks: later.fallbacks.or(self.fallbacks),
            enforced: self.enforced || later.enforced,
        }
    }

    /// Puts what is said later over what was said before.
    pub(super) fn put(place: &mut Option<Self>, later: Self) {
        *place = Some(place.take().unwrap_or_default().overridden(later));
    }
}

/// A `state` or `plan` block and its fallbacks.
pub(super) fn target(
    body: &Body,
    values: Values<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Target, Diagnostic> {
    let schema = Schema::new().attribute("enforced", Attribute::optional(Type::Bool));
    let meta = Meta {
        arguments: &["method"],
        blocks: &["fallback"],
    };
    let (value, found) = decode(body, &schema, meta, &values);
    diagnostics.extend(found);
    let enforced = value.member("enforced").and_then(|value| value.as_bool()) == Some(true);
    let method = body
        .attribute("method")
        .map(|_| needed(body, "method"))
        .transpose()?;
    let mut fallbacks = None::<Vec<String>>;
    let mut next = body.blocks_of("fallback").next();
    while let Some(block) = next {
        if block.body.attribute("method").is_none() {
            return Err(invalid("A fallback names its method."));
        }
        fallbacks
            .get_or_insert_default()
            .push(needed(&block.body, "method")?);
        next = block.body.blocks_of("fallback").next();
    }
    Ok(Target {
        method,
        fallbacks,
        enforced,
    })
}
