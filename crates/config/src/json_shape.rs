//! What is a block and what an argument in the JSON form of the language, and which strings are references.

use trueup_parser::{BlockShape, Reading, Shape};

const NOTHING: Shape = Shape {
    blocks: &[],
    arguments: &[],
    otherwise: Reading::Template,
    arguments_only: false,
};

/// Arguments that are read as they are: no template is expected.
const VERBATIM: Shape = Shape {
    otherwise: Reading::Verbatim,
    ..NOTHING
};

const fn block(
    name: &'static str,
    labels: &'static [&'static str],
    body: &'static Shape,
) -> BlockShape {
    BlockShape { name, labels, body }
}

/// A `.tf.json` file.
pub(crate) static FILE: Shape = Shape {
    blocks: &[
        block("terraform", &[], &TERRAFORM),
        block("required_providers", &[], &REQUIRED_PROVIDERS),
        block("provider", &["name"], &PROVIDER),
        block("variable", &["name"], &VARIABLE),
        block("locals", &[], &LOCALS),
        block("output", &["name"], &OUTPUT),
        block("module", &["name"], &MODULE),
        block("resource", &["type", "name"], &RESOURCE),
        block("data", &["type", "name"], &RESOURCE),
        block("ephemeral", &["type", "name"], &RESOURCE),
        block("moved", &[], &MOVED),
        block("removed", &[], &REMOVED),
        block("import", &[], &IMPORT),
        block("check", &["name"], &CHECK),
    ],
    ..NOTHING
};

/// A `.tfvars.json` file, and one of a backend's settings.
pub(crate) static ARGUMENTS_FILE: Shape = Shape {
    arguments_only: true,
    ..VERBATIM
};

/// A `.tftest.json` file.
pub(crate) static TEST_FILE: Shape = Shape {
    blocks: &[
        block("test", &[], &NOTHING),
        block("run", &["name"], &RUN),
        block("variables", &[], &LOCALS),
        block("provider", &["name"], &PROVIDER),
        block("mock_provider", &["name"], &MOCK_PROVIDER),
        block("override_resource", &[], &OVERRIDE),
        block("override_data", &[], &OVERRIDE),
        block("override_module", &[], &OVERRIDE),
    ],
    ..NOTHING
};

/// A `.tfmock.json` file.
pub(crate) static MOCK_FILE: Shape = Shape {
    blocks: &[
        block("mock_resource", &["type"], &MOCK),
        block("mock_data", &["type"], &MOCK),
        block("override_resource", &[], &OVERRIDE),
        block("override_data", &[], &OVERRIDE),
        block("override_module", &[], &OVERRIDE),
    ],
    ..NOTHING
};

static TERRAFORM: Shape = Shape {
    blocks: &[
        block("required_providers", &[], &REQUIRED_PROVIDERS),
        block("backend", &["type"], Shape::free()),
        block("cloud", &[], Shape::free()),
        block("provider_meta", &["provider"], Shape::free()),
        block("encryption", &[], &ENCRYPTION),
    ],
    arguments: &[
        ("required_version", Reading::Verbatim),
        ("experiments", Reading::Native),
        ("language", Reading::Native),
    ],
    ..NOTHING
};

/// What an `encryption` block holds, also where it stands alone, in `TF_ENCRYPTION`.
pub static ENCRYPTION: Shape = Shape {
    blocks: &[
        block("key_provider", &["type", "name"], Shape::free()),
        block("method", &["type", "name"], Shape::free()),
        block("state", &[], &SEALED),
        block("plan", &[], &SEALED),
        block("remote_state_data_sources", &[], &SEALED_ELSEWHERE),
    ],
    ..NOTHING
};

static SEALED: Shape = Shape {
    blocks: &[block("fallback", &[], &SEALED)],
    ..NOTHING
};

static SEALED_ELSEWHERE: Shape = Shape {
    blocks: &[
        block("default", &[], &SEALED),
        block("remote_state_data_source", &["name"], &SEALED),
    ],
    ..NOTHING
};

static REQUIRED_PROVIDERS: Shape = Shape {
    otherwise: Reading::RequiredProvider,
    arguments_only: true,
    ..NOTHING
};

static PROVIDER: Shape = Shape {
    blocks: &[
        block("lifecycle", &[], &NOTHING),
        block("locals", &[], &NOTHING),
        Shape::dynamic(),
    ],
    arguments: &[("alias", Reading::Verbatim), ("version", Reading::Verbatim)],
    ..NOTHING
};

