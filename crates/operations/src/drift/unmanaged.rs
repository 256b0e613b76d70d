//! Objects of the world that no state here knows: listed, and written down so that they can be taken in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_addrs::{Mode, ProviderConfigAddr, Target, parse};
use trueup_config::Snapshot;
use trueup_diagnostics::Diagnostics;
use trueup_plan::{Action, Mode as PlanMode};
use trueup_provider::Sighting;

use super::refused;
use crate::{PlanOptions, Project, Run};

/// What was seen of the world from one folder.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// What there is, with the provider configuration that sees it.
    pub seen: Vec<(ProviderConfigAddr, Sighting)>,
    /// The names in the world that the objects of the folder's state stand for.
    pub known: BTreeSet<String>,
}

/// What is there and in no state, of one or several folders.
#[derive(Clone, Debug, Default)]
pub struct Unmanaged {
    /// How many objects there are.
    pub total: usize,
    /// Those that no state knows, with the provider configuration that sees them.
    pub strays: Vec<(ProviderConfigAddr, Sighting)>,
}

impl Unmanaged {
    /// What several folders see, less what any of them knows.
    pub fn of<'s>(surveys: impl IntoIterator<Item = &'s Survey> + Clone) -> Self {
        let known: BTreeSet<&String> = surveys
            .clone()
            .into_iter()
            .flat_map(|survey| &survey.known)
            .collect();
        let mut seen: BTreeMap<&String, &(ProviderConfigAddr, Sighting)> = BTreeMap::new();
        for one in surveys.into_iter().flat_map(|survey| &survey.seen) {
            seen.entry(&one.1.name).or_insert(one);
        }
        Self {
            total: seen.len(),
            strays: seen
                .iter()
                .filter(|(name, _)| !known.contains(*name))
                .map(|(_, one)| (*one).clone())
                .collect(),
        }
    }

    /// How many of a hundred objects are in a state, rounded down; all where there are none.
    pub fn coverage(&self) -> usize {
        match self.total {
            0 => 100,
            total => (total - self.strays.len()) * 100 / total,
        }
    }
}

