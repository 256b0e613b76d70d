//! EC2: VPCs with what the service makes beside them, subnets, tags and zones.

mod attributes;
mod blocks;
mod filters;
mod network;
mod parts;
mod subnets;
mod tags;
mod vpcs;
mod zones;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::caller::partition;
use crate::dynamodb::wire::Failure;
use crate::records::{Open, Records};
use crate::sts::{escaped, xml};

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// What stands behind all calls.
pub(crate) struct Ground<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) records: &'a Records,
    /// How many descriptions see a new VPC or subnet pending.
    pub(crate) pending_describes: u32,
}

/// One call: where it goes and what it stands on.
struct Call<'a> {
    account: &'a str,
    region: &'a str,
    records: Open<'a>,
    pending_describes: u32,
    form: &'a [(String, String)],
}

/// An answer that says no.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "InternalError",
            message: format!("{failure:?}"),
        }
    }
}

fn refused(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal {
        status: StatusCode::BAD_REQUEST,
        code,
        message: message.into(),
    }
}

/// A value that can't be taken, in the service's usual words.
fn bad_value(parameter: &str, value: &str, why: &str) -> Refusal {
    refused(
        "InvalidParameterValue",
        format!("Value ({value}) for parameter {parameter} is invalid. {why}"),
    )
}

impl Call<'_> {
    /// A parameter that is said and not empty.
    fn text(&self, name: &str) -> Option<&str> {
        self.form
            .iter()
            .find(|(said, _)| said == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| {
            let mut name = name.to_owned();
            if let Some(first) = name.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            refused(
                "MissingParameter",
                format!("The request must contain the parameter {name}"),
            )
        })
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(refused(
                "InvalidParameterValue",
                format!("Invalid value '{other}' for {name}. It must be true or false."),
            )),
        }
    }

    /// `Name.1`, `Name.2`, … as long as they go on.
    fn list(&self, name: &str) -> Vec<&str> {
        (1..)
            .map_while(|n| self.text(&format!("{name}.{n}")))
            .collect()
    }

    /// `arn:aws:ec2:<region>:<account>:`
    fn prefix(&self) -> String {
        format!(
            "arn:{}:ec2:{}:{}:",
            partition(self.region),
            self.region,
            self.account
        )
    }

    /// A part of a list as the answer holds it, by the token that the part before it gave.
    fn page(&self, list: &str, all: Vec<String>) -> Result<String, Refusal> {
        let from: usize = match self.text("NextToken") {
            None => 0,
            Some(token) => token
                .parse()
                .map_err(|_| refused("InvalidNextToken", "The token is not known."))?,
        };
        let most: usize = match self.text("MaxResults") {
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
        let next = if rest > most {
            element("nextToken", &(from + most).to_string())
        } else {
            String::new()
        };
        Ok(format!("<{list}>{}</{list}>{next}", items.concat()))
    }
}

/// An element with this text.
fn element(name: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("<{name}>{}</{name}>", escaped(text))
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

/// Answers one request of the Query protocol; `form` holds its parameters.
pub(crate) fn answer(
    ground: &Ground<'_>,
    action: &str,
    form: &[(String, String)],
) -> Response<Bytes> {
    let answered = ground
        .records
        .open()
        .map_err(Refusal::from)
        .and_then(|records| {
            let call = Call {
                account: ground.account,
                region: ground.region,
                records,
                pending_describes: ground.pending_describes,
                form,
            };
            vpcs::begin(&call)?;
            dispatch(&call, action)
        });
    match answered {
        Ok(body) => {
            let id = uuid::Uuid::new_v4();
            xml(
                StatusCode::OK,
                &id,
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{action}Response xmlns=\"{NAMESPACE}\"><requestId>{id}</requestId>{body}</{action}Response>"
                ),
            )
        }
        Err(refusal) => error(refusal.status, refusal.code, &refusal.message),
    }
}

fn dispatch(call: &Call<'_>, action: &str) -> Result<String, Refusal> {
    match action {
        "CreateVpc" => vpcs::create(call),
        "DescribeVpcs" => vpcs::describe(call),
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
        "CreateSubnet" => subnets::create(call),
        "DescribeSubnets" => subnets::describe(call),
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

/// An error of EC2, whose form is its own.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    let id = uuid::Uuid::new_v4();
    xml(
        status,
        &id,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code><Message>{}</Message></Error></Errors><RequestID>{id}</RequestID></Response>",
            escaped(message)
        ),
    )
}
