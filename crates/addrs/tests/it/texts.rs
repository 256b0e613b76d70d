//! Texts to addresses and back.

use proptest::prelude::*;
use trueup_addrs::{ModuleInstance, ProviderAddr, Target, parse};

#[test]
fn instances_read_back_as_themselves() {
    for text in [
        "aws_dynamodb_table.orders",
        "aws_dynamodb_table.orders[0]",
        "aws_dynamodb_table.orders[\"a\"]",
        "aws_dynamodb_table.orders[\"a.b\\\"c\\\\d\"]",
        "aws_dynamodb_table.orders[\"$${x}\"]",
        "aws_dynamodb_table.orders[\"%%{x}\"]",
        "aws_dynamodb_table.orders[\"$5\"]",
        "aws_dynamodb_table.orders[\"é\\n\\t\"]",
        "data.aws_region.here",
        "data.aws_region.here[\"\"]",
        "module.m.aws_dynamodb_table.orders",
        "module.m[\"k\"].module.n[3].data.aws_region.here[0]",
        "data-like.orders",
    ] {
        let address = parse::abs_instance(text).expect(text);
        assert_eq!(address.to_string(), text);
    }
}

#[test]
fn what_is_no_instance_is_refused() {
    for text in [
        "",
        "aws_dynamodb_table",
        "module.m",
        "module",
        "data.aws_region",
        "aws_dynamodb_table.orders.id",
        "aws_dynamodb_table.orders[var.x]",
        "aws_dynamodb_table.orders[*]",
        "aws_dynamodb_table.orders[0][1]",
        "aws_dynamodb_table.orders[-1]",
        "aws_dynamodb_table.orders[1.5]",
        "aws_dynamodb_table[0].orders",
        "a b.c",
        "0.a",
        ".a",
        "a.",
    ] {
        let read = parse::abs_instance(text);
        let error = read.map(|address| address.to_string()).expect_err(text);
        assert_eq!(error.text, text);
        assert!(error.sentence().ends_with('.'), "{error}");
    }
}

#[test]
fn targets_cover_what_they_name() {
    let covered = |target: &str, instance: &str| {
        let target = parse::target(target).expect(target);
        let instance = parse::abs_instance(instance).expect(instance);
        target.covers(&instance)
    };
    for (target, instance, wanted) in [
        ("a.b", "a.b", true),
        ("a.b", "a.b[0]", true),
        ("a.b", "a.b[\"k\"]", true),
        ("a.b", "a.c", false),
        ("a.b", "module.m.a.b", false),
        ("a.b[0]", "a.b[0]", true),
        ("a.b[0]", "a.b[1]", false),
        ("a.b[0]", "a.b", false),
        ("a.b[\"0\"]", "a.b[0]", false),
        ("data.a.b", "a.b", false),
        ("module.m", "module.m.a.b", true),
        ("module.m", "module.m[0].a.b[1]", true),
        ("module.m", "module.m.module.n.a.b", true),
        ("module.m", "module.mm.a.b", false),
        ("module.m[0]", "module.m[0].a.b", true),
        ("module.m[0]", "module.m[1].a.b", false),
        ("module.m.a.b", "module.m[3].a.b", false),
        ("module.m.a.b", "module.m.module.n.a.b", false),
        ("module.m[3].a.b[0]", "module.m[3].a.b[0]", true),
    ] {
        assert_eq!(covered(target, instance), wanted, "{target} {instance}");
    }
    for text in ["", "a", "module", "a.b.c", "a.b[*]"] {
        assert!(parse::target(text).is_err(), "{text}");
    }
    let target = parse::target("module.m[\"k\"]").expect("a module");
    assert!(matches!(target, Target::Module(_)));
    assert_eq!(target.to_string(), "module.m[\"k\"]");
}

