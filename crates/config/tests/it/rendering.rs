//! A configuration as text: what each kind of block declares, then the diagnostics.

use std::fmt::Write;

use trueup_config::{Config, IgnoreChanges, PreventDestroy, Repetition, Resource};
use trueup_diagnostics::{Diagnostics, Severity, Sources, Span};
use trueup_parser::Traversal;

/// What was read.
pub(crate) fn text(config: &Config, diagnostics: &Diagnostics, sources: &Sources) -> String {
    let module = &config.root.module;
    let mut out = String::new();
    for constraints in &module.required_version {
        let _ = writeln!(out, "required_version {}", constraints.text);
    }
    for (name, required) in &module.required_providers {
        let address = module.provider_addr(name);
        let versions = required.constraints.as_ref();
        let versions = versions.map_or("any", |constraints| &constraints.text);
        let _ = writeln!(out, "required provider {name} = {address} {versions}");
    }
    if let Some(backend) = &module.backend {
        let arguments = &backend.body.attributes;
        let names: Vec<&str> = arguments.iter().map(|argument| &*argument.name).collect();
        let _ = writeln!(out, "backend {} {names:?}", backend.kind);
    }
    for (name, alias) in module.providers.keys() {
        let alias = alias.as_deref().unwrap_or("default");
        let _ = writeln!(out, "provider {name} {alias}");
    }
    for variable in module.variables.values() {
        let flags = [
            ("sensitive", variable.sensitive),
            ("ephemeral", variable.ephemeral),
            ("not nullable", !variable.nullable),
            ("typed", variable.ty.is_some()),
            ("with default", variable.default.is_some()),
        ];
        let about = variable.description.as_deref().unwrap_or_default();
        let _ = writeln!(out, "variable {}{} {about:?}", variable.name, set(&flags));
    }
    for name in module.locals.keys() {
        let _ = writeln!(out, "local {name}");
    }
    for output in module.outputs.values() {
        let flags = [
            ("sensitive", output.sensitive),
            ("ephemeral", output.ephemeral),
        ];
        let needs = list(sources, &output.depends_on);
        let _ = writeln!(out, "output {}{}{needs}", output.name, set(&flags));
    }
    for resource in module.resources.values() {
        let (name, alias) = module.provider_of(resource);
        let alias = alias.map(|alias| format!(".{alias}")).unwrap_or_default();
        let more = about(resource, sources);
        let _ = writeln!(out, "{} by {name}{alias}{more}", resource.addr);
    }
    for diagnostic in diagnostics.iter() {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let subject = diagnostic.subject;
        let place = subject.map_or_else(|| "-".into(), |subject| sources.place(subject));
        let detail = diagnostic.detail.replace('\n', "\\n");
        let _ = writeln!(out, "{severity} {place}: {} | {detail}", diagnostic.summary);
    }
    out
}

fn set(flags: &[(&str, bool)]) -> String {
    let set = flags.iter().filter(|flag| flag.1);
    set.map(|flag| format!(" {}", flag.0)).collect()
}

fn about(resource: &Resource, sources: &Sources) -> String {
    let mut out = String::new();
    let written = |span: Span| sources.get(span.source).slice(span).to_owned();
    let _ = match &resource.repetition {
        Repetition::None => Ok(()),
        Repetition::Count(expr) => write!(out, " count {}", written(expr.span)),
        Repetition::ForEach(expr) => write!(out, " for_each {}", written(expr.span)),
    };
    out.push_str(&list(sources, &resource.depends_on));
    let lifecycle = &resource.lifecycle;
    if let Some(first) = lifecycle.create_before_destroy {
        let _ = write!(out, " create_before_destroy {first}");
    }
    match &lifecycle.prevent_destroy {
        PreventDestroy::Literal(false) => {}
        PreventDestroy::Literal(true) => out.push_str(" prevent_destroy"),
        PreventDestroy::Expr(_) => out.push_str(" prevent_destroy by expression"),
    }
    match &lifecycle.ignore_changes {
        IgnoreChanges::Nothing => {}
        IgnoreChanges::All => out.push_str(" ignores all"),
        IgnoreChanges::At(places) => {
            let _ = write!(out, " ignores{}", list(sources, places));
        }
    }
    out
}

fn list(sources: &Sources, traversals: &[Traversal]) -> String {
    let written = traversals.iter().map(|traversal| {
        let steps = traversal.steps.iter();
        let span = steps.fold(traversal.root.span, |span, step| span.to(step.span));
        sources.get(span.source).slice(span).to_owned()
    });
    let written: Vec<String> = written.collect();
    match written.is_empty() {
        true => String::new(),
        false => format!(" [{}]", written.join(", ")),
    }
}
