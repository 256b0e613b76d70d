//! From a [`State`] to the text of the file.

use base64::Engine;
use trueup_addrs::{AbsResource, InstanceKey, Mode};
use trueup_value::json::write_string as quote;

use super::text::{indent, new_line};
use super::{Extra, FORMAT_VERSION, sensitive};
use crate::{CheckResult, Object, Output, ResourceState, State};

/// The text of the file: two-space JSON, keys in Terraform's order, a final newline.
pub(crate) fn write(state: &State) -> Vec<u8> {
    let mut out = String::with_capacity(expected(state));
    let mut top = Members::open(&mut out, 1);
    top.raw("version", &FORMAT_VERSION.to_string());
    top.string("terraform_version", &state.terraform_version);
    top.raw("serial", &state.serial.to_string());
    top.string("lineage", &state.lineage);
    top.key("outputs");
    outputs(state, top.out);
    top.key("resources");
    resources(state, top.out);
    top.key("check_results");
    checks(state.check_results.as_deref(), top.out);
    top.extra(&state.extra, |_| true);
    top.close();
    out.push('\n');
    out.into_bytes()
}

/// About how long the text will be, rather more than less: memory that is not used costs nothing, and growing would
/// copy what is there.
fn expected(state: &State) -> usize {
    let instances = state
        .resources
        .values()
        .flat_map(|resource| resource.instances.values());
    let objects = instances.flat_map(|one| one.current.iter().chain(one.deposed.values()));
    let each = objects.map(|object| object.attributes.json().map_or(0, str::len) * 2 + 512);
    4096 + each.sum::<usize>()
}

/// Writes the members of one JSON object, each on a line of its own.
struct Members<'a> {
    out: &'a mut String,
    level: usize,
    empty: bool,
}

impl<'a> Members<'a> {
    /// Opens an object whose members stand at `level`.
    fn open(out: &'a mut String, level: usize) -> Self {
        out.push('{');
        Self {
            out,
            level,
            empty: true,
        }
    }

    fn key(&mut self, key: &str) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        new_line(self.level, self.out);
        quote(key, self.out);
        self.out.push_str(": ");
    }

    fn string(&mut self, key: &str, text: &str) {
        self.key(key);
        quote(text, self.out);
    }

    fn raw(&mut self, key: &str, text: &str) {
        self.key(key);
        self.out.push_str(text);
    }

    /// A member whose value is compact JSON.
    fn compact(&mut self, key: &str, text: &str) {
        self.key(key);
        indent(text, self.level, self.out);
    }

    fn extra(&mut self, extra: &Extra, wanted: impl Fn(&str) -> bool) {
        for (key, value) in extra.iter().filter(|(key, _)| wanted(key)) {
            self.compact(key, value);
        }
    }

    fn close(self) {
        if !self.empty {
            new_line(self.level - 1, self.out);
        }
        self.out.push('}');
    }
}

/// Writes an array whose elements stand at `level`, each by `element`.
fn array<T>(
    items: impl IntoIterator<Item = T>,
    level: usize,
    out: &mut String,
    mut element: impl FnMut(T, &mut String),
) {
    out.push('[');
    let mut empty = true;
    for item in items {
        if !empty {
            out.push(',');
        }
        empty = false;
        new_line(level, out);
        element(item, out);
    }
    if !empty {
        new_line(level - 1, out);
    }
    out.push(']');
}

fn outputs(state: &State, out: &mut String) {
    let mut members = Members::open(out, 2);
    for (name, output) in &state.outputs {
        members.key(name);
        one_output(output, members.out);
    }
    members.close();
}

fn one_output(output: &Output, out: &mut String) {
    let (value, ty) = crate::attributes::output_text(&output.value);
    let mut members = Members::open(out, 3);
    members.compact("value", &value);
    members.compact("type", &ty);
    if output.sensitive {
        members.raw("sensitive", "true");
    }
    members.extra(&output.extra, |_| true);
    members.close();
}