#[test]
fn blocks_and_modules_read_back() {
    for (text, wanted) in [
        ("aws_dynamodb_table.orders", "aws_dynamodb_table.orders"),
        ("data.aws_region.here", "data.aws_region.here"),
        (
            "module.m.data.aws_region.here",
            "module.m.data.aws_region.here",
        ),
        ("module.m[0].a.b", "module.m.a.b"),
        ("a.b[0]", "a.b"),
    ] {
        let block = parse::config_resource(text).expect(text);
        assert_eq!(block.to_string(), wanted);
    }
    for text in ["", "module.m", "module.m[\"a\"].module.n[0]"] {
        let module = parse::module_instance(text).expect(text);
        assert_eq!(module.to_string(), text);
        assert_eq!(module.is_root(), text.is_empty());
    }
    assert!(parse::module_instance("a.b").is_err());
    assert!(parse::abs_resource("a.b[0]").is_err());
    assert_eq!(parse::abs_resource("a.b").expect("a.b").to_string(), "a.b");
}

#[test]
fn modules_contain_what_lies_in_them() {
    let module = |text: &str| parse::module_instance(text).expect(text);
    assert!(ModuleInstance::root().contains(&module("module.m")));
    assert!(module("module.m").contains(&module("module.m.module.n")));
    assert!(!module("module.m[0]").contains(&module("module.m[1]")));
    assert!(!module("module.m.module.n").contains(&module("module.m")));
    assert_eq!(
        module("module.m.module.n").parent(),
        Some(module("module.m"))
    );
    assert_eq!(ModuleInstance::root().parent(), None);
}

#[test]
fn providers_have_a_source_and_an_alias() {
    for (text, wanted) in [
        ("aws", Some("registry.terraform.io/hashicorp/aws")),
        ("me/aws", Some("registry.terraform.io/me/aws")),
        ("example.com/me/aws", Some("example.com/me/aws")),
        (
            "terraform.io/builtin/terraform",
            Some("terraform.io/builtin/terraform"),
        ),
        ("", None),
        ("a/b/c/d", None),
        ("a//b", None),
        ("a b", None),
    ] {
        let source = ProviderAddr::parse_source(text);
        assert_eq!(
            source.map(|source| source.to_string()).as_deref(),
            wanted,
            "{text:?}"
        );
    }
    assert_eq!(
        ProviderAddr::implied("terraform"),
        ProviderAddr::builtin("terraform")
    );
    assert_eq!(ProviderAddr::implied("aws").short(), "hashicorp/aws");
    for text in [
        "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "provider[\"registry.terraform.io/hashicorp/aws\"].east",
        "module.m.provider[\"registry.opentofu.org/hashicorp/aws\"].east",
    ] {
        let address = parse::provider_config(text).expect(text);
        assert_eq!(address.to_string(), text);
    }
    let old = parse::provider_config("provider.aws.east").expect("the old form");
    assert_eq!(
        old.to_string(),
        "provider[\"registry.terraform.io/hashicorp/aws\"].east"
    );
    for text in [
        "",
        "provider",
        "aws",
        "provider[0]",
        "provider[\"a\"][\"b\"]",
        "provider[\"a\"].b.c",
    ] {
        assert!(parse::provider_config(text).is_err(), "{text}");
    }
}

#[test]
fn instances_are_listed_none_then_numbers_then_texts() {
    let mut texts = [
        "a.b[\"10\"]",
        "a.b[10]",
        "a.b[9]",
        "a.b",
        "a.b[\"z\"]",
        "a.a[3]",
    ];
    texts.sort_by_key(|text| parse::abs_instance(text).expect("an instance"));
    assert_eq!(
        texts,
        [
            "a.a[3]",
            "a.b",
            "a.b[9]",
            "a.b[10]",
            "a.b[\"10\"]",
            "a.b[\"z\"]"
        ]
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        let _ = parse::target(&text);
        let _ = parse::config_resource(&text);
        let _ = parse::provider_config(&text);
        let _ = parse::module_instance(&text);
    }
}
