//! VPCs: made, changed in place, replaced, changed outside.

use serde_json::json;

use super::{SUBNET, VPC, changed_outside, id, replaced, sent, subnet, vpc, with};
use crate::bed::{bed, bed_with, to_json};
use crate::looks::settled;

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