fn resources(state: &State, out: &mut String) {
    // The file orders modules by their text, the map by their steps.
    let mut sorted: Vec<(String, &AbsResource, &ResourceState)> = state
        .resources
        .iter()
        .map(|(address, resource)| (address.module.to_string(), address, resource))
        .collect();
    sorted.sort_by(|a, b| (&a.0, &a.1.resource).cmp(&(&b.0, &b.1.resource)));
    array(sorted, 2, out, |(module, address, resource), out| {
        let mut members = Members::open(out, 3);
        if !module.is_empty() {
            members.string("module", &module);
        }
        members.string(
            "mode",
            match address.resource.mode {
                Mode::Data => "data",
                Mode::Managed => "managed",
            },
        );
        members.string("type", &address.resource.kind);
        members.string("name", &address.resource.name);
        members.string("provider", &resource.provider.to_string());
        members.key("instances");
        instances(resource, members.out);
        members.extra(&resource.extra, |_| true);
        members.close();
    });
}

fn instances(resource: &ResourceState, out: &mut String) {
    let objects = resource.instances.iter().flat_map(|(key, instance)| {
        let current = instance
            .current
            .iter()
            .map(move |object| (key, None, object));
        let deposed = instance
            .deposed
            .iter()
            .map(move |(deposed, object)| (key, Some(deposed.as_str()), object));
        current.chain(deposed)
    });
    array(objects, 4, out, |(key, deposed, object), out| {
        one_object(key, deposed, object, out);
    });
}

/// Whether a key of newer programs stands before `private`; all other unknown keys stand at the end. There Terraform
/// writes an identity, its version first; OpenTofu writes both at the end, the version last.
fn stands_early(extra: &Extra, key: &str) -> bool {
    let of_identity = |key: &str| matches!(key, "identity_schema_version" | "identity");
    let first = extra
        .iter()
        .map(|(key, _)| key)
        .find(|key| of_identity(key));
    of_identity(key) && first == Some("identity_schema_version")
}

fn one_object(key: &InstanceKey, deposed: Option<&str>, object: &Object, out: &mut String) {
    let mut members = Members::open(out, 5);
    match key {
        InstanceKey::None => {}
        InstanceKey::Int(index) => members.raw("index_key", &index.to_string()),
        InstanceKey::Str(key) => members.string("index_key", key),
    }
    if object.tainted {
        members.string("status", "tainted");
    }
    if let Some(deposed) = deposed {
        members.string("deposed", deposed);
    }
    members.raw("schema_version", &object.schema_version.to_string());
    if let Some(attributes) = object.attributes.json() {
        members.compact("attributes", attributes);
    }
    members.extra(&object.extra, |key| key == "attributes_flat");
    if object.sensitive_paths.is_empty() {
        members.raw("sensitive_attributes", "[]");
    } else {
        let mut paths = String::new();
        sensitive::write(&object.sensitive_paths, &mut paths);
        members.compact("sensitive_attributes", &paths);
    }
    members.extra(&object.extra, |key| stands_early(&object.extra, key));
    if let Some(private) = object.private.as_deref().filter(|bytes| !bytes.is_empty()) {
        members.string(
            "private",
            &base64::engine::general_purpose::STANDARD.encode(private),
        );
    }
    if !object.dependencies.is_empty() {
        let mut names: Vec<String> = object
            .dependencies
            .iter()
            .map(ToString::to_string)
            .collect();
        names.sort_unstable();
        names.dedup();
        members.key("dependencies");
        array(names, 6, members.out, |name, out| quote(&name, out));
    }
    if object.create_before_destroy {
        members.raw("create_before_destroy", "true");
    }
    members.extra(&object.extra, |key| {
        key != "attributes_flat" && !stands_early(&object.extra, key)
    });
    members.close();
}

fn checks(results: Option<&[CheckResult]>, out: &mut String) {
    let Some(results) = results else {
        out.push_str("null");
        return;
    };
    array(results, 2, out, |result, out| {
        let mut members = Members::open(out, 3);
        members.string("object_kind", result.kind.as_str());
        members.string("config_addr", &result.config_addr);
        members.string("status", result.status.as_str());
        members.key("objects");
        match &result.objects {
            None => members.out.push_str("null"),
            Some(objects) => {
                array(objects, 4, members.out, |object, out| {
                    let mut members = Members::open(out, 5);
                    members.string("object_addr", &object.object_addr);
                    members.string("status", object.status.as_str());
                    if !object.failure_messages.is_empty() {
                        members.key("failure_messages");
                        array(&object.failure_messages, 6, members.out, |message, out| {
                            quote(message, out);
                        });
                    }
                    members.close();
                });
            }
        }
        members.close();
    });
}
