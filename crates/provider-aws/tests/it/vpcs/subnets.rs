//! Subnets: made, changed in place, replaced.

use serde_json::json;

use super::{SUBNET, VPC, id, replaced, sent, subnet, vpc, with};
use crate::bed::{bed, to_json};
use crate::looks::settled;

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