static VARIABLE: Shape = Shape {
    blocks: &[block("validation", &[], &NOTHING)],
    arguments: &[
        ("type", Reading::Native),
        ("description", Reading::Verbatim),
        ("default", Reading::Verbatim),
        ("deprecated", Reading::Verbatim),
    ],
    ..NOTHING
};

static LOCALS: Shape = Shape {
    arguments_only: true,
    ..NOTHING
};

static OUTPUT: Shape = Shape {
    blocks: &[block("precondition", &[], &NOTHING)],
    arguments: &[
        ("description", Reading::Verbatim),
        ("deprecated", Reading::Verbatim),
        ("depends_on", Reading::Native),
    ],
    ..NOTHING
};

static MODULE: Shape = Shape {
    blocks: &[
        block("lifecycle", &[], &NOTHING),
        block("locals", &[], &NOTHING),
        block("provider", &["type"], &NOTHING),
    ],
    arguments: &[
        ("version", Reading::Verbatim),
        ("depends_on", Reading::Native),
        ("providers", Reading::Native),
    ],
    ..NOTHING
};

static RESOURCE: Shape = Shape {
    blocks: &[
        block("lifecycle", &[], &LIFECYCLE),
        block("connection", &[], &NOTHING),
        block("provisioner", &["type"], &PROVISIONER),
        block("locals", &[], &NOTHING),
        block("_", &[], Shape::free()),
        Shape::dynamic(),
    ],
    arguments: &[
        ("provider", Reading::Native),
        ("depends_on", Reading::Native),
    ],
    ..NOTHING
};

static LIFECYCLE: Shape = Shape {
    blocks: &[
        block("precondition", &[], &NOTHING),
        block("postcondition", &[], &NOTHING),
    ],
    arguments: &[
        ("ignore_changes", Reading::Native),
        ("replace_triggered_by", Reading::Native),
    ],
    ..NOTHING
};

static PROVISIONER: Shape = Shape {
    blocks: &[
        block("connection", &[], &NOTHING),
        block("lifecycle", &[], &NOTHING),
        block("_", &[], &NOTHING),
    ],
    arguments: &[("when", Reading::Native), ("on_failure", Reading::Native)],
    ..NOTHING
};

static MOVED: Shape = Shape {
    arguments: &[("from", Reading::Native), ("to", Reading::Native)],
    ..NOTHING
};

static REMOVED: Shape = Shape {
    blocks: &[
        block("lifecycle", &[], &NOTHING),
        block("connection", &[], &NOTHING),
        block("provisioner", &["type"], &PROVISIONER),
    ],
    arguments: &[("from", Reading::Native)],
    ..NOTHING
};

static IMPORT: Shape = Shape {
    arguments: &[("to", Reading::Native), ("provider", Reading::Native)],
    ..NOTHING
};

static CHECK: Shape = Shape {
    blocks: &[
        block("data", &["type", "name"], &RESOURCE),
        block("assert", &[], &NOTHING),
    ],
    ..NOTHING
};

static RUN: Shape = Shape {
    blocks: &[
        block("plan_options", &[], &PLAN_OPTIONS),
        block("variables", &[], &LOCALS),
        block("module", &[], &VERBATIM),
        block("assert", &[], &NOTHING),
        block("override_resource", &[], &OVERRIDE),
        block("override_data", &[], &OVERRIDE),
        block("override_module", &[], &OVERRIDE),
    ],
    arguments: &[
        ("command", Reading::Native),
        ("providers", Reading::Native),
        ("expect_failures", Reading::Native),
        ("state_key", Reading::Verbatim),
    ],
    ..NOTHING
};

static PLAN_OPTIONS: Shape = Shape {
    arguments: &[
        ("mode", Reading::Native),
        ("replace", Reading::Native),
        ("target", Reading::Native),
    ],
    ..NOTHING
};

static MOCK_PROVIDER: Shape = Shape {
    blocks: &[
        block("mock_resource", &["type"], &MOCK),
        block("mock_data", &["type"], &MOCK),
        block("override_resource", &[], &OVERRIDE),
        block("override_data", &[], &OVERRIDE),
    ],
    arguments: &[
        ("alias", Reading::Verbatim),
        ("source", Reading::Verbatim),
        ("override_during", Reading::Native),
    ],
    ..NOTHING
};

static MOCK: Shape = Shape {
    arguments: &[("override_during", Reading::Native)],
    ..NOTHING
};

static OVERRIDE: Shape = Shape {
    arguments: &[
        ("target", Reading::Native),
        ("override_during", Reading::Native),
    ],
    ..NOTHING
};
