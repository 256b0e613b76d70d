//! EC2, asked as AWS clients ask it: VPCs, subnets, tags, zones, and what is refused.

use trueup_emulator::{Config, Emulator};

use crate::bed::{Answer, ask, memory, query};

async fn call(emulator: &Emulator, form: &str) -> Answer {
    let form = format!("Version=2016-11-15&Action={form}");
    ask(emulator, &query("eu-west-1", "ec2", &form)).await
}

async fn good(emulator: &Emulator, form: &str) -> Answer {
    let answer = call(emulator, form).await;
    assert_eq!(answer.status, 200, "{form}: {}", answer.text());
    answer
}

async fn refused(emulator: &Emulator, form: &str, code: &str) {
    let answer = call(emulator, form).await;
    assert_eq!(
        (answer.status, answer.element("Code").as_str()),
        (400, code),
        "{form}: {}",
        answer.text()
    );
}

async fn vpc(emulator: &Emulator) -> String {
    let made = good(emulator, "CreateVpc&CidrBlock=10.0.0.0%2F16").await;
    made.element("vpcId")
}

#[tokio::test]
async fn a_vpc_is_pending_then_there_then_gone() {
    let emulator = memory(2);
    let id = vpc(&emulator).await;
    let describe = format!("DescribeVpcs&VpcId.1={id}");
    for state in ["pending", "pending", "available"] {
        assert_eq!(good(&emulator, &describe).await.element("state"), state);
    }
    let subnet = good(
        &emulator,
        &format!("CreateSubnet&VpcId={id}&CidrBlock=10.0.1.0%2F24&AvailabilityZone=eu-west-1b"),
    )
    .await;
    assert_eq!(subnet.element("availabilityZoneId"), "euw1-az1");
    assert_eq!(subnet.element("availableIpAddressCount"), "251");
    let delete = format!("DeleteVpc&VpcId={id}");
    refused(&emulator, &delete, "DependencyViolation").await;
    let subnet = subnet.element("subnetId");
    good(&emulator, &format!("DeleteSubnet&SubnetId={subnet}")).await;
    good(&emulator, &delete).await;
    refused(&emulator, &describe, "InvalidVpcID.NotFound").await;
    refused(&emulator, &delete, "InvalidVpcID.NotFound").await;
}

#[tokio::test]
async fn what_stands_beside_a_vpc_is_found_by_filters() {
    let emulator = memory(0);
    let id = vpc(&emulator).await;
    for (operation, filter, element, kind) in [
        ("DescribeNetworkAcls", "default", "networkAclId", "acl-"),
        (
            "DescribeRouteTables",
            "association.main",
            "routeTableId",
            "rtb-",
        ),
        ("DescribeSecurityGroups", "group-name", "groupId", "sg-"),
    ] {
        let value = if filter == "group-name" {
            "default"
        } else {
            "true"
        };
        let found = good(
            &emulator,
            &format!("{operation}&Filter.1.Name={filter}&Filter.1.Value.1={value}&Filter.2.Name=vpc-id&Filter.2.Value.1={id}"),
        )
        .await;
        assert!(found.element(element).starts_with(kind), "{}", found.text());
    }
    refused(
        &emulator,
        "DescribeVpcs&Filter.1.Name=colour&Filter.1.Value.1=red",
        "InvalidParameterValue",
    )
    .await;
    // A region has a default VPC from the start.
    let default = good(
        &emulator,
        "DescribeVpcs&Filter.1.Name=is-default&Filter.1.Value.1=true",
    )
    .await;
    assert_eq!(default.element("cidrBlock"), "172.31.0.0/16");
    let page = good(&emulator, "DescribeTags&MaxResults=5").await;
    assert_eq!(page.element("nextToken"), "");
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_code() {
    let emulator = memory(0);
    let id = vpc(&emulator).await;
    good(
        &emulator,
        &format!("CreateSubnet&VpcId={id}&CidrBlock=10.0.1.0%2F24"),
    )
    .await;
    let with = |rest: &str| rest.replace("ID", &id);
    for (form, code) in [
        ("CreateVpc&CidrBlock=10.0.0.0%2F8", "InvalidVpc.Range"),
        ("CreateVpc&CidrBlock=10.0.0", "InvalidParameterValue"),
        ("CreateVpc", "MissingParameter"),
        (
            "CreateVpc&CidrBlock=10.0.0.0%2F16&InstanceTenancy=host",
            "InvalidParameterValue",
        ),
        (
            "CreateSubnet&VpcId=ID&CidrBlock=10.1.0.0%2F24",
            "InvalidSubnet.Range",
        ),
        (
            "CreateSubnet&VpcId=ID&CidrBlock=10.0.1.128%2F25",
            "InvalidSubnet.Conflict",
        ),
        (
            "CreateSubnet&VpcId=ID&CidrBlock=10.0.2.0%2F24&AvailabilityZone=eu-west-1z",
            "InvalidParameterValue",
        ),
        (
            "CreateSubnet&VpcId=vpc-0123456789abcdef0&CidrBlock=10.0.2.0%2F24",
            "InvalidVpcID.NotFound",
        ),
        ("CreateSubnet&VpcId=ID", "MissingParameter"),
        ("DescribeVpcs&VpcId.1=orders", "InvalidVpcID.Malformed"),
        (
            "DescribeSubnets&SubnetId.1=subnet-0123456789abcdef0",
            "InvalidSubnetID.NotFound",
        ),
        ("ModifyVpcAttribute&VpcId=ID", "MissingParameter"),
        (
            "ModifyVpcAttribute&VpcId=ID&EnableDnsSupport.Value=true&EnableDnsHostnames.Value=true",
            "InvalidParameterCombination",
        ),
        (
            "CreateTags&ResourceId.1=i-1&Tag.1.Key=a&Tag.1.Value=b",
            "InvalidID",
        ),
        (
            "CreateTags&ResourceId.1=ID&Tag.1.Key=aws:a&Tag.1.Value=b",
            "InvalidParameterValue",
        ),
        (
            "DescribeAvailabilityZones&ZoneName.1=eu-west-1z",
            "InvalidParameterValue",
        ),
        ("MakeCoffee", "InvalidAction"),
    ] {
        refused(&emulator, &with(form), code).await;
    }
}

#[tokio::test]
async fn tags_come_go_and_outlive_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || Emulator::open(folder.path(), Config::default()).expect("it opens");
    let emulator = open();
    let id = vpc(&emulator).await;
    let tag = format!(
        "CreateTags&ResourceId.1={id}&Tag.1.Key=Name&Tag.1.Value=a%26b&Tag.2.Key=empty&Tag.2.Value="
    );
    good(&emulator, &tag).await;
    // A tag of another value stays, one without a value goes whatever it says.
    let delete =
        format!("DeleteTags&ResourceId.1={id}&Tag.1.Key=Name&Tag.1.Value=other&Tag.2.Key=empty");
    good(&emulator, &delete).await;
    drop(emulator);
    let found = good(
        &open(),
        "DescribeVpcs&Filter.1.Name=tag%3AName&Filter.1.Value.1=a*",
    )
    .await;
    assert_eq!(found.element("vpcId"), id);
    assert!(found.text().contains("a&amp;b") && !found.text().contains("empty"));
}
