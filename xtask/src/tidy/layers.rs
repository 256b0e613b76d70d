//! The rows: a crate uses only crates of lower rows, and some never, whatever their row.

use super::workspace::Workspace;

/// The rows of ARCHITECTURE.md, lowest first. A package is `trueup-` and the name.
const ROWS: &[&[&str]] = &[
    &["diagnostics", "value", "graph", "emulator"],
    &["schema", "parser", "aws"],
    &["addrs", "functions"],
    &["config", "state", "provider"],
    &[
        "modules",
        "evaluator",
        "plan",
        "backend",
        "provider-aws",
        "provider-builtin",
    ],
    &["planner", "executor"],
    &["operations"],
    &["cli"],
];

/// What a crate must not name although the rows would allow it, with the reason.
const NEVER: &[(&str, &[&str], &str)] = &[
    (
        "planner",
        &["backend"],
        "a plan does not depend on where state lives",
    ),
    (
        "planner",
        PROVIDERS,
        "the planner knows the seam, no provider",
    ),
    (
        "executor",
        PROVIDERS,
        "the executor knows the seam, no provider",
    ),
    ("operations", PROVIDERS, "the CLI wires the providers"),
    (
        "operations",
        &["aws"],
        "the world is reached through provider and backend",
    ),
    (
        "planner",
        &["aws"],
        "the world is reached through the provider seam",
    ),
    (
        "executor",
        &["aws"],
        "the world is reached through the provider seam",
    ),
    (
        "evaluator",
        &["aws", "state"],
        "evaluation knows values, not the world",
    ),
    ("plan", &["aws"], "the plan is data"),
    ("provider", &["aws"], "the seam does not know AWS"),
    (
        "provider-builtin",
        &["aws"],
        "the builtin provider has no cloud",
    ),
    (
        "config",
        &["schema"],
        "expressions stay unevaluated, bodies untyped",
    ),
];

const PROVIDERS: &[&str] = &["provider-aws", "provider-builtin"];

/// The embedded AWS is wired into the product in one place; elsewhere it is a test bed.
const USES_EMULATOR: &str = "cli";

/// Crates that stand beside the rows: tools and tests.
const BESIDE: &[&str] = &["trueup-testkit", "xtask"];

/// The edges that the rows do not allow.
pub fn complaints(workspace: &Workspace) -> Vec<String> {
    let mut complaints = Vec::new();
    for (package, member) in &workspace.members {
        if BESIDE.contains(&package.as_str()) {
            if package == "trueup-testkit" {
                for named in member.normal.iter().filter(|named| is_ours(named)) {
                    complaints.push(format!(
                        "{package}: uses {named}; it depends on no crate of ours"
                    ));
                }
            }
            continue;
        }
        let Some(row) = row_of(package) else {
            complaints.push(format!(
                "{package}: has no row; give it one in xtask and ARCHITECTURE.md"
            ));
            continue;
        };
        let own = short(package);
        for named in member
            .normal
            .iter()
            .chain(&member.build)
            .filter(|named| is_ours(named))
        {
            let other = short(named);
            if other == "emulator" && own != USES_EMULATOR {
                complaints.push(format!(
                    "{package}: only the CLI wires {named}; elsewhere it is a dev-dependency"
                ));
            }
            if row_of(named).is_none_or(|lower| lower >= row) {
                complaints.push(format!("{package}: uses {named}, which is in no lower row"));
            }
            for (_, _, reason) in NEVER
                .iter()
                .filter(|(who, whom, _)| *who == own && whom.contains(&other))
            {
                complaints.push(format!("{package}: must not use {named}: {reason}"));
            }
        }
        for named in member.dev.iter().filter(|named| is_ours(named)) {
            let test_bed = matches!(short(named), "emulator" | "testkit");
            if !test_bed && row_of(named).is_none_or(|lower| lower >= row) {
                complaints.push(format!(
                    "{package}: its tests use {named}, which is in no lower row"
                ));
            }
        }
    }
    complaints
}

fn is_ours(package: &str) -> bool {
    package.starts_with("trueup-")
}

fn short(package: &str) -> &str {
    package.strip_prefix("trueup-").unwrap_or(package)
}

fn row_of(package: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&short(package)))
}

#[cfg(test)]
mod tests {
    use super::{super::workspace::Member, *};

    fn with(package: &str, normal: &[&str], dev: &[&str]) -> Vec<String> {
        let mut workspace = Workspace::default();
        let member = Member {
            normal: normal.iter().map(ToString::to_string).collect(),
            dev: dev.iter().map(ToString::to_string).collect(),
            ..Member::default()
        };
        workspace.members.insert(package.to_string(), member);
        complaints(&workspace)
    }

    #[test]
    fn a_lower_row_may_be_used() {
        assert!(
            with(
                "trueup-planner",
                &["trueup-evaluator", "trueup-graph", "serde"],
                &[]
            )
            .is_empty()
        );
        assert!(with("trueup-evaluator", &["trueup-provider"], &[]).is_empty());
    }

    #[test]
    fn the_same_row_and_a_higher_one_may_not() {
        assert_eq!(with("trueup-planner", &["trueup-executor"], &[]).len(), 1);
        assert_eq!(with("trueup-value", &["trueup-schema"], &[]).len(), 1);
        assert_eq!(with("trueup-value", &["trueup-nowhere"], &[]).len(), 1);
    }

    #[test]
    fn some_edges_are_ruled_out_by_name() {
        assert_eq!(with("trueup-planner", &["trueup-backend"], &[]).len(), 1);
        assert_eq!(
            with("trueup-operations", &["trueup-provider-aws"], &[]).len(),
            1
        );
    }

    #[test]
    fn tests_may_use_the_emulator_and_the_product_only_in_the_cli() {
        assert!(with("trueup-aws", &[], &["trueup-emulator", "trueup-testkit"]).is_empty());
        assert_eq!(with("trueup-backend", &["trueup-emulator"], &[]).len(), 1);
        assert!(with("trueup-cli", &["trueup-emulator"], &[]).is_empty());
        assert_eq!(with("trueup-value", &[], &["trueup-plan"]).len(), 1);
    }

    #[test]
    fn a_crate_without_a_row_is_named() {
        assert_eq!(with("trueup-new", &[], &[]).len(), 1);
        assert_eq!(with("trueup-testkit", &["trueup-value"], &[]).len(), 1);
    }
}
