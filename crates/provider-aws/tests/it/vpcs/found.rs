//! What is found: by import, by the run after one that broke, by data sources.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Intent};

use super::{SUBNET, VPC, id, sent, subnet, vpc, with};
use crate::bed::{bed, difference, errors, to_json};
use crate::looks::settled;
use crate::recovery::{intent, judge};

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
