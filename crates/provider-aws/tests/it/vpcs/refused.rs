//! What can't be had: by the blocks alone, and in the words of the service.

use serde_json::json;
use trueup_provider::ApplyOutcome;

use super::{SUBNET, VPC, subnet, vpc};
use crate::bed::bed;

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
