//! Where called modules lie: their sources, evaluated early where they are no plain texts, held against the record
//! of what `init` installed.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use trueup_config::{
    CallSite, Caller, Constraints, Located, ModuleCall, ModuleSources, is_local_source, joined,
    not_installed,
};
use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_evaluator::early::{Early, Inputs};
use trueup_modules::{Manifest, Source, SourceError, Wanted};
use trueup_parser::Expr;
use trueup_value::{Type, Value, convert};

use crate::World;
use crate::beforehand::Beforehand;

/// Under this name a saved plan keeps the record of installed modules.
const KEPT_AS: &str = ".terraform/modules/modules.json";

/// The folder of installed modules, relative to the root module.
pub(crate) fn store(world: &World) -> String {
    let records = world.records();
    let relative = records.strip_prefix(&world.dir).unwrap_or(&records);
    format!("{}/modules", relative.display()).replace('\\', "/")
}

/// The record of installed modules. With `-local` that of Terraform is read where ours is missing.
pub(crate) fn manifest(world: &World) -> Result<Manifest, Diagnostic> {
    let read = |path: &Path| {
        Manifest::read_file(path).map_err(|problem| {
            Diagnostic::error(
                "Failed to read module manifest",
                format!(
                    "Could not read the record of installed modules, {}: {problem}. Remove it and run \"trueup init\" to make it anew.",
                    path.display()
                ),
            )
        })
    };
    let own = read(&world.records().join("modules").join("modules.json"))?;
    if world.local.is_some() && own.records.is_empty() {
        return read(&world.data_dir.join("modules").join("modules.json"));
    }
    Ok(own)
}

/// What calls ask for; what they depend on is found out when it is first needed.
pub(crate) struct Calls<'a> {
    world: &'a World,
    known: OnceLock<Beforehand>,
}

impl<'a> Calls<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self {
            world,
            known: OnceLock::new(),
        }
    }

    /// The value of an expression in a module.
    fn value(&self, caller: &Caller<'_>, expr: &Expr) -> (Value, Diagnostics) {
        let mut root = caller;
        while let Some((_, above)) = root.called {
            root = above;
        }
        let known = self
            .known
            .get_or_init(|| Beforehand::collect(self.world, root.module));
        in_module(caller, known, &|early| early.value(expr))
    }

    /// What a call asks for.
    pub(crate) fn wanted(&self, site: &CallSite<'_>) -> Result<Wanted, Diagnostics> {
        let call = site.call;
        let Some(expr) = &call.source else {
            return Err(Diagnostics::default());
        };
        let text = self.text(site.caller, expr)?;
        let source = Source::parse(&text, call.version.is_some())
            .map_err(|error| Diagnostics::from_iter([bad_source(call, expr.span, &error)]))?;
        let version = match &call.version {
            Some(expr) => Some(self.constraints(site.caller, expr)?),
            None => None,
        };
        Ok(Wanted {
            key: site.path.names().join("."),
            source,
            version,
        })
    }

    /// The text of an argument that Terraform takes a plain string for.
    fn text(&self, caller: &Caller<'_>, expr: &Expr) -> Result<Arc<str>, Diagnostics> {
        if let Some(text) = expr.without_parens().as_string_literal() {
            return Ok(text.clone());
        }
        let (value, mut found) = self.value(caller, expr);
        let unsuitable = |what: &str| {
            Diagnostic::error("Unsuitable value type", format!("Unsuitable value: {what}"))
                .at(expr.span)
        };
        if found.has_errors() {
            found.push(unsuitable("value must be known"));
            return Err(found);
        }
        let text = convert(&value, &Type::String).ok();
        match text.as_ref().and_then(Value::as_str) {
            Some(text) => Ok(text.into()),
            None if value.is_null() => Err(Diagnostics::from_iter([unsuitable(
                "value must not be null",
            )])),
            None => Err(Diagnostics::from_iter([unsuitable("a string is required")])),
        }
    }

    fn constraints(&self, caller: &Caller<'_>, expr: &Expr) -> Result<Constraints, Diagnostics> {
        let text = self.text(caller, expr)?;
        Constraints::parse(&text).ok_or_else(|| {
            Diagnostics::from_iter([Diagnostic::error(
                "Invalid version constraint",
                "This string does not use correct version constraint syntax.",
            )
            .at(expr.span)])
        })
    }
}

