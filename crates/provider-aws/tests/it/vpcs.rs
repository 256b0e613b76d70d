//! VPCs, subnets and zones on the embedded AWS: created, read, changed, replaced, deleted, imported, recovered.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Intent, Object};

use crate::bed::{Bed, bed, bed_with, difference, errors, over, to_json};
use crate::looks::{calls, settled};
use crate::recovery::{intent, judge};

const VPC: &str = "aws_vpc";
const SUBNET: &str = "aws_subnet";

fn vpc() -> Json {
    json!({"cidr_block": "10.96.0.0/16", "tags": {"Name": "orders"}})
}

fn id(object: &Object) -> String {
    let state = to_json(&object.value);
    state["id"].as_str().expect("an id").to_owned()
}

fn subnet(vpc: &Object, cidr: &str) -> Json {
    json!({"vpc_id": id(vpc), "cidr_block": cidr, "availability_zone": "eu-west-1a"})
}

fn with(config: &Json, more: Json) -> Json {
    let mut config = config.clone();
    let members = config.as_object_mut().expect("a block");
    members.extend(more.as_object().expect("members").clone());
    config
}

fn sent(bed: &Bed, operation: &str) -> u64 {
    calls(bed, "ec2", operation)
}

/// What of an object can't be changed in place, by name.
fn replaced(bed: &Bed, kind: &str, object: &Object, config: &Json) -> Vec<String> {
    let planned = bed.plan(kind, Some(object), config);
    planned
        .requires_replace
        .iter()
        .map(|path| path.to_string().trim_start_matches('.').to_owned())
        .collect()
}

/// Changes an object the way another program would, and answers what is read then.
async fn changed_outside(bed: &Bed, kind: &str, object: &Object, config: &Json) -> Json {
    let elsewhere = over(bed.emulator.clone(), json!({"region": "eu-west-1"})).await;
    elsewhere.apply(kind, Some(object), config).await;
    to_json(&bed.read(kind, object).await.expect("it is there").value)
}

