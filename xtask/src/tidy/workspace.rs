//! The workspace's crates and their dependencies, as `cargo metadata` tells them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde_json::Value;

/// The crates of this workspace, and which package leads to which.
#[derive(Default)]
pub struct Workspace {
    /// The workspace's packages by package name.
    pub members: BTreeMap<String, Member>,
    /// For every package of the build, ours or not, the packages it names as normal dependencies.
    pub normal: BTreeMap<String, BTreeSet<String>>,
}

/// What one `Cargo.toml` names.
#[derive(Default)]
pub struct Member {
    /// `[dependencies]`, by package name.
    pub normal: BTreeSet<String>,
    /// `[dev-dependencies]`, by package name.
    pub dev: BTreeSet<String>,
    /// `[build-dependencies]`, by package name.
    pub build: BTreeSet<String>,
}

/// Asks cargo.
///
/// # Errors
/// Where cargo cannot be run or says something unexpected.
pub fn load(root: &Path) -> Result<Workspace, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let told = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata: {error}"))?;
    read(&told).ok_or_else(|| "cargo metadata: not in the known form".to_string())
}

/// Reads the answer of `cargo metadata --format-version 1`.
fn read(told: &Value) -> Option<Workspace> {
    let mut workspace = Workspace::default();
    let ours: BTreeSet<&str> = strings(told.get("workspace_members")?).collect();
    let mut names = BTreeMap::new();
    for package in told.get("packages")?.as_array()? {
        let id = package.get("id")?.as_str()?;
        let name = package.get("name")?.as_str()?;
        names.insert(id, name);
        if ours.contains(id) {
            let mut member = Member::default();
            for dependency in package.get("dependencies")?.as_array()? {
                let named = dependency.get("name")?.as_str()?.to_string();
                match dependency.get("kind").and_then(Value::as_str) {
                    None => member.normal.insert(named),
                    Some("dev") => member.dev.insert(named),
                    Some(_) => member.build.insert(named),
                };
            }
            workspace.members.insert(name.to_string(), member);
        }
    }
    for node in told.get("resolve")?.get("nodes")?.as_array()? {
        let name = *names.get(node.get("id")?.as_str()?)?;
        let leads_to = workspace.normal.entry(name.to_string()).or_default();
        for dependency in node.get("deps")?.as_array()? {
            let kinds = dependency.get("dep_kinds")?.as_array()?;
            if kinds
                .iter()
                .any(|kind| kind.get("kind").is_some_and(Value::is_null))
            {
                let to = *names.get(dependency.get("pkg")?.as_str()?)?;
                leads_to.insert(to.to_string());
            }
        }
    }
    Some(workspace)
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_dev_and_build_dependencies_are_told_apart() {
        let told = serde_json::json!({
            "workspace_members": ["a 1"],
            "packages": [
                {"id": "a 1", "name": "a", "dependencies": [
                    {"name": "b", "kind": null}, {"name": "c", "kind": "dev"}, {"name": "d", "kind": "build"},
                ]},
                {"id": "b 1", "name": "b", "dependencies": []},
                {"id": "c 1", "name": "c", "dependencies": []},
            ],
            "resolve": {"nodes": [
                {"id": "a 1", "deps": [
                    {"pkg": "b 1", "dep_kinds": [{"kind": null}]},
                    {"pkg": "c 1", "dep_kinds": [{"kind": "dev"}]},
                ]},
                {"id": "b 1", "deps": []},
            ]},
        });
        let workspace = read(&told).expect("the form above");
        let a = &workspace.members["a"];
        assert!(a.normal.contains("b") && a.dev.contains("c") && a.build.contains("d"));
        assert_eq!(workspace.members.len(), 1);
        assert_eq!(workspace.normal["a"].iter().collect::<Vec<_>>(), ["b"]);
    }
}
