//! Drift written into the configuration: the live values take the place of the written ones, everything else stays
//! byte for byte. What is no plain value is not touched; where its value comes from is said instead.

mod reasons;
mod within;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_addrs::{AbsInstance, Mode};
use trueup_diagnostics::{Diagnostic, Diagnostics, SourceId, Span};
use trueup_parser::edit::Edit;
use trueup_provider::Registry;

use super::{Attribute, Drifted, Report, Subject, block_of, path_text};
use crate::Project;
use reasons::Refusal;

/// What came of an acceptance. Nothing is written yet.
#[derive(Debug, Default)]
pub struct Accepted {
    /// The files that change, by their names relative to the folder: the text as it is, and as it is to be.
    pub files: BTreeMap<Arc<str>, (Arc<str>, String)>,
    /// What the changes say: object and place.
    pub written: Vec<(AbsInstance, String)>,
    /// What can't be written, where, why not and what to do.
    pub refused: Diagnostics,
}

/// The changes that make the configuration say what is there now, of what `wanted` names; of everything where it
/// names nothing.
pub fn accept(
    report: &Report,
    project: &Project,
    providers: &Registry,
    wanted: &[Subject],
) -> Accepted {
    let mut accepting = Accepting {
        project,
        edits: BTreeMap::new(),
        once: BTreeSet::new(),
        accepted: Accepted::default(),
    };
    let mut shared: BTreeMap<Block, usize> = BTreeMap::new();
    for addr in &report.looked_at {
        if let Some(block) = accepting.block(addr) {
            *shared.entry(block).or_default() += 1;
        }
    }
    let mut alike: BTreeMap<(Block, String), Vec<(&Drifted, &Attribute)>> = BTreeMap::new();
    for object in &report.objects {
        let named = |one: &Attribute| {
            wanted.is_empty()
                || wanted
                    .iter()
                    .any(|subject| subject.covers(&object.addr, &one.difference.path))
        };
        if object.deleted {
            let whole = |subject: &Subject| subject.covers_whole(&object.addr);
            if wanted.is_empty() || wanted.iter().any(whole) {
                accepting.refuse(reasons::deleted(object, project));
            }
            continue;
        }
        for attribute in object.attributes.iter().filter(|one| named(one)) {
            match accepting.block(&object.addr) {
                Some(block) => alike
                    .entry((block, path_text(&attribute.difference.path)))
                    .or_default()
                    .push((object, attribute)),
                None => accepting.refuse(reasons::no_block(object)),
            }
        }
    }
    for ((block, path), each) in alike {
        let all = shared.get(&block).copied().unwrap_or(1);
        let Some((first, attribute)) = each.first() else {
            continue;
        };
        let same = each
            .iter()
            .all(|(_, one)| one.difference.after.raw_equals(&attribute.difference.after));
        let done = match each.len() == all && same {
            false => {
                // A value that each object is given is no matter of the block.
                let given = block_of(project, &first.addr)
                    .and_then(|block| within::worked_out(&block.body, &attribute.difference.path));
                Err(match given {
                    Some(expr) => reasons::explained(project, first, attribute, expr),
                    None => reasons::shared(first, attribute, all, each.len(), same),
                })
            }
            true => accepting.write(first, attribute, providers),
        };
        match done {
            Ok(()) => accepting.accepted.written.extend(
                each.iter()
                    .map(|(object, _)| (object.addr.clone(), path.clone())),
            ),
            Err(refusal) => accepting.refuse(refusal),
        }
    }
    accepting.finish()
}

/// What tells a block from others: file, and where its header begins. A module called twice has its blocks once.
type Block = (Arc<str>, u32);

struct Accepting<'p> {
    project: &'p Project,
    edits: BTreeMap<u32, Edit<'p>>,
    /// What was put in as a whole already, when the first of its parts was asked for.
    once: BTreeSet<String>,
    accepted: Accepted,
}

impl<'p> Accepting<'p> {
    fn block(&self, addr: &AbsInstance) -> Option<Block> {
        let block = block_of(self.project, addr)?;
        let source = self.project.sources.find(block.header.source)?;
        Some((source.name().clone(), block.header.start))
    }

    fn refuse(&mut self, refusal: Refusal) {
        let mut diagnostic =
            Diagnostic::error("Drift can't be written into the configuration", refusal.why);
        diagnostic.address = Some(refusal.address);
        self.accepted.refused.push(diagnostic.at_some(refusal.at));
    }

    fn write(
        &mut self,
        object: &Drifted,
        attribute: &Attribute,
        providers: &Registry,
    ) -> Result<(), Refusal> {
        let refused = |at: Option<Span>, why: String| Refusal::of(object, attribute, at, &why);
        let Some(block) = block_of(self.project, &object.addr) else {
            return Err(reasons::no_block(object));
        };
        if attribute.difference.sensitive {
            return Err(refused(
                attribute.place,
                "its value is sensitive, and would stand in a file in plain sight".to_owned(),
            ));
        }
        let kind = &object.addr.resource.resource.kind;
        let node = self.project.config.module_of(&object.addr.resource.module);
        let schema = node.and_then(|node| {
            let addr = node.module.provider_addr(&node.module.provider_of(block).0);
            providers.schema(&addr, Mode::Managed, kind)
        });
        let Some(schema) = schema else {
            return Err(refused(
                Some(block.header),
                format!("nothing is known of the type {kind}"),
            ));
        };
        written::write(self, block, &schema.block, object, attribute)
    }

    /// The changes of the file that a span lies in.
    fn edit(&mut self, source: SourceId) -> Result<&mut Edit<'p>, String> {
        let project = self.project;
        let Some(file) = project.sources.find(source) else {
            return Err("its file is not at hand".to_owned());
        };
        if file.name().ends_with(".json") {
            return Err("files in JSON syntax are not edited".to_owned());
        }
        if file.name().contains(".terraform/") {
            return Err(format!(
                "{} belongs to a module that was installed: change the arguments of the module, or the module where it is kept",
                file.name()
            ));
        }
        match self.edits.entry(source.0) {
            std::collections::btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::btree_map::Entry::Vacant(free) => {
                let edit =
                    Edit::new(file.text()).map_err(|_| "its file can't be read".to_owned())?;
                Ok(free.insert(edit))
            }
        }
    }

    fn finish(mut self) -> Accepted {
        for (source, edit) in std::mem::take(&mut self.edits) {
            let Some(file) = self.project.sources.find(SourceId(source)) else {
                continue;
            };
            match edit.finish() {
                Ok(text) if text != **file.text() => {
                    let texts = (file.text().clone(), text);
                    self.accepted.files.insert(file.name().clone(), texts);
                }
                Ok(_) => {}
                Err(_) => self.accepted.refused.push(Diagnostic::error(
                    "File can't be changed",
                    format!(
                        "The changes of {} don't go together; accept them one by one.",
                        file.name()
                    ),
                )),
            }
        }
        self.accepted
    }
}
