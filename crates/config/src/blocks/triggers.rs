//! `replace_triggered_by` of lifecycle blocks: references, each to one resource.

use trueup_addrs::{Reference, Subject};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_parser::Expr;

use super::static_list;

pub(super) fn read(expr: &Expr, diagnostics: &mut Diagnostics) -> Vec<Expr> {
    let Some(items) = static_list(expr, expr.span, diagnostics) else {
        return Vec::new();
    };
    for item in items {
        check(item, diagnostics);
    }
    items.to_vec()
}

fn check(item: &Expr, diagnostics: &mut Diagnostics) {
    let mut resources = 0;
    let mut broken = false;
    item.visit_references(&mut |found| match Reference::read(found.traversal) {
        Err(diagnostic) => {
            broken = true;
            diagnostics.push(diagnostic);
        }
        Ok(reference) => match &reference.subject {
            Subject::Resource(_) => resources += 1,
            Subject::Count(name) if &**name == "index" => {}
            Subject::Each(name) if &**name == "key" => {}
            Subject::Each(_) => diagnostics.push(
                Diagnostic::error(
                    "Invalid each reference in replace_triggered_by expression",
                    "Only each.key may be used in replace_triggered_by.",
                )
                .at(item.span),
            ),
            _ => diagnostics.push(
                Diagnostic::error(
                    "Invalid reference in replace_triggered_by expression",
                    "Only resources, count.index, and each.key may be used in replace_triggered_by.",
                )
                .at(item.span),
            ),
        },
    });
    let wrong = match resources {
        _ if broken => return,
        1 => return,
        0 => "Missing resource reference in replace_triggered_by expression.",
        _ => "Multiple resource references in replace_triggered_by expression.",
    };
    diagnostics
        .push(Diagnostic::error("Invalid replace_triggered_by expression", wrong).at(item.span));
}