impl Run<'_> {
    /// Looks at what there is under each provider configuration of the root module and of the state.
    pub async fn survey(&mut self) -> (Survey, Diagnostics) {
        let now = self.world.source.now();
        let state = self.session.state();
        let mut providers: BTreeSet<ProviderConfigAddr> = BTreeSet::new();
        let mut known = BTreeSet::new();
        for (addr, resource) in &state.resources {
            if addr.resource.mode != Mode::Managed {
                continue;
            }
            let Some(provider) = self.world.providers.find(&resource.provider.provider) else {
                continue;
            };
            let Some(schema) = provider.schema().of(Mode::Managed, &addr.resource.kind) else {
                continue;
            };
            let ty = schema.block.implied_type();
            for object in resource
                .instances
                .values()
                .filter_map(|one| one.current.as_ref())
            {
                if let Ok(value) = object.decode_unmarked(&ty) {
                    known.extend(provider.stands_for(&addr.resource.kind, &value));
                }
            }
        }
        let root = &self.project.config.root;
        for (name, alias) in root.module.providers.keys() {
            providers.insert(
                self.project
                    .config
                    .provider_config(&root.path, name, alias.as_ref()),
            );
        }
        // Without a block the default configuration sees what the environment says.
        let default =
            ProviderConfigAddr::default_in_root(trueup_addrs::ProviderAddr::implied("aws"));
        if !root
            .module
            .providers
            .keys()
            .any(|(name, _)| &**name == "aws")
        {
            providers.insert(default);
        }
        let request = self.request(PlanMode::Normal, &now);
        let (seen, diagnostics) = trueup_planner::survey(request, providers).await;
        (Survey { seen, known }, diagnostics)
    }

    /// Blocks for objects that no state knows, with the import blocks that take them in: the text of a file, whose
    /// plan imports them and changes nothing.
    ///
    /// # Errors
    /// An object could not be read, or its block would not leave it as it is.
    pub async fn adoption(
        &mut self,
        strays: &[(ProviderConfigAddr, Sighting)],
        file: &str,
    ) -> Result<String, Diagnostics> {
        let mut names: BTreeSet<String> = self
            .project
            .config
            .root
            .module
            .resources
            .keys()
            .map(|addr| addr.name.to_string())
            .collect();
        let mut imports = String::new();
        let mut targets = Vec::new();
        for (provider, stray) in strays {
            let name = free_name(&stray.id, &mut names);
            let address = format!("{}.{name}", stray.kind);
            imports.push_str(&format!(
                "\nimport {{\n  to = {address}\n  id = {}\n",
                trueup_parser::quoted(&stray.id)
            ));
            if let Some(alias) = &provider.alias {
                imports.push_str(&format!(
                    "  provider = {}.{alias}\n",
                    self.project
                        .config
                        .root
                        .module
                        .local_name(&provider.provider)
                ));
            }
            imports.push_str("}\n");
            targets.extend(parse::target(&address).ok());
        }
        let head = "# Tables that no state knew. Review them, move them where they belong, and run `trueup apply`.\n";
        let imports = trueup_parser::format(&format!("{head}{imports}")).unwrap_or(imports);
        let mut files: Snapshot = self.project.files.clone();
        files.insert(
            "unmanaged.imports.tf".to_owned(),
            Arc::from(imports.as_bytes()),
        );
        let (project, found) = Project::of_snapshot(files);
        if found.has_errors() {
            return Err(found);
        }
        let own = std::mem::replace(&mut self.project, project);
        let made = self.adopted(targets, file).await;
        self.project = own;
        let blocks = made?;
        Ok(format!("{imports}{blocks}"))
    }

    /// The generated blocks, once a plan has shown that they leave everything as it is.
    async fn adopted(&mut self, targets: Vec<Target>, file: &str) -> Result<String, Diagnostics> {
        let options = PlanOptions {
            targets,
            generate: Some(file.to_owned()),
            ..PlanOptions::normal()
        };
        let (plan, diagnostics) = self.plan(options).await;
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        let changed: Vec<String> = plan
            .changes
            .iter()
            .filter(|change| change.importing.is_some() && change.action != Action::NoOp)
            .map(|change| change.addr.to_string())
            .collect();
        if !changed.is_empty() {
            return Err(refused(
                "Generated configuration would change something",
                format!(
                    "The blocks written for {} would not leave these as they are.",
                    changed.join(", ")
                ),
            ));
        }
        let texts = plan.generated.values();
        Ok(texts.map(|text| format!("\n{text}\n")).collect())
    }
}

/// A name that no other block has, made of an id.
fn free_name(id: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name: String = id
        .chars()
        .map(
            |letter| match letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-') {
                true => letter,
                false => '_',
            },
        )
        .collect();
    if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        name.insert(0, '_');
    }
    let base = name.clone();
    let mut n = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}_{n}");
        n += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_free_and_identifiers() {
        let mut taken = BTreeSet::from(["orders".to_owned()]);
        for (id, name) in [
            ("orders", "orders_2"),
            ("orders", "orders_3"),
            ("a.b c", "a_b_c"),
            ("1st", "_1st"),
        ] {
            assert_eq!(free_name(id, &mut taken), name);
        }
    }

    #[test]
    fn what_any_folder_knows_is_no_stray() {
        let provider =
            ProviderConfigAddr::default_in_root(trueup_addrs::ProviderAddr::implied("aws"));
        let seen = |names: &[&str]| {
            names
                .iter()
                .map(|name| {
                    let sighting = Sighting {
                        name: (*name).to_owned(),
                        kind: "aws_dynamodb_table".into(),
                        id: (*name).to_owned(),
                        place: "us-east-1".to_owned(),
                    };
                    (provider.clone(), sighting)
                })
                .collect::<Vec<_>>()
        };
        let known = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let surveys = [
            Survey {
                seen: seen(&["a", "b", "c", "d", "e"]),
                known: known(&["a", "x"]),
            },
            Survey {
                seen: seen(&["b", "c"]),
                known: known(&["b", "c"]),
            },
        ];
        let found = Unmanaged::of(&surveys);
        assert_eq!(
            (found.total, found.strays.len(), found.coverage()),
            (5, 2, 60)
        );
        assert_eq!(Unmanaged::of(&[]).coverage(), 100);
    }
}
