//! What stands beside each VPC from the start: network ACL, main route table, default security group.

use super::filters::let_through;
use super::kept::Kept as _;
use super::subnets::Subnet;
use super::vpcs::Vpc;
use super::{element, flag, page, tags};
use crate::query_calls::{Call, Refusal};

/// One kind of part: the parameter of its ids and the list and id in the answer.
struct Kind {
    ids: &'static str,
    list: &'static str,
    id: fn(&Vpc) -> &str,
}

/// All parts of a kind. `facts` answers the kind's own filters, `shown` writes what the kind has of its own.
fn describe(
    call: &Call<'_>,
    kind: &Kind,
    facts: &dyn Fn(&str, &str) -> Option<Vec<String>>,
    shown: &dyn Fn(&str, &str, &Vpc) -> String,
) -> Result<String, Refusal> {
    let ids = call.list(kind.ids);
    let mut found = Vec::new();
    for (vpc_id, vpc) in Vpc::all(call)? {
        let id = (kind.id)(&vpc);
        if !ids.is_empty() && !ids.contains(&id) {
            continue;
        }
        let tags = tags::of(call, id)?;
        let all = |name: &str| match name {
            "vpc-id" => Some(vec![vpc_id.clone()]),
            "owner-id" => Some(vec![call.account.to_owned()]),
            _ => facts(name, id),
        };
        if let_through(call, &tags, &all)? {
            found.push(
                [
                    element("vpcId", &vpc_id),
                    element("ownerId", call.account),
                    shown(id, &vpc_id, &vpc),
                    tags::shown(&tags),
                ]
                .concat(),
            );
        }
    }
    page(call, kind.list, found)
}

pub(super) fn network_acls(call: &Call<'_>) -> Result<String, Refusal> {
    let subnets = Subnet::all(call)?;
    let kind = Kind {
        ids: "NetworkAclId",
        list: "networkAclSet",
        id: |vpc| &vpc.acl,
    };
    let facts = |name: &str, id: &str| match name {
        "default" => Some(vec!["true".to_owned()]),
        "network-acl-id" => Some(vec![id.to_owned()]),
        _ => None,
    };
    describe(call, &kind, &facts, &|id, vpc, _| {
        let within: Vec<String> = subnets
            .iter()
            .filter(|(_, subnet)| subnet.vpc == vpc)
            .map(|(subnet, _)| {
                format!(
                    "<item>{}{}{}</item>",
                    element(
                        "networkAclAssociationId",
                        &subnet.replacen("subnet-", "aclassoc-", 1)
                    ),
                    element("networkAclId", id),
                    element("subnetId", subnet)
                )
            })
            .collect();
        format!(
            "{}{}<associationSet>{}</associationSet>",
            element("networkAclId", id),
            flag("default", true),
            within.concat()
        )
    })
}

pub(super) fn route_tables(call: &Call<'_>) -> Result<String, Refusal> {
    let kind = Kind {
        ids: "RouteTableId",
        list: "routeTableSet",
        id: |vpc| &vpc.route_table,
    };
    let facts = |name: &str, id: &str| match name {
        "association.main" => Some(vec!["true".to_owned()]),
        "route-table-id" | "association.route-table-id" => Some(vec![id.to_owned()]),
        _ => None,
    };
    describe(call, &kind, &facts, &|id, _, vpc| {
        format!(
            "{}<routeSet><item>{}<gatewayId>local</gatewayId><state>active</state><origin>CreateRouteTable</origin></item></routeSet><associationSet><item>{}{}{}</item></associationSet>",
            element("routeTableId", id),
            element("destinationCidrBlock", &vpc.cidr),
            element(
                "routeTableAssociationId",
                &id.replacen("rtb-", "rtbassoc-", 1)
            ),
            element("routeTableId", id),
            flag("main", true),
        )
    })
}

pub(super) fn security_groups(call: &Call<'_>) -> Result<String, Refusal> {
    let kind = Kind {
        ids: "GroupId",
        list: "securityGroupInfo",
        id: |vpc| &vpc.security_group,
    };
    let facts = |name: &str, id: &str| match name {
        "group-name" => Some(vec!["default".to_owned()]),
        "group-id" => Some(vec![id.to_owned()]),
        "description" => Some(vec!["default VPC security group".to_owned()]),
        _ => None,
    };
    describe(call, &kind, &facts, &|id, _, _| {
        format!(
            "{}<groupName>default</groupName><groupDescription>default VPC security group</groupDescription>",
            element("groupId", id)
        )
    })
}

/// Nothing here has a network interface.
pub(super) fn network_interfaces(call: &Call<'_>) -> Result<String, Refusal> {
    page(call, "networkInterfaceSet", Vec::new())
}
