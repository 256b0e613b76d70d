//! Arguments of module calls, held against the variables that the called modules declare.

use trueup_config::{Config, ModuleCall, ModuleNode, content};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_parser::{ExprKind, Literal};

/// Says which arguments of module calls nobody expects, and which are missing.
pub fn check(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for node in config.modules() {
        for (name, call) in &node.module.calls {
            if let Some(called) = node.children.get(name) {
                check_call(call, called, &mut diagnostics);
            }
        }
    }
    diagnostics
}

fn check_call(call: &ModuleCall, called: &ModuleNode, diagnostics: &mut Diagnostics) {
    let body = &call.body;
    let variables = &called.module.variables;
    for attribute in &body.attributes {
        let name = &*attribute.name;
        if !ModuleCall::META_ARGUMENTS.contains(&name) && !variables.contains_key(name) {
            let known = variables.keys().map(|name| &**name);
            diagnostics.push(content::unsupported_argument(attribute, known, false));
        }
    }
    for (name, variable) in variables {
        let given = body.attribute(name);
        // Null is as good as nothing.
        let given = given.filter(|given| {
            !matches!(
                given.expr.without_parens().kind,
                ExprKind::Literal(Literal::Null)
            )
        });
        if let (Some(given), Some(message)) = (given, &variable.deprecated) {
            diagnostics.push(
                Diagnostic::warning(
                    "Variable marked as deprecated by the module author",
                    format!("Variable {name:?} is marked as deprecated with the following message:\n{message}"),
                )
                .at(given.expr.span),
            );
        }
    }
    for block in &body.blocks {
        let as_argument = variables.contains_key(&block.kind.name);
        diagnostics.push(content::unsupported_block(block, [], as_argument));
    }
    for (name, variable) in variables {
        if variable.default.is_none() && body.attribute(name).is_none() {
            diagnostics.push(content::missing_argument(name, body));
        }
    }
}
