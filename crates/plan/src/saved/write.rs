//! A plan to the text of `plan.json` in the saved file.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{Display, Write as _};

use trueup_addrs::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, Mode as ResourceMode, ModuleInstance,
    ProviderConfigAddr, Target,
};
use trueup_state::CheckResult;
use trueup_value::json::{quote, write_string};

use super::value_write::{ValueWriter, list};
use super::{VERSION, read};
use crate::{Mode, Plan, ResourceChange};

/// The text of `plan.json`.
pub(super) fn plan(plan: &Plan) -> String {
    let mut writer = Writer::default();
    let mut out = format!("{{\"format\":{},\"version\":{VERSION}", quote(read::FORMAT));
    let mode = match plan.mode {
        Mode::Normal => "normal",
        Mode::Destroy => "destroy",
        Mode::RefreshOnly => "refresh-only",
    };
    text(&mut out, "mode", mode);
    text(&mut out, "timestamp", &plan.timestamp);
    plain(&mut out, "errored", plan.errored);
    plain(&mut out, "complete", plan.complete);
    plain(&mut out, "applyable", plan.applyable);
    text(&mut out, "root", &plan.config.root);
    field(&mut out, "files");
    list(&mut out, plan.config.files.keys(), |out, path| {
        write_string(path, out);
    });
    if let Some(backend) = &plan.backend {
        field(&mut out, "backend");
        out.push('{');
        let _ = write!(out, "\"kind\":{}", quote(&backend.kind));
        text(&mut out, "workspace", &backend.workspace);
        text(&mut out, "hash", &backend.hash);
        field(&mut out, "config");
        writer.values.value(&mut out, &backend.config);
        out.push('}');
    }
    field(&mut out, "variables");
    let kept: BTreeMap<_, _> = plan
        .variables
        .iter()
        .filter(|(name, _)| !plan.apply_time_variables.contains(*name))
        .map(|(name, variable)| (name.clone(), variable))
        .collect();
    members(&mut out, &kept, |out, variable| {
        writer.values.value(out, &variable.value);
    });
    field(&mut out, "apply_time_variables");
    list(&mut out, &plan.apply_time_variables, |out, name| {
        out.push_str(&quote(name));
    });
    field(&mut out, "targets");
    list(&mut out, &plan.targets, target);
    field(&mut out, "excludes");
    list(&mut out, &plan.excludes, target);
    field(&mut out, "replace");
    list(&mut out, &plan.replace, instance);
    field(&mut out, "relevant");
    list(&mut out, &plan.relevant_attributes, |out, relevant| {
        out.push('[');
        instance(out, &relevant.resource);
        out.push(',');
        writer.values.path(out, &relevant.path);
        out.push(']');
    });
    field(&mut out, "outputs");
    members(&mut out, &plan.outputs, |out, output| {
        let _ = write!(out, "{{\"x\":{}", output.action as u8);
        plain(out, "s", output.sensitive);
        field(out, "b");
        writer.values.value(out, &output.before);
        field(out, "t");
        writer.values.value(out, &output.after);
        out.push('}');
    });
    field(&mut out, "steps");
    list(&mut out, &plan.steps, |out, step| {
        out.push('[');
        config_resource(out, &step.resource);
        let _ = write!(out, ",{},", step.phase as u8);
        let number = |out: &mut String, number: &usize| {
            let _ = write!(out, "{number}");
        };
        list(out, &step.changes, number);
        out.push(',');
        list(out, &step.needs, number);
        out.push(']');
    });
    field(&mut out, "changes");
    list(&mut out, &plan.changes, |out, change| {
        writer.change(out, change);
    });
    field(&mut out, "drift");
    list(&mut out, &plan.drift, |out, change| {
        writer.change(out, change);
    });
    field(&mut out, "checks");
    list(&mut out, &plan.checks, check);
    field(&mut out, "generated");
    list(&mut out, &plan.generated, |out, (addr, text)| {
        out.push('[');
        instance(out, addr);
        out.push(',');
        write_string(text, out);
        out.push(']');
    });
    field(&mut out, "contents");
    list(&mut out, &plan.contents, |out, (addr, contents)| {
        out.push('[');
        instance(out, addr);
        let _ = write!(out, ",{},{}]", contents.items, contents.bytes);
    });
    // The tables come last: they are complete only now.
    field(&mut out, "providers");
    list(&mut out, &writer.providers.rows, |out, row| {
        out.push_str(row)
    });
    field(&mut out, "dependencies");
    list(&mut out, &writer.dependencies.rows, |out, row| {
        out.push_str(row);
    });
    field(&mut out, "types");
    out.push_str(&writer.values.types());
    out.push('}');
    out
}

/// Rows that many changes share, each written once.
#[derive(Default)]
struct Table {
    numbers: HashMap<String, usize>,
    rows: Vec<String>,
}

impl Table {
    fn number(&mut self, row: String) -> usize {
        if let Some(number) = self.numbers.get(&row) {
            return *number;
        }
        let number = self.rows.len();
        self.rows.push(row.clone());
        self.numbers.insert(row, number);
        number
    }
}

#[derive(Default)]
struct Writer {
    values: ValueWriter,
    providers: Table,
    dependencies: Table,
}

