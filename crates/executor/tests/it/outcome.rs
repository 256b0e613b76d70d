//! What came of a run, as text: calls, the state that was written, the journal that is left, complaints.

use std::fmt::Write;

use trueup_backend::{MemoryBackend, OpenBatch};
use trueup_diagnostics::{Diagnostics, Severity, Sources};
use trueup_executor::Applied;
use trueup_state::{Object, State};
use trueup_value::json;

/// The text of an outcome.
pub(crate) struct Outcome<'a> {
    pub(crate) text: String,
    sources: &'a Sources,
}

impl<'a> Outcome<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self {
            text: String::new(),
            sources,
        }
    }

    pub(crate) fn section(&mut self, name: &str, lines: &[String]) {
        if !lines.is_empty() {
            let _ = writeln!(self.text, "{name}\n  {}", lines.join("\n  "));
        }
    }

    pub(crate) fn counts(&mut self, applied: Applied) {
        let Applied {
            added,
            changed,
            destroyed,
            ..
        } = applied;
        let _ = writeln!(
            self.text,
            "{added} added, {changed} changed, {destroyed} destroyed"
        );
    }

    pub(crate) fn recovered(&mut self, adopted: usize) {
        let _ = writeln!(self.text, "recovery adopted {adopted}");
    }

    /// The stored state, its serial and how often it was written.
    pub(crate) fn state(&mut self, memory: &MemoryBackend) -> Result<(), String> {
        let writes = memory.writes("default");
        let Some(text) = memory.text("default") else {
            let _ = writeln!(self.text, "no state, written {writes} times");
            return Ok(());
        };
        let state = State::read(&text).map_err(|error| error.to_string())?;
        let mut lines = Vec::new();
        for (addr, instance) in state.instances() {
            if let Some(object) = &instance.current {
                lines.push(format!("{addr}{}", about(object)));
            }
            for (key, object) in &instance.deposed {
                lines.push(format!("{addr} (deposed {key}){}", about(object)));
            }
        }
        for (addr, resource) in &state.resources {
            if resource.instances.is_empty() {
                lines.push(format!("{addr} without instances"));
            }
        }
        for (name, output) in &state.outputs {
            let value = json::encode(&output.value).map_err(|error| error.to_string())?;
            lines.push(format!("output {name} = {value}"));
        }
        let heading = format!("state serial {}, written {writes} times", state.serial);
        if lines.is_empty() {
            lines.push("nothing".into());
        }
        self.section(&heading, &lines);
        Ok(())
    }

    pub(crate) fn diagnostics(&mut self, diagnostics: &Diagnostics) {
        let lines = diagnostics.iter().map(|diagnostic| {
            let severity = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let place = diagnostic
                .subject
                .map_or_else(|| "-".into(), |subject| self.sources.place(subject));
            let address = diagnostic.address.as_deref().unwrap_or("-");
            let detail = diagnostic.detail.replace('\n', "\\n");
            format!(
                "{severity} {place} {address}: {} | {detail}",
                diagnostic.summary
            )
        });
        let lines: Vec<String> = lines.collect();
        self.section("diagnostics", &lines);
    }

    /// The batches that the journal holds.
    pub(crate) fn journal(&mut self, open: &[OpenBatch]) {
        let mut lines = Vec::new();
        for batch in open {
            for (at, intent) in batch.intents.iter().enumerate() {
                let outcome = batch
                    .outcomes
                    .as_ref()
                    .and_then(|outcomes| outcomes.get(at));
                let made = outcome.and_then(|outcome| outcome.made.as_deref());
                let made = made.map_or_else(String::new, |id| format!(", made {id}"));
                let outcome = outcome.map(|outcome| outcome.outcome);
                lines.push(format!(
                    "{:?} {} {:?} -> {outcome:?}{made}",
                    intent.kind, intent.address, intent.identity
                ));
            }
        }
        self.section("journal is open", &lines);
    }
}

fn about(object: &Object) -> String {
    let attributes = object.attributes.json().map(json::compact);
    let mut out = format!(" {}", attributes.unwrap_or_default());
    let needs: Vec<String> = object
        .dependencies
        .iter()
        .map(ToString::to_string)
        .collect();
    if !needs.is_empty() {
        let _ = write!(out, " needs {}", needs.join(", "));
    }
    for (name, set) in [
        ("tainted", object.tainted),
        ("create before destroy", object.create_before_destroy),
    ] {
        if set {
            let _ = write!(out, " {name}");
        }
    }
    out
}