/// Does something with a module as far as it can be evaluated early.
fn in_module<R>(caller: &Caller<'_>, known: &Beforehand, then: &dyn Fn(&Early<'_>) -> R) -> R {
    match caller.called {
        None => then(&known.of_root(caller.module)),
        Some((call, above)) => in_module(above, known, &|above| {
            then(&Early {
                module: caller.module,
                dir: caller.dir,
                inputs: Inputs::Call(call, above),
                ..*above
            })
        }),
    }
}

fn bad_source(call: &ModuleCall, span: Span, error: &SourceError) -> Diagnostic {
    if call.version.is_some() {
        return Diagnostic::error(
            "Invalid registry module source address",
            format!("Failed to parse module registry address: {error}.\n\ntrueup assumed that you intended a module registry source address because you also set the argument \"version\", which applies only to registry modules."),
        )
        .at(span);
    }
    let detail = match error {
        SourceError::MaybeRelative(text) => format!(
            "trueup failed to determine your intended installation method for remote module package {text:?}.\n\nIf you intended this as a path relative to the current module, use \"./{text}\" instead. The \"./\" prefix indicates that the address is a relative filesystem path."
        ),
        SourceError::Invalid(text) => format!("Failed to parse module source address: {text}."),
    };
    Diagnostic::error("Invalid module source address", detail).at(span)
}

/// Modules as `init` installed them.
pub(crate) struct Recorded<'a> {
    calls: Calls<'a>,
    manifest: Manifest,
    /// Whether folders named by relative paths need no record: with `-local`.
    lenient: bool,
}

impl<'a> Recorded<'a> {
    pub(crate) fn new(world: &'a World, manifest: Manifest) -> Self {
        Self {
            calls: Calls::new(world),
            manifest,
            lenient: world.local.is_some(),
        }
    }
}

impl ModuleSources for Recorded<'_> {
    fn locate(&self, site: CallSite<'_>) -> Result<Located, Diagnostics> {
        let wanted = self.calls.wanted(&site)?;
        let source_at = site
            .call
            .source
            .as_ref()
            .map_or(site.call.header, |expr| expr.span);
        if let Source::Local(path) = &wanted.source
            && self.lenient
        {
            return Ok(Located::at(joined(site.caller.dir, path)));
        }
        let Some(record) = self.manifest.records.get(&wanted.key) else {
            return Err(Diagnostics::from_iter([not_installed(site.call)]));
        };
        let mut located = Located::at(record.dir.as_str());
        let again = "Run \"trueup init\" to install all modules required by this configuration.";
        if record.source != wanted.source.to_string() {
            located.problems.push(
                Diagnostic::error(
                    "Module source has changed",
                    format!(
                        "The source address was changed since this module was installed. {again}"
                    ),
                )
                .at(source_at),
            );
        }
        let version = record.version.as_deref();
        if let Some(constraints) = &wanted.version
            && !version
                .and_then(trueup_config::Version::parse)
                .is_some_and(|version| constraints.allow(&version))
        {
            let which = version.map_or(String::new(), |version| format!(" ({version})"));
            located.problems.push(
                Diagnostic::error(
                    "Module version requirements have changed",
                    format!("The version requirements have changed since this module was installed and the installed version{which} is no longer acceptable. {again}"),
                )
                .at(source_at),
            );
        }
        Ok(located)
    }
}

/// Modules as a saved plan keeps them: what was installed when it was made.
pub(crate) struct Kept(Manifest);

impl Kept {
    /// From the files of the plan.
    pub(crate) fn of(files: &trueup_config::Snapshot) -> Self {
        let record = files
            .get(KEPT_AS)
            .and_then(|text| Manifest::read(text).ok());
        Self(record.unwrap_or_default())
    }

    /// Adds the record to the files of a plan.
    pub(crate) fn keep(manifest: &Manifest, files: &mut trueup_config::Snapshot) {
        if manifest.records.keys().any(|key| !key.is_empty()) {
            files.insert(KEPT_AS.to_owned(), manifest.write().into());
        }
    }
}

impl ModuleSources for Kept {
    fn locate(&self, site: CallSite<'_>) -> Result<Located, Diagnostics> {
        if let Some(record) = self.0.records.get(&site.path.names().join(".")) {
            return Ok(Located::at(record.dir.as_str()));
        }
        let source = site.call.literal_source()?;
        match is_local_source(&source) {
            true => Ok(Located::at(joined(site.caller.dir, &source))),
            false => Err(Diagnostics::from_iter([not_installed(site.call)])),
        }
    }
}
