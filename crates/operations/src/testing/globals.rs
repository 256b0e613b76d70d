//! Values of variables that hold for all test files: from the environment, variables files and the command
//! line. They are read when a module that declares them is known, or an expression asks for them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use trueup_config::Module;
use trueup_diagnostics::{Diagnostics, Sources};
use trueup_evaluator::variables;
use trueup_parser::Expr;
use trueup_value::Value;

use crate::given::{self, Given};
use crate::{Project, World};

/// A value as it was given.
#[derive(Clone)]
enum Raw {
    /// A text, and how it was given.
    Text(String, String),
    /// An expression of a file.
    Expr(Arc<Expr>),
}

/// A value that was read.
#[derive(Clone)]
pub(super) struct Read {
    /// The value.
    pub(super) value: Value,
    /// Where it was given.
    pub(super) origin: variables::Origin,
}

/// The values that hold in one file.
#[derive(Clone, Default)]
pub(super) struct InFile {
    raw: BTreeMap<Arc<str>, Raw>,
}

/// The values of a suite.
pub(super) struct Globals {
    all: BTreeMap<Arc<str>, Raw>,
    /// Those that files in the folder of tests see instead.
    in_test_dir: BTreeMap<Arc<str>, Raw>,
}

impl Globals {
    /// Collects what was given, each source over the last.
    pub(super) fn collect(
        world: &World,
        project: &mut Project,
        test_dir: &str,
    ) -> (Self, Diagnostics) {
        let mut collecting = Collecting {
            sources: Arc::unwrap_or_clone(project.sources.clone()),
            diagnostics: Diagnostics::default(),
            raw: BTreeMap::new(),
        };
        for (name, text) in &world.variables {
            let raw = Raw::Text(text.clone(), given::by_environment(name));
            collecting.raw.insert(name.as_str().into(), raw);
        }
        collecting.folder(&world.dir, "");
        for one in &world.assignments {
            match one {
                Given::File(path) => collecting.file(&world.dir, path),
                Given::Assignment(text) => collecting.assignment(text),
            }
        }
        let all = std::mem::take(&mut collecting.raw);
        collecting.folder(&world.dir.join(test_dir), &format!("{test_dir}/"));
        let globals = Self {
            in_test_dir: collecting.raw,
            all,
        };
        project.sources = Arc::new(collecting.sources);
        (globals, collecting.diagnostics)
    }

    /// The values that a test file sees.
    pub(super) fn of_file(&self, name: &str, test_dir: &str) -> InFile {
        let mut raw = self.all.clone();
        let folder = name.rsplit_once('/').map(|(folder, _)| folder);
        if folder.is_some_and(|folder| folder == test_dir.trim_end_matches('/')) {
            raw.extend(self.in_test_dir.clone());
        }
        InFile { raw }
    }
}

impl InFile {
    /// The value of a variable for a module, by the type that the module declares. `None` where nothing
    /// was given.
    pub(super) fn read(
        &self,
        name: &str,
        module: &Module,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Read> {
        let (value, origin, found) = match self.raw.get(name)? {
            Raw::Expr(expr) => {
                let (value, found) = variables::constant(expr);
                (value, variables::Origin::File(expr.span), found)
            }
            Raw::Text(text, how) => {
                let is_expression = match module.variables.get(name) {
                    // What nobody declares is read as an expression, so that tests can say anything.
                    None => true,
                    Some(variable) => variables::is_read_as_expression(variable),
                };
                let (value, found) = given::read_text(name, text, is_expression, sources);
                (value, variables::Origin::Elsewhere(how.clone()), found)
            }
        };
        let failed = found.has_errors();
        diagnostics.extend(found);
        let value = if failed {
            Value::dynamic_unknown()
        } else {
            value
        };
        Some(Read { value, origin })
    }
}

struct Collecting {
    sources: Sources,
    diagnostics: Diagnostics,
    raw: BTreeMap<Arc<str>, Raw>,
}

impl Collecting {
    /// The variables files of a folder that are read without being named.
    fn folder(&mut self, dir: &Path, shown: &str) {
        for name in given::files_of(dir) {
            self.named(&dir.join(&name), &format!("{shown}{name}"));
        }
    }

    fn file(&mut self, dir: &Path, name: &str) {
        self.named(&dir.join(name), name);
    }

    fn named(&mut self, path: &Path, name: &str) {
        let file = given::read_file(path, name, &mut self.sources, &mut self.diagnostics);
        for (variable, (expr, _)) in file.values {
            self.raw.insert(variable, Raw::Expr(expr));
        }
    }

    fn assignment(&mut self, text: &str) {
        let (name, value) = match given::assignment(text) {
            Ok(assigned) => assigned,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        let how = given::by_assignment(name);
        self.raw
            .insert(name.into(), Raw::Text(value.to_owned(), how));
    }
}
