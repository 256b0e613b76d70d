//! EC2: VPCs with what the service makes beside them, subnets, tags and zones.

mod attributes;
mod blocks;
mod filters;
mod kept;
mod network;
mod parts;
mod subnets;
mod tags;
mod vpcs;
mod zones;

use http::StatusCode;

use crate::caller::Where;
use crate::query_calls::{self, Call, Dialect, Refusal};
use kept::Kept as _;

/// How EC2 speaks.
pub(crate) const DIALECT: Dialect = Dialect {
    namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    of_ec2: true,
    broken: "InternalError",
    lacks: |parameter| {
        refused(
            "MissingParameter",
            format!("The request must contain the parameter {parameter}"),
        )
    },
};

fn refused(code: &'static str, message: impl Into<String>) -> Refusal {
    query_calls::refused(StatusCode::BAD_REQUEST, code, message)
}

/// A value that can't be taken, in the service's usual words.
fn bad_value(parameter: &str, value: &str, why: &str) -> Refusal {
    refused(
        "InvalidParameterValue",
        format!("Value ({value}) for parameter {parameter} is invalid. {why}"),
    )
}

/// A parameter that is true or false, where it is said.
fn switch(call: &Call<'_>, name: &str) -> Result<Option<bool>, Refusal> {
    match call.text(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => Err(refused(
            "InvalidParameterValue",
            format!("Invalid value '{other}' for {name}. It must be true or false."),
        )),
    }
}

/// `arn:aws:ec2:<region>:<account>:`
fn prefix(call: &Call<'_>) -> String {
    let (account, region) = (call.account, call.region);
    Where { account, region }.prefix("ec2")
}

/// A part of a list as the answer holds it, by the token that the part before it gave.
fn page(call: &Call<'_>, list: &str, all: Vec<String>) -> Result<String, Refusal> {
    let from: usize = match call.text("NextToken") {
        None => 0,
        Some(token) => token
            .parse()
            .map_err(|_| refused("InvalidNextToken", "The token is not known."))?,
    };
    let most: usize = match call.text("MaxResults") {
        None => usize::MAX,
        Some(most) => most
            .parse()
            .ok()
            .filter(|most| (5..=1000).contains(most))
            .ok_or_else(|| bad_value("MaxResults", most, "Expecting 5 to 1000."))?,
    };
    let rest = all.len().saturating_sub(from);
    let items: Vec<String> = all
        .into_iter()
        .skip(from)
        .take(most)
        .map(|item| format!("<item>{item}</item>"))
        .collect();
    let next = match rest > most {
        true => element("nextToken", &(from + most).to_string()),
        false => String::new(),
    };
    Ok(format!("<{list}>{}</{list}>{next}", items.concat()))
}

/// An element with this text, where there is any.
fn element(name: &str, text: &str) -> String {
    match text {
        "" => String::new(),
        text => query_calls::element(name, text),
    }
}

fn flag(name: &str, on: bool) -> String {
    format!("<{name}>{on}</{name}>")
}

/// The answer of a change that has nothing to tell.
fn done() -> String {
    flag("return", true)
}

/// An id of a new resource: its kind and 17 hexadecimal digits.
fn new_id(kind: &str) -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!("{kind}-{}", random.get(..17).unwrap_or(&random))
}

/// Whether a text can be an id of this kind: older ones are 8 digits long.
fn is_id(kind: &str, text: &str) -> bool {
    text.strip_prefix(kind)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|digits| {
            matches!(digits.len(), 8 | 17) && digits.bytes().all(|b| b.is_ascii_hexdigit())
        })
}

/// Answers one call; `pending` is how many descriptions see a new VPC or subnet pending.
pub(crate) fn dispatch(call: &Call<'_>, action: &str, pending: u32) -> Result<String, Refusal> {
    vpcs::begin(call)?;
    match action {
        "CreateVpc" => vpcs::create(call, pending),
        "DescribeVpcs" => vpcs::Vpc::describe(call),
        "DeleteVpc" => vpcs::delete(call),
        "DescribeVpcAttribute" => attributes::of_vpc(call),
        "ModifyVpcAttribute" => attributes::modify_vpc(call),
        "ModifyVpcTenancy" => attributes::modify_tenancy(call),
        "AssociateVpcCidrBlock" => blocks::associate_vpc(call),
        "DisassociateVpcCidrBlock" => blocks::disassociate_vpc(call),
        "DescribeNetworkAcls" => parts::network_acls(call),
        "DescribeRouteTables" => parts::route_tables(call),
        "DescribeSecurityGroups" => parts::security_groups(call),
        "DescribeNetworkInterfaces" => parts::network_interfaces(call),
        "CreateSubnet" => subnets::create(call, pending),
        "DescribeSubnets" => subnets::Subnet::describe(call),
        "ModifySubnetAttribute" => attributes::modify_subnet(call),
        "DeleteSubnet" => subnets::delete(call),
        "AssociateSubnetCidrBlock" => blocks::associate_subnet(call),
        "DisassociateSubnetCidrBlock" => blocks::disassociate_subnet(call),
        "CreateTags" => tags::create(call),
        "DeleteTags" => tags::delete(call),
        "DescribeTags" => tags::describe(call),
        "DescribeAvailabilityZones" => zones::describe(call),
        _ => Err(refused(
            "InvalidAction",
            format!("The action {action} is not valid for this web service."),
        )),
    }
}