impl Writer {
    fn change(&mut self, out: &mut String, change: &ResourceChange) {
        out.push_str("{\"a\":");
        instance(out, &change.addr);
        if let Some(previous) = &change.previous_addr {
            field(out, "f");
            instance(out, previous);
        }
        if let Some(deposed) = &change.deposed {
            text(out, "d", deposed.as_str());
        }
        let provider = self.providers.number(provider(&change.provider));
        plain(out, "p", provider);
        plain(out, "x", change.action as u8);
        if let Some(reason) = change.reason.plan_json() {
            text(out, "w", reason);
        }
        field(out, "b");
        self.values.value(out, &change.before);
        if change.after != change.before {
            field(out, "t");
            self.values.value(out, &change.after);
        }
        if !change.required_replace.is_empty() {
            field(out, "rr");
            list(out, &change.required_replace, |out, path| {
                self.values.path(out, path);
            });
        }
        if let Some(id) = &change.importing {
            text(out, "i", id);
        }
        if change.create_before_destroy {
            plain(out, "c", true);
        }
        if !change.dependencies.is_empty() {
            let mut row = String::new();
            list(&mut row, change.dependencies.iter(), config_resource);
            plain(out, "dep", self.dependencies.number(row));
        }
        if let Some(private) = &change.private {
            field(out, "pr");
            match std::str::from_utf8(private) {
                Ok(text) => write_string(text, out),
                Err(_) => list(out, private.iter(), |out, byte| {
                    let _ = write!(out, "{byte}");
                }),
            }
        }
        if change.schema_version != 0 {
            plain(out, "v", change.schema_version);
        }
        out.push('}');
    }
}

fn field(out: &mut String, name: &str) {
    let _ = write!(out, ",\"{name}\":");
}

fn text(out: &mut String, name: &str, text: &str) {
    field(out, name);
    write_string(text, out);
}

fn plain(out: &mut String, name: &str, value: impl Display) {
    let _ = write!(out, ",\"{name}\":{value}");
}

fn members<'a, K: AsRef<str> + 'a, T: 'a>(
    out: &mut String,
    members: impl IntoIterator<Item = (&'a K, &'a T)>,
    mut each: impl FnMut(&mut String, &T),
) {
    out.push('{');
    for (n, (key, member)) in members.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_string(key.as_ref(), out);
        out.push(':');
        each(out, member);
    }
    out.push('}');
}

fn key(out: &mut String, key: &InstanceKey) {
    let _ = match key {
        InstanceKey::None => write!(out, "null"),
        InstanceKey::Int(index) => write!(out, "{index}"),
        InstanceKey::Str(text) => {
            write_string(text, out);
            Ok(())
        }
    };
}

fn module(out: &mut String, module: &ModuleInstance) {
    list(out, module.steps(), |out, step| {
        out.push('[');
        write_string(&step.name, out);
        out.push(',');
        key(out, &step.key);
        out.push(']');
    });
}

fn block(out: &mut String, resource: &trueup_addrs::Resource) {
    let mode = match resource.mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
    };
    let _ = write!(out, ",\"{mode}\",");
    write_string(&resource.kind, out);
    out.push(',');
    write_string(&resource.name, out);
}

fn resource(out: &mut String, resource: &AbsResource) {
    out.push('[');
    module(out, &resource.module);
    block(out, &resource.resource);
    out.push(']');
}

fn instance(out: &mut String, instance: &AbsInstance) {
    out.push('[');
    module(out, &instance.resource.module);
    block(out, &instance.resource.resource);
    out.push(',');
    key(out, &instance.key);
    out.push(']');
}

fn config_resource(out: &mut String, resource: &ConfigResource) {
    out.push('[');
    list(out, resource.module.names(), |out, name| {
        write_string(name, out);
    });
    block(out, &resource.resource);
    out.push(']');
}

fn target(out: &mut String, target: &Target) {
    match target {
        Target::Module(instance) => {
            out.push_str("{\"m\":");
            module(out, instance);
            out.push('}');
        }
        Target::Resource(wanted) => resource(out, wanted),
        Target::Instance(wanted) => instance(out, wanted),
    }
}

fn provider(provider: &ProviderConfigAddr) -> String {
    let mut out = "[".to_owned();
    list(&mut out, provider.module.names(), |out, name| {
        write_string(name, out);
    });
    let addr = &provider.provider;
    for part in [&addr.host, &addr.namespace, &addr.name] {
        out.push(',');
        write_string(part, &mut out);
    }
    if let Some(alias) = &provider.alias {
        out.push(',');
        write_string(alias, &mut out);
    }
    out.push(']');
    out
}

fn check(out: &mut String, check: &CheckResult) {
    let _ = write!(out, "{{\"kind\":{}", quote(check.kind.as_str()));
    text(out, "addr", &check.config_addr);
    text(out, "status", check.status.as_str());
    if let Some(objects) = &check.objects {
        field(out, "objects");
        list(out, objects, |out, object| {
            let _ = write!(out, "{{\"addr\":{}", quote(&object.object_addr));
            text(out, "status", object.status.as_str());
            field(out, "messages");
            list(out, &object.failure_messages, |out, message| {
                write_string(message, out);
            });
            out.push('}');
        });
    }
    out.push('}');
}
