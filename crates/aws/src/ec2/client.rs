//! EC2 by signed calls: its SDK would be compiled for two dozen operations out of hundreds.
use std::collections::BTreeMap;

use futures::future::BoxFuture;

use super::wire;
use super::{
    Asked, CreateSubnet, CreateVpc, Ec2, Filter, Ipv6Source, NetworkInterface, Subnet,
    SubnetChange, Vpc, VpcAttribute, VpcPart, Zone,
};
use crate::Error;
use crate::query::Parameters;
use crate::signed::{Repeat, Signed};
use crate::xml::Element;

const VERSION: &str = "2016-11-15";

/// How many values a filter may have.
const VALUES: usize = 200;

/// EC2 behind signed calls.
pub(crate) struct Client {
    signed: Signed,
}

impl Client {
    pub(crate) fn new(signed: Signed) -> Self {
        Self { signed }
    }

    async fn call(
        &self,
        operation: &'static str,
        parameters: &Parameters,
        repeat: Repeat,
    ) -> Result<Element, Error> {
        self.signed
            .query(VERSION, operation, parameters, repeat)
            .await
    }

    fn done<'a>(
        &'a self,
        operation: &'static str,
        parameters: Parameters,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            self.call(operation, &parameters, Repeat::Always)
                .await
                .map(drop)
        })
    }

    /// All elements of a list that comes in pages.
    async fn all(
        &self,
        operation: &'static str,
        parameters: Parameters,
        list: &str,
    ) -> Result<Vec<Element>, Error> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut parameters = parameters.clone();
            parameters.say_if("NextToken", next.as_deref());
            let answer = self.call(operation, &parameters, Repeat::Always).await?;
            all.extend_from_slice(answer.list(list));
            next = answer.text("nextToken");
            if next.is_none() {
                return Ok(all);
            }
        }
    }
}

fn asked(asked: Asked<'_>, id: &str) -> Parameters {
    let mut said = Parameters::default();
    match asked {
        Asked::One(one) => said.list(id, &[one]),
        Asked::Filtered(filters) => wire::say_filters(&mut said, filters),
    }
    said
}

fn of(name: &str, id: &str) -> Parameters {
    let mut said = Parameters::default();
    said.say(name, id);
    said
}