#[tokio::test]
async fn a_vpc_stands_in_state_as_everybody_writes_it() {
    let bed = bed().await;
    let object = bed.apply(VPC, None, &vpc()).await;
    let state = to_json(&object.value);
    let id = id(&object);
    for (name, kind) in [
        ("default_network_acl_id", "acl-"),
        ("default_route_table_id", "rtb-"),
        ("default_security_group_id", "sg-"),
        ("dhcp_options_id", "dopt-"),
        ("id", "vpc-"),
    ] {
        let found = state[name].as_str().unwrap_or_default();
        assert!(found.starts_with(kind), "{name}: {found}");
    }
    assert_eq!(
        state,
        json!({
            "arn": format!("arn:aws:ec2:eu-west-1:123456789012:vpc/{id}"),
            "assign_generated_ipv6_cidr_block": false,
            "cidr_block": "10.96.0.0/16",
            "default_network_acl_id": state["default_network_acl_id"],
            "default_route_table_id": state["main_route_table_id"],
            "default_security_group_id": state["default_security_group_id"],
            "dhcp_options_id": state["dhcp_options_id"],
            "enable_dns_hostnames": false,
            "enable_dns_support": true,
            "enable_network_address_usage_metrics": false,
            "id": id,
            "instance_tenancy": "default",
            "ipv4_ipam_pool_id": null,
            "ipv4_netmask_length": null,
            "ipv6_association_id": "",
            "ipv6_cidr_block": "",
            "ipv6_cidr_block_network_border_group": "",
            "ipv6_ipam_pool_id": "",
            "ipv6_netmask_length": 0,
            "main_route_table_id": state["main_route_table_id"],
            "owner_id": "123456789012",
            "region": null,
            "tags": {"Name": "orders"},
            "tags_all": {"Name": "orders"},
        })
    );
    assert_eq!(
        object.private.as_deref(),
        Some(&br#"{"schema_version":"1"}"#[..])
    );
    settled(&bed, VPC, &object, &vpc()).await;
    assert_eq!(sent(&bed, "CreateVpc"), 1);
    assert_eq!(sent(&bed, "ModifyVpcAttribute"), 0);
    assert_eq!(sent(&bed, "CreateTags"), 0);
}

#[tokio::test]
async fn the_settings_of_a_vpc_change_in_place() {
    let bed =
        bed_with(json!({"region": "eu-west-1", "default_tags": [{"tags": {"env": "test"}}]})).await;
    let one = with(
        &vpc(),
        json!({"enable_dns_hostnames": true, "enable_network_address_usage_metrics": true}),
    );
    let object = bed.apply(VPC, None, &one).await;
    assert_eq!(sent(&bed, "ModifyVpcAttribute"), 2);
    settled(&bed, VPC, &object, &one).await;
    let two = json!({
        "cidr_block": "10.96.0.0/16", "enable_dns_hostnames": false, "enable_dns_support": false,
        "enable_network_address_usage_metrics": false, "tags": {"team": "red"},
    });
    assert_eq!(replaced(&bed, VPC, &object, &two), Vec::<String>::new());
    let changed = bed.apply(VPC, Some(&object), &two).await;
    let state = to_json(&changed.value);
    assert_eq!(id(&changed), id(&object));
    assert_eq!(state["enable_dns_support"], json!(false));
    assert_eq!(state["tags_all"], json!({"env": "test", "team": "red"}));
    settled(&bed, VPC, &changed, &two).await;
    // One call a setting; one for the tags that go, one for those that come.
    assert_eq!(sent(&bed, "ModifyVpcAttribute"), 5);
    assert_eq!((sent(&bed, "DeleteTags"), sent(&bed, "CreateTags")), (1, 1));
}

#[tokio::test]
async fn another_range_or_tenancy_needs_another_vpc() {
    let bed = bed().await;
    let dedicated = with(&vpc(), json!({"instance_tenancy": "dedicated"}));
    let object = bed.apply(VPC, None, &dedicated).await;
    let moved = with(&dedicated, json!({"cidr_block": "10.97.0.0/16"}));
    assert_eq!(replaced(&bed, VPC, &object, &moved), ["cidr_block"]);
    // A range that is taken from the configuration stays.
    let unsaid = json!({"instance_tenancy": "dedicated", "tags": {"Name": "orders"}});
    assert!(replaced(&bed, VPC, &object, &unsaid).is_empty());
    // From dedicated to default there is a call, back there is none.
    assert!(replaced(&bed, VPC, &object, &vpc()).is_empty());
    let loosened = bed.apply(VPC, Some(&object), &vpc()).await;
    assert_eq!(sent(&bed, "ModifyVpcTenancy"), 1);
    settled(&bed, VPC, &loosened, &vpc()).await;
    assert_eq!(
        replaced(&bed, VPC, &loosened, &dedicated),
        ["instance_tenancy"]
    );
}

#[tokio::test]
async fn an_ipv6_range_comes_and_goes() {
    let bed = bed().await;
    let with_range = with(&vpc(), json!({"assign_generated_ipv6_cidr_block": true}));
    let object = bed.apply(VPC, None, &vpc()).await;
    let planned = bed.plan(VPC, Some(&object), &with_range);
    let planned = to_json(&planned.value);
    assert_eq!(planned["ipv6_cidr_block"], json!({"$unknown": true}));
    let ranged = bed.apply(VPC, Some(&object), &with_range).await;
    let state = to_json(&ranged.value);
    let range = state["ipv6_cidr_block"].as_str().expect("a range");
    assert!(range.ends_with("::/56"), "{range}");
    assert_eq!(
        state["ipv6_cidr_block_network_border_group"],
        json!("eu-west-1")
    );
    settled(&bed, VPC, &ranged, &with_range).await;

    let within = with(
        &subnet(&ranged, "10.96.1.0/24"),
        json!({
            "ipv6_cidr_block": range.replace("/56", "/64"),
            "assign_ipv6_address_on_creation": true, "enable_dns64": true,
        }),
    );
    let inside = bed.apply(SUBNET, None, &within).await;
    settled(&bed, SUBNET, &inside, &within).await;
    let without = subnet(&ranged, "10.96.1.0/24");
    assert!(replaced(&bed, SUBNET, &inside, &without).is_empty());
    let outside = bed.apply(SUBNET, Some(&inside), &without).await;
    assert_eq!(to_json(&outside.value)["ipv6_cidr_block"], json!(""));
    settled(&bed, SUBNET, &outside, &without).await;

    let off = with(&vpc(), json!({"assign_generated_ipv6_cidr_block": false}));
    let bare = bed.apply(VPC, Some(&ranged), &off).await;
    assert_eq!(to_json(&bare.value)["ipv6_association_id"], json!(""));
    settled(&bed, VPC, &bare, &off).await;
}

#[tokio::test]
async fn what_changed_outside_is_read_and_what_is_gone_is_missed() {
    let bed = bed().await;
    let network = bed.apply(VPC, None, &vpc()).await;
    let wanted = subnet(&network, "10.96.1.0/24");
    let inside = bed.apply(SUBNET, None, &wanted).await;
    let other = with(
        &vpc(),
        json!({"enable_dns_support": false, "tags": {"Name": "other", "more": ""}}),
    );
    let state = changed_outside(&bed, VPC, &network, &other).await;
    assert_eq!(state["enable_dns_support"], json!(false));
    assert_eq!(state["tags"], json!({"Name": "other", "more": ""}));
    let other = with(&wanted, json!({"map_public_ip_on_launch": true}));
    let state = changed_outside(&bed, SUBNET, &inside, &other).await;
    assert_eq!(state["map_public_ip_on_launch"], json!(true));
    // Both are put right.
    let seen = bed.read(VPC, &network).await.expect("it is there");
    let network = bed.apply(VPC, Some(&seen), &vpc()).await;
    settled(&bed, VPC, &network, &vpc()).await;

    bed.delete(SUBNET, &inside).await;
    bed.delete(VPC, &network).await;
    assert!(bed.read(SUBNET, &inside).await.is_none());
    assert!(bed.read(VPC, &network).await.is_none());
    // What is gone already is deleted.
    bed.delete(SUBNET, &inside).await;
    bed.delete(VPC, &network).await;
}

#[tokio::test]
async fn a_subnet_stands_in_state_as_everybody_writes_it() {
    let bed = bed().await;
    let network = bed.apply(VPC, None, &vpc()).await;
    let wanted = subnet(&network, "10.96.1.0/24");
    let object = bed.apply(SUBNET, None, &wanted).await;
    let id = id(&object);
    assert_eq!(
        to_json(&object.value),
        json!({
            "arn": format!("arn:aws:ec2:eu-west-1:123456789012:subnet/{id}"),
            "assign_ipv6_address_on_creation": false,
            "availability_zone": "eu-west-1a",
            "availability_zone_id": "euw1-az3",
            "cidr_block": "10.96.1.0/24",
            "customer_owned_ipv4_pool": "",
            "enable_dns64": false,
            "enable_lni_at_device_index": 0,
            "enable_resource_name_dns_a_record_on_launch": false,
            "enable_resource_name_dns_aaaa_record_on_launch": false,
            "id": id,
            "ipv6_cidr_block": "",
            "ipv6_cidr_block_association_id": "",
            "ipv6_native": false,
            "map_customer_owned_ip_on_launch": false,
            "map_public_ip_on_launch": false,
            "outpost_arn": "",
            "owner_id": "123456789012",
            "private_dns_hostname_type_on_launch": "ip-name",
            "region": null,
            "tags": null,
            "tags_all": {},
            "timeouts": null,
            "vpc_id": wanted["vpc_id"],
        })
    );
    assert_eq!(
        object.private.as_deref(),
        Some(
            &br#"{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":600000000000,"delete":1200000000000},"schema_version":"1"}"#[..]
        )
    );
    settled(&bed, SUBNET, &object, &wanted).await;
}

#[tokio::test]
async fn the_settings_of_a_subnet_change_in_place() {
    let bed = bed().await;
    let network = bed.apply(VPC, None, &vpc()).await;
    let one = subnet(&network, "10.96.1.0/24");
    let object = bed.apply(SUBNET, None, &one).await;
    let two = with(
        &one,
        json!({
            "map_public_ip_on_launch": true,
            "enable_resource_name_dns_a_record_on_launch": true,
            "private_dns_hostname_type_on_launch": "resource-name",
            "tags": {"tier": "web"},
        }),
    );
    assert!(replaced(&bed, SUBNET, &object, &two).is_empty());
    let changed = bed.apply(SUBNET, Some(&object), &two).await;
    assert_eq!(sent(&bed, "ModifySubnetAttribute"), 3);
    settled(&bed, SUBNET, &changed, &two).await;
    let back = bed.apply(SUBNET, Some(&changed), &one).await;
    // What the block leaves to AWS stays as it is.
    assert_eq!(
        to_json(&back.value)["private_dns_hostname_type_on_launch"],
        json!("resource-name")
    );
    settled(&bed, SUBNET, &back, &one).await;
}

#[tokio::test]
async fn range_zone_and_vpc_need_another_subnet() {
    let bed = bed().await;
    let network = bed.apply(VPC, None, &vpc()).await;
    let one = subnet(&network, "10.96.1.0/24");
    let object = bed.apply(SUBNET, None, &one).await;
    for (name, value) in [
        ("cidr_block", "10.96.2.0/24"),
        ("availability_zone", "eu-west-1b"),
        ("vpc_id", "vpc-0123456789abcdef0"),
    ] {
        let other = with(&one, json!({name: value}));
        assert_eq!(replaced(&bed, SUBNET, &object, &other), [name]);
    }
}

#[tokio::test]
async fn imports_find_what_is_there() {
    let bed = bed().await;
    let network = bed.apply(VPC, None, &vpc()).await;
    let inside = bed
        .apply(SUBNET, None, &subnet(&network, "10.96.1.0/24"))
        .await;
    for (kind, object) in [(VPC, &network), (SUBNET, &inside)] {
        let found = bed.kind(kind).import(&bed.cx, &id(object)).await;
        let found = found.expect("no failure").remove(0).object;
        assert!(
            trueup_provider::same_but_for_zero(&found.value, &object.value),
            "{}",
            difference(&to_json(&object.value), &to_json(&found.value))
        );
        let prefix = kind.trim_start_matches("aws_");
        let missing = format!("{prefix}-0123456789abcdef0");
        let none = bed.kind(kind).import(&bed.cx, &missing).await;
        assert!(none.expect("no failure").is_empty());
        let bad = bed.kind(kind).import(&bed.cx, "orders").await;
        let said = bad.expect_err("no id").summary;
        assert!(said.contains("Malformed"), "{said}");
    }
}

#[tokio::test]
async fn refusals_are_told_in_the_services_words() {
    let bed = bed().await;
    let network = bed.apply(VPC, None, &vpc()).await;
    bed.apply(SUBNET, None, &subnet(&network, "10.96.1.0/24"))
        .await;
    for (cidr, code) in [
        (
            "10.97.1.0/24",
            "InvalidSubnet.Range: The CIDR '10.97.1.0/24' is invalid.",
        ),
        (
            "10.96.1.128/25",
            "InvalidSubnet.Conflict: The CIDR '10.96.1.128/25' conflicts with another subnet",
        ),
    ] {
        let config = subnet(&network, cidr);
        let (outcome, _) = bed.try_apply(SUBNET, None, Some(&config)).await;
        let ApplyOutcome::Failed(None, problems) = outcome else {
            panic!("{outcome:?}");
        };
        let said = &problems[0].summary;
        let wanted = format!("creating EC2 Subnet: {code}\n\tstatus code: 400, request id: ");
        assert!(said.starts_with(&wanted), "{said}");
    }
}

#[tokio::test]
async fn blocks_are_checked_without_aws() {
    let bed = bed().await;
    for (kind, config, want) in [
        (
            VPC,
            json!({"cidr_block": "10.0.0.0/8"}),
            "between 16 and 28",
        ),
        (
            VPC,
            json!({"cidr_block": "10.0.1.0/16"}),
            "did you mean \"10.0.0.0/16\"",
        ),
        (
            VPC,
            json!({"cidr_block": "10.0.0.0/16", "instance_tenancy": "host"}),
            "to be one of",
        ),
        (
            VPC,
            json!({"cidr_block": "10.0.0.0/16", "ipv4_netmask_length": 20, "ipv4_ipam_pool_id": "p"}),
            "Conflicting configuration arguments",
        ),
        (
            VPC,
            json!({"ipv4_netmask_length": 20}),
            "Missing required argument",
        ),
        (
            SUBNET,
            json!({"vpc_id": "vpc-1", "cidr_block": "10.0.0.1/24"}),
            "did you mean",
        ),
        (
            SUBNET,
            json!({"vpc_id": "vpc-1", "availability_zone": "a", "availability_zone_id": "b"}),
            "Conflicting configuration arguments",
        ),
        (
            SUBNET,
            json!({"vpc_id": "vpc-1", "customer_owned_ipv4_pool": "p"}),
            "Missing required argument",
        ),
        (
            SUBNET,
            json!({"vpc_id": "vpc-1", "timeouts": {"delete": "soon"}}),
            "invalid duration",
        ),
    ] {
        let found = bed.provider_problems(kind, &config);
        assert!(
            found.iter().any(|summary| summary.contains(want)),
            "{config}: {found:?}"
        );
    }
    assert!(bed.provider_problems(VPC, &vpc()).is_empty());
}

#[tokio::test]
async fn a_later_call_that_fails_loses_no_vpc() {
    let bed = bed().await;
    let wanted = with(&vpc(), json!({"enable_dns_hostnames": true}));
    bed.emulator.faults().add(Rule::next(
        Service::Ec2,
        "ModifyVpcAttribute",
        1,
        Fault::FailBefore {
            status: 403,
            code: "UnauthorizedOperation".to_owned(),
            message: "You are not authorized to perform this operation.".to_owned(),
        },
    ));
    let (outcome, heard) = bed.try_apply(VPC, None, Some(&wanted)).await;
    let ApplyOutcome::Failed(Some(object), _) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(heard.created.lock().expect("not poisoned").len(), 1);
    let done = bed.apply(VPC, Some(&object), &wanted).await;
    assert_eq!(id(&done), id(&object));
    settled(&bed, VPC, &done, &wanted).await;
    assert_eq!(sent(&bed, "CreateVpc"), 1);
}

#[tokio::test]
async fn what_an_earlier_run_made_is_found_again() {
    let bed = bed().await;
    for (kind, operation) in [(VPC, "CreateVpc"), (SUBNET, "CreateSubnet")] {
        let config = if kind == VPC {
            vpc()
        } else {
            subnet(&bed.apply(VPC, None, &vpc()).await, "10.96.1.0/24")
        };
        bed.emulator
            .faults()
            .add(Rule::next(Service::Ec2, operation, 1, Fault::DropAnswer));
        let step = bed.step(kind, None, Some(&config));
        let open = intent(&bed, kind, &step, None);
        let (outcome, _) = bed.try_apply(kind, None, Some(&config)).await;
        assert!(matches!(outcome, ApplyOutcome::Unknown(_)), "{outcome:?}");
        let verdict = judge(&bed, kind, vec![open.clone()]).await.remove(0);
        let Adoption::Adopt(object) = verdict else {
            panic!("{kind} is there: {verdict:?}");
        };
        settled(&bed, kind, &object, &config).await;
        bed.delete(kind, &object).await;
        let verdict = judge(&bed, kind, vec![open]).await.remove(0);
        assert!(matches!(verdict, Adoption::Forget), "{verdict:?}");
    }
}

#[tokio::test]
async fn a_vpc_whose_id_is_known_is_found_whatever_was_done_in_it() {
    let bed = bed().await;
    let wanted = with(&vpc(), json!({"enable_dns_hostnames": true}));
    let step = bed.step(VPC, None, Some(&wanted));
    let made = bed.apply(VPC, None, &wanted).await;
    bed.apply(SUBNET, None, &subnet(&made, "10.96.1.0/24"))
        .await;
    // Its twin is none of ours, and neither guess is needed.
    bed.apply(VPC, None, &wanted).await;
    let guessed = intent(&bed, VPC, &step, None);
    let open = Intent {
        made: bed.kind(VPC).made_id(&made.value),
        ..guessed.clone()
    };
    let judged = judge(&bed, VPC, vec![guessed, open]).await;
    assert!(matches!(judged[0], Adoption::Forget), "{judged:?}");
    let Adoption::Adopt(object) = &judged[1] else {
        panic!("{judged:?}");
    };
    assert_eq!(id(object), id(&made));
    settled(&bed, VPC, object, &wanted).await;
    let gone = Intent {
        made: Some("vpc-0123456789abcdef0".to_owned()),
        ..intent(&bed, VPC, &step, None)
    };
    let judged = judge(&bed, VPC, vec![gone]).await;
    assert!(matches!(judged[0], Adoption::Forget), "{judged:?}");
}

#[tokio::test]
async fn zones_are_read_with_all_filters() {
    let bed = bed().await;
    let read = async |kind: &str, config: Json| match crate::data_sources::read(&bed, kind, config)
        .await
    {
        Ok(value) => Ok(to_json(&value)),
        Err(problems) => Err(errors(&problems)),
    };
    let zones = "aws_availability_zones";
    let all = read(zones, json!({"state": "available"}))
        .await
        .expect("zones");
    assert_eq!(
        all["names"],
        json!(["eu-west-1a", "eu-west-1b", "eu-west-1c"])
    );
    assert_eq!(all["zone_ids"], json!(["euw1-az3", "euw1-az1", "euw1-az2"]));
    assert_eq!(all["id"], json!("eu-west-1"));
    let but = json!({
        "exclude_names": ["eu-west-1a"], "exclude_zone_ids": ["euw1-az1"],
        "filter": [{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
    });
    let but = read(zones, but).await.expect("zones");
    assert_eq!(but["names"], json!(["eu-west-1c"]));
    let none = json!({"filter": [{"name": "zone-name", "values": ["eu-west-1z"]}]});
    assert!(read(zones, none).await.is_err());
    let elsewhere = read(zones, json!({"region": "us-east-1"}))
        .await
        .expect("zones");
    assert_eq!(elsewhere["names"][5], json!("us-east-1f"));
    let one = "aws_availability_zone";
    let zone = read(one, json!({"name": "eu-west-1c"}))
        .await
        .expect("a zone");
    assert_eq!(
        (&zone["name_suffix"], &zone["zone_id"], &zone["region"]),
        (&json!("c"), &json!("euw1-az2"), &json!("eu-west-1"))
    );
    assert!(read(one, json!({})).await.is_err(), "several");
}
