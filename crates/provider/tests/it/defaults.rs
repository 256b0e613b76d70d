//! What a provider gets for nothing: reads that fan out, a refusal to import, a registry that knows hosts.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_addrs::{AbsInstance, InstanceKey, Mode, ProviderAddr, Resource};
use trueup_provider::{
    Context, Object, Problem, Provider, ReadOutcome, ReadRequest, Registry, ResourceType,
};
use trueup_value::{Path, Value};

use crate::lab::{self, Lab, Shared};

fn context() -> Context {
    Context {
        cancel: CancellationToken::new(),
        parallelism: 0,
    }
}

async fn table(world: &Shared) -> Arc<dyn ResourceType> {
    let config = Value::object_from([("endpoint", Value::dynamic_null())]);
    let configured = Lab::new(world.clone()).configure(&context(), config).await;
    let Ok(configured) = configured else {
        panic!("the lab is reached");
    };
    configured
        .resource_type("lab_table")
        .expect("a type of the lab")
}

fn request(name: &str) -> ReadRequest {
    let value = Value::object_from([("name", Value::string(name))]);
    let resource = Resource::managed("lab_table", name);
    ReadRequest {
        address: Arc::new(AbsInstance::in_root(resource, InstanceKey::None)),
        prior: Object::new(lab::schema().coerce(value).expect("a value of the schema")),
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

#[test]
fn many_are_read_one_by_one_and_answered_in_order() {
    let world = Shared::default();
    world.lock().absent.insert("b".into());
    world.lock().unreadable.insert("c".into());
    let answers = block_on(async {
        let table = table(&world).await;
        let requests = ["a", "b", "c"].map(request).to_vec();
        table.read_many(&context(), requests).await
    });
    assert!(matches!(
        answers[..],
        [
            ReadOutcome::Present(_),
            ReadOutcome::Absent,
            ReadOutcome::Failed(_)
        ]
    ));
    let calls = std::mem::take(&mut world.lock().log);
    assert_eq!(
        calls,
        ["read lab_table.a", "read lab_table.b", "read lab_table.c"]
    );
}

#[test]
fn a_type_that_says_nothing_of_imports_refuses_them() {
    let refused = block_on(async {
        let table = table(&Shared::default()).await;
        table.import(&context(), "orders").await
    });
    let Err(problem) = refused else {
        panic!("a refusal was due");
    };
    assert_eq!(problem.summary, "Resource type does not support import");
}

#[test]
fn a_provider_is_found_under_any_registry() {
    let lab: Arc<dyn Provider> = Arc::new(Lab::new(Shared::default()));
    let registry = Registry::new([lab]);
    for (source, wanted) in [
        ("lab", true),
        ("hashicorp/lab", true),
        ("registry.opentofu.org/hashicorp/lab", true),
        ("someone/lab", false),
        ("hashicorp/aws", false),
    ] {
        let address = ProviderAddr::parse_source(source).expect("a source");
        assert_eq!(registry.find(&address).is_some(), wanted, "{source}");
        let schema = registry.schema(&address, Mode::Managed, "lab_table");
        assert_eq!(schema.is_some(), wanted, "{source}");
        assert!(registry.schema(&address, Mode::Data, "lab_table").is_none());
    }
    assert_eq!(registry.iter().count(), 1);
}

#[test]
fn problems_become_diagnostics() {
    let problem = Problem::warning("Large", "It is.").at(Path::new().attr("size"));
    assert!(!problem.is_error() && Problem::error("a", "b").is_error());
    let diagnostic = problem.to_diagnostic();
    assert_eq!(
        (&*diagnostic.summary, &*diagnostic.detail),
        ("Large", "It is.")
    );
}