impl Ec2 for Client {
    fn create_vpc(&self, request: CreateVpc) -> BoxFuture<'_, Result<Vpc, Error>> {
        Box::pin(async move {
            let said = wire::new_vpc(&request);
            let answer = self.call("CreateVpc", &said, Repeat::IfNotReached).await?;
            Ok(answer.get("vpc").map(wire::vpc).unwrap_or_default())
        })
    }

    fn describe_vpcs<'a>(&'a self, asked_for: Asked<'a>) -> BoxFuture<'a, Result<Vec<Vpc>, Error>> {
        Box::pin(async move {
            let said = asked(asked_for, "VpcId");
            let found = self.all("DescribeVpcs", said, "vpcSet").await?;
            Ok(found.iter().map(wire::vpc).collect())
        })
    }

    fn vpc_attribute<'a>(
        &'a self,
        vpc: &'a str,
        attribute: VpcAttribute,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let name = wire::attribute(attribute);
            let mut said = of("VpcId", vpc);
            said.say("Attribute", name);
            let answer = self
                .call("DescribeVpcAttribute", &said, Repeat::Always)
                .await?;
            Ok(answer.get(name).is_some_and(|found| found.flag("value")))
        })
    }

    fn set_vpc_attribute<'a>(
        &'a self,
        vpc: &'a str,
        attribute: VpcAttribute,
        on: bool,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let mut name = wire::attribute(attribute).to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let mut said = of("VpcId", vpc);
        said.say(format!("{name}.Value"), on.to_string());
        self.done("ModifyVpcAttribute", said)
    }

    fn set_vpc_tenancy<'a>(
        &'a self,
        vpc: &'a str,
        tenancy: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let mut said = of("VpcId", vpc);
        said.say("InstanceTenancy", tenancy);
        self.done("ModifyVpcTenancy", said)
    }

    fn associate_vpc_block<'a>(
        &'a self,
        vpc: &'a str,
        block: Ipv6Source,
    ) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async move {
            let said = wire::more_ipv6(vpc, &block);
            let answer = self
                .call("AssociateVpcCidrBlock", &said, Repeat::IfNotReached)
                .await?;
            Ok(association(&answer))
        })
    }

    fn disassociate_vpc_block<'a>(
        &'a self,
        association: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done("DisassociateVpcCidrBlock", of("AssociationId", association))
    }

    fn delete_vpc<'a>(&'a self, vpc: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        self.done("DeleteVpc", of("VpcId", vpc))
    }

    fn vpc_parts<'a>(
        &'a self,
        part: VpcPart,
        vpcs: &'a [String],
    ) -> BoxFuture<'a, Result<BTreeMap<String, String>, Error>> {
        Box::pin(async move {
            let (operation, filter, list, id) = wire::part(part);
            let mut parts = BTreeMap::new();
            for some in vpcs.chunks(VALUES) {
                let filters = [filter.clone(), Filter::new("vpc-id", some)];
                let mut said = Parameters::default();
                wire::say_filters(&mut said, &filters);
                for found in self.all(operation, said, list).await? {
                    if let (Some(vpc), Some(id)) = (found.text("vpcId"), found.text(id)) {
                        parts.insert(vpc, id);
                    }
                }
            }
            Ok(parts)
        })
    }

    fn create_subnet(&self, request: CreateSubnet) -> BoxFuture<'_, Result<Subnet, Error>> {
        Box::pin(async move {
            let said = wire::new_subnet(&request);
            let answer = self
                .call("CreateSubnet", &said, Repeat::IfNotReached)
                .await?;
            Ok(answer.get("subnet").map(wire::subnet).unwrap_or_default())
        })
    }

    fn describe_subnets<'a>(
        &'a self,
        asked_for: Asked<'a>,
    ) -> BoxFuture<'a, Result<Vec<Subnet>, Error>> {
        Box::pin(async move {
            let said = asked(asked_for, "SubnetId");
            let found = self.all("DescribeSubnets", said, "subnetSet").await?;
            Ok(found.iter().map(wire::subnet).collect())
        })
    }

    fn change_subnet<'a>(
        &'a self,
        subnet: &'a str,
        change: &'a SubnetChange,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done("ModifySubnetAttribute", wire::subnet_change(subnet, change))
    }

    fn associate_subnet_block<'a>(
        &'a self,
        subnet: &'a str,
        ipv6_cidr: &'a str,
    ) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async move {
            let mut said = of("SubnetId", subnet);
            said.say("Ipv6CidrBlock", ipv6_cidr);
            let answer = self
                .call("AssociateSubnetCidrBlock", &said, Repeat::IfNotReached)
                .await?;
            Ok(association(&answer))
        })
    }

    fn disassociate_subnet_block<'a>(
        &'a self,
        association: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done(
            "DisassociateSubnetCidrBlock",
            of("AssociationId", association),
        )
    }

    fn delete_subnet<'a>(&'a self, subnet: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        self.done("DeleteSubnet", of("SubnetId", subnet))
    }

    fn interfaces_in<'a>(
        &'a self,
        subnet: &'a str,
    ) -> BoxFuture<'a, Result<Vec<NetworkInterface>, Error>> {
        Box::pin(async move {
            let filters = [Filter::new("subnet-id", [subnet])];
            let said = asked(Asked::Filtered(&filters), "NetworkInterfaceId");
            let found = self
                .all("DescribeNetworkInterfaces", said, "networkInterfaceSet")
                .await?;
            Ok(found.iter().map(wire::interface).collect())
        })
    }

    fn delete_interface<'a>(&'a self, interface: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        self.done(
            "DeleteNetworkInterface",
            of("NetworkInterfaceId", interface),
        )
    }

    fn create_tags<'a>(
        &'a self,
        resource: &'a str,
        tags: &'a BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let mut said = of("ResourceId.1", resource);
        wire::say_tags(&mut said, "", tags);
        self.done("CreateTags", said)
    }

    fn delete_tags<'a>(
        &'a self,
        resource: &'a str,
        tags: &'a BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let mut said = of("ResourceId.1", resource);
        wire::say_tags(&mut said, "", tags);
        self.done("DeleteTags", said)
    }

    fn describe_zones<'a>(
        &'a self,
        all: bool,
        names: &'a [String],
        ids: &'a [String],
        filters: &'a [Filter],
    ) -> BoxFuture<'a, Result<Vec<Zone>, Error>> {
        Box::pin(async move {
            let mut said = Parameters::default();
            if all {
                said.say("AllAvailabilityZones", "true");
            }
            said.list("ZoneName", names);
            said.list("ZoneId", ids);
            wire::say_filters(&mut said, filters);
            let found = self
                .all("DescribeAvailabilityZones", said, "availabilityZoneInfo")
                .await?;
            Ok(found.iter().map(wire::zone).collect())
        })
    }
}

fn association(answer: &Element) -> String {
    answer
        .get("ipv6CidrBlockAssociation")
        .and_then(|block| block.text("associationId"))
        .unwrap_or_default()
}
