//! Fences for third parties: who may name them, and which crates must build without them.

use std::collections::{BTreeMap, BTreeSet};

use super::workspace::Workspace;

/// A family of packages and the one crate that may name it, in tests too.
const FENCES: &[(&[&str], &str)] = &[
    (
        &[
            "aws-config",
            "aws-credential-types",
            "aws-runtime",
            "aws-sdk-",
            "aws-sig",
            "aws-smithy-",
            "aws-types",
        ],
        "trueup-aws",
    ),
    (
        &["dynoxide", "s3s", "rusqlite", "libsqlite3-sys"],
        "trueup-emulator",
    ),
    (&["clap", "anstream", "indicatif"], "trueup-cli"),
    (&["petgraph"], "trueup-graph"),
];

/// Crates that build and test without an async runtime.
const WITHOUT_TOKIO: &[&str] = &[
    "value",
    "schema",
    "parser",
    "addrs",
    "functions",
    "config",
    "state",
    "evaluator",
    "plan",
];

/// The edges over which tokio does reach a crate of that list, with the reason (docs/decisions/0002).
const TOKIO_COMES_BY: &[(&str, &str)] = &[
    ("trueup-evaluator", "trueup-provider"), // the plain structs of the seam
    ("trueup-evaluator", "trueup-graph"),    // ordering and cycles; the walk beside them is async
    ("trueup-plan", "trueup-provider"),      // the plain structs of the seam
];

/// Crates that build without SDK and SQLite: the inner loop stays at seconds.
const WITHOUT_CLOUD: &[&str] = &[
    "diagnostics",
    "value",
    "graph",
    "schema",
    "parser",
    "addrs",
    "functions",
    "config",
    "state",
    "provider",
    "evaluator",
    "plan",
    "planner",
    "provider-builtin",
];

const CLOUD: &[&str] = &[
    "aws-sdk-",
    "aws-config",
    "rusqlite",
    "libsqlite3-sys",
    "dynoxide",
    "s3s",
];

/// The broken fences.
pub fn complaints(workspace: &Workspace) -> Vec<String> {
    let mut complaints = Vec::new();
    for (package, member) in &workspace.members {
        for named in member.normal.iter().chain(&member.dev).chain(&member.build) {
            for (family, owner) in FENCES {
                if starts(named, family) && package != owner {
                    complaints.push(format!("{package}: names {named}, which only {owner} may"));
                }
            }
        }
    }
    for name in WITHOUT_TOKIO {
        let package = format!("trueup-{name}");
        let direct = workspace.members.get(&package).into_iter();
        for named in direct.flat_map(|member| &member.normal) {
            if starts(named, &["tokio"]) {
                complaints.push(format!(
                    "{package}: names {named}; it must build without an async runtime"
                ));
            }
        }
        if let Some(way) = way(&workspace.normal, &package, &["tokio"], TOKIO_COMES_BY) {
            complaints.push(format!("{package}: tokio comes in by {way}"));
        }
    }
    for name in WITHOUT_CLOUD {
        let package = format!("trueup-{name}");
        if let Some(way) = way(&workspace.normal, &package, CLOUD, &[]) {
            complaints.push(format!(
                "{package}: must build without SDK and SQLite; they come in by {way}"
            ));
        }
    }
    complaints
}

fn starts(package: &str, family: &[&str]) -> bool {
    family.iter().any(|start| package.starts_with(start))
}

/// The shortest way over normal dependencies from a package into a family, not using the open edges.
fn way(
    normal: &BTreeMap<String, BTreeSet<String>>,
    from: &str,
    family: &[&str],
    open: &[(&str, &str)],
) -> Option<String> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut front = vec![from];
    while !front.is_empty() {
        let mut next = Vec::new();
        for at in front {
            for to in normal.get(at).into_iter().flatten().map(String::as_str) {
                if to == from || came_from.contains_key(to) || open.contains(&(at, to)) {
                    continue;
                }
                came_from.insert(to, at);
                if starts(to, family) {
                    return Some(path_to(&came_from, to));
                }
                next.push(to);
            }
        }
        front = next;
    }
    None
}

fn path_to(came_from: &BTreeMap<&str, &str>, to: &str) -> String {
    let mut path = vec![to];
    let mut at = to;
    while let Some(before) = came_from.get(at) {
        path.push(before);
        at = before;
    }
    path.reverse();
    path.join(" -> ")
}

#[cfg(test)]
mod tests {
    use super::{super::workspace::Member, *};

    fn workspace(edges: &[(&str, &str)]) -> Workspace {
        let mut workspace = Workspace::default();
        for (from, to) in edges {
            workspace
                .normal
                .entry(from.to_string())
                .or_default()
                .insert(to.to_string());
            if from.starts_with("trueup-") {
                let member: &mut Member = workspace.members.entry(from.to_string()).or_default();
                member.normal.insert(to.to_string());
            }
        }
        workspace
    }

    #[test]
    fn only_the_owner_names_a_fenced_package() {
        assert!(complaints(&workspace(&[("trueup-aws", "aws-sdk-s3")])).is_empty());
        assert_eq!(
            complaints(&workspace(&[("trueup-backend", "aws-sdk-s3")])).len(),
            1
        );
        assert_eq!(
            complaints(&workspace(&[("trueup-operations", "clap")])).len(),
            1
        );
        assert_eq!(
            complaints(&workspace(&[("trueup-executor", "rusqlite")])).len(),
            1
        );
    }

    #[test]
    fn tokio_is_found_behind_a_third_party() {
        let found = complaints(&workspace(&[
            ("trueup-state", "reader"),
            ("reader", "tokio"),
        ]));
        assert_eq!(
            found,
            ["trueup-state: tokio comes in by trueup-state -> reader -> tokio"]
        );
    }

    #[test]
    fn tokio_may_come_by_the_open_edges_only() {
        let open = [
            ("trueup-evaluator", "trueup-provider"),
            ("trueup-provider", "tokio"),
        ];
        assert!(complaints(&workspace(&open)).is_empty());
        assert_eq!(
            complaints(&workspace(&[("trueup-evaluator", "tokio")])).len(),
            2
        );
    }

    #[test]
    fn the_cloud_does_not_reach_the_inner_crates() {
        let found = complaints(&workspace(&[
            ("trueup-planner", "trueup-x"),
            ("trueup-x", "middle"),
            ("middle", "libsqlite3-sys"),
        ]));
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
