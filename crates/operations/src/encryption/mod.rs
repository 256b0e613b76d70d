//! The `encryption` block, as OpenTofu has it: what it says of states, plans and the states of others. The same may
//! stand in `TF_ENCRYPTION`, which wins over the block.

mod environment;
mod providers;
mod read;
mod targets;

use std::collections::BTreeMap;

use trueup_backend::{Method, Sealing};
use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::early::Early;
use trueup_evaluator::variables;
use trueup_parser::Expr;

use crate::World;
use crate::beforehand::Beforehand;
use read::{Given, Said, Values, read};

/// How a configuration keeps its texts from other eyes.
#[derive(Clone, Debug, Default)]
pub struct Encryption {
    /// Its state.
    pub state: Sealing,
    /// Its saved plans.
    pub plan: Sealing,
    /// The states that it reads: by the name of the data source, and all others.
    pub elsewhere: Elsewhere,
}

/// How the states of other configurations are opened.
#[derive(Clone, Debug, Default)]
pub struct Elsewhere {
    /// By the data source's name: `orders`, or its address below the root.
    pub named: BTreeMap<String, Sealing>,
    /// Where none is named.
    pub otherwise: Sealing,
}

impl Elsewhere {
    /// How the state is opened that a data source reads.
    pub fn of(&self, name: &str) -> &Sealing {
        self.named.get(name).unwrap_or(&self.otherwise)
    }
}

/// What the configuration and the environment say.
///
/// # Errors
/// What is wrong with it.
pub fn of(world: &World, config: &Config) -> Result<Encryption, Diagnostics> {
    let block = config.root.module.encryption.as_ref();
    if block.is_none() && world.encryption.is_none() {
        return Ok(Encryption::default());
    }
    let said_there = match world.encryption.as_deref().map(environment::parsed) {
        Some((_, found)) if found.has_errors() => return Err(found),
        parsed => parsed.map(|(body, _)| body),
    };
    let plain = |expr: &Expr| variables::constant(expr);
    let said = |values: Values<'_>| {
        let given = Given {
            values,
            aws: &world.surroundings.environment,
        };
        let mut all = Said::default();
        let mut diagnostics = Diagnostics::default();
        if let Some(block) = block {
            diagnostics.extend(read(&block.body, said_there.as_ref(), given, &mut all));
        }
        if let Some(body) = &said_there {
            let block = block.map(|block| &*block.body);
            diagnostics.extend(environment::over(body, block, given, &mut all));
        }
        (all, diagnostics)
    };
    let (mut all, mut diagnostics) = said(&plain);
    if diagnostics.has_errors() {
        // More than literals: the values of variables are looked for.
        let root = &config.root.module;
        let known = Beforehand::collect(world, root);
        let early = Early {
            secret: true,
            ..known.of_root(root)
        };
        (all, diagnostics) = said(&|expr: &Expr| early.value(expr));
    }
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let sealing = |methods: Vec<Method>| {
        Sealing::new(
            methods,
            world.connect.clone(),
            world.surroundings.uuid.clone(),
        )
    };
    let settled = all.settle().map_err(|diagnostic: Diagnostic| {
        let diagnostic = match block {
            Some(block) => diagnostic.at(block.header),
            None => diagnostic,
        };
        Diagnostics::from_iter([diagnostic])
    })?;
    Ok(Encryption {
        state: sealing(settled.state),
        plan: sealing(settled.plan),
        elsewhere: Elsewhere {
            named: settled
                .named
                .into_iter()
                .map(|(name, methods)| (name, sealing(methods)))
                .collect(),
            otherwise: sealing(settled.otherwise),
        },
    })
}
