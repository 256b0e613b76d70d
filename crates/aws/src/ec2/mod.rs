//! EC2: VPCs, subnets and zones, as far as tutorials around tables make them.
mod client;
mod wire;

use std::collections::BTreeMap;

use crate::Answer;
pub(crate) use client::Client;

/// The EC2 calls the program makes.
pub trait Ec2: Send + Sync {
    /// Creates a VPC. Not repeated where its answer was lost: a second call would make a second VPC.
    fn create_vpc(&self, request: CreateVpc) -> Answer<'_, Vpc>;

    /// The VPCs that all filters let through.
    fn describe_vpcs<'a>(&'a self, asked: Asked<'a>) -> Answer<'a, Vec<Vpc>>;

    /// One setting of a VPC that its description does not tell.
    fn vpc_attribute<'a>(&'a self, vpc: &'a str, attribute: VpcAttribute) -> Answer<'a, bool>;

    /// Changes one setting of a VPC; the service takes one a call.
    fn set_vpc_attribute<'a>(
        &'a self,
        vpc: &'a str,
        attribute: VpcAttribute,
        on: bool,
    ) -> Answer<'a, ()>;

    /// Changes where a VPC's new instances run; the service knows only the way to `default`.
    fn set_vpc_tenancy<'a>(&'a self, vpc: &'a str, tenancy: &'a str) -> Answer<'a, ()>;

    /// Gives a VPC an IPv6 block; answers the id of the association.
    fn associate_vpc_block<'a>(&'a self, vpc: &'a str, block: Ipv6Source) -> Answer<'a, String>;

    /// Takes a block from a VPC, by the id of the association.
    fn disassociate_vpc_block<'a>(&'a self, association: &'a str) -> Answer<'a, ()>;

    /// Deletes a VPC; `DependencyViolation` while something is in it.
    fn delete_vpc<'a>(&'a self, vpc: &'a str) -> Answer<'a, ()>;

    /// What the service made beside each of these VPCs: the id of the part, by the id of the VPC.
    fn vpc_parts<'a>(
        &'a self,
        part: VpcPart,
        vpcs: &'a [String],
    ) -> Answer<'a, BTreeMap<String, String>>;

    /// Creates a subnet. A second call would be refused, as the range is taken then.
    fn create_subnet(&self, request: CreateSubnet) -> Answer<'_, Subnet>;

    /// The subnets that all filters let through.
    fn describe_subnets<'a>(&'a self, asked: Asked<'a>) -> Answer<'a, Vec<Subnet>>;

    /// Changes one setting of a subnet; the service takes one a call.
    fn change_subnet<'a>(&'a self, subnet: &'a str, change: &'a SubnetChange) -> Answer<'a, ()>;

    /// Gives a subnet an IPv6 block; answers the id of the association.
    fn associate_subnet_block<'a>(
        &'a self,
        subnet: &'a str,
        ipv6_cidr: &'a str,
    ) -> Answer<'a, String>;

    /// Takes a block from a subnet, by the id of the association.
    fn disassociate_subnet_block<'a>(&'a self, association: &'a str) -> Answer<'a, ()>;

    /// Deletes a subnet; `DependencyViolation` while something is in it.
    fn delete_subnet<'a>(&'a self, subnet: &'a str) -> Answer<'a, ()>;

    /// The network interfaces in a subnet.
    fn interfaces_in<'a>(&'a self, subnet: &'a str) -> Answer<'a, Vec<NetworkInterface>>;

    /// Deletes a network interface that hangs on nothing.
    fn delete_interface<'a>(&'a self, interface: &'a str) -> Answer<'a, ()>;

    /// Puts tags on a resource.
    fn create_tags<'a>(
        &'a self,
        resource: &'a str,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()>;

    /// Takes tags off a resource: of each key only with this value.
    fn delete_tags<'a>(
        &'a self,
        resource: &'a str,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()>;

    /// The zones of the region. With `all`, also those that the account has not opted in to.
    fn describe_zones<'a>(
        &'a self,
        all: bool,
        names: &'a [String],
        ids: &'a [String],
        filters: &'a [Filter],
    ) -> Answer<'a, Vec<Zone>>;
}

/// Which objects a description is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// The one of this id; one that is not there is an error.
    One(&'a str),
    /// All that the filters let through; no error where that is none.
    Filtered(&'a [Filter]),
}

/// A condition on what is described: one of the values, where `*` and `?` stand for any text and character.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// What is looked at, such as `vpc-id` or `tag:Name`.
    pub name: String,
    /// What it may be.
    pub values: Vec<String>,
}

impl Filter {
    /// A filter of one name.
    pub fn new<T: Into<String>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        Self {
            name: name.into(),
            values: values.into_iter().map(Into::into).collect(),
        }
    }
}

/// What a new VPC is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateVpc {
    /// Its IPv4 range; none where a pool gives it.
    pub cidr_block: Option<String>,
    /// `default` or `dedicated`.
    pub tenancy: String,
    /// The pool its IPv4 range is taken from.
    pub ipv4_pool: Option<String>,
    /// How long the prefix of the range from the pool is to be.
    pub ipv4_netmask_length: Option<i64>,
    /// Its IPv6 range; none of its members where it has none.
    pub ipv6: Ipv6Source,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// Where an IPv6 range comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ipv6Source {
    /// From Amazon.
    pub amazon: bool,
    /// The range itself.
    pub cidr_block: Option<String>,
    /// The pool it is taken from.
    pub pool: Option<String>,
    /// How long the prefix of the range from the pool is to be.
    pub netmask_length: Option<i64>,
    /// The zones from which the range is announced.
    pub border_group: Option<String>,
}

/// What is known of a VPC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vpc {
    /// Id.
    pub id: String,
    /// `pending` or `available`.
    pub state: String,
    /// The account it belongs to.
    pub owner: String,
    /// Its first IPv4 range.
    pub cidr_block: String,
    /// `default` or `dedicated`.
    pub tenancy: String,
    /// Id of its DHCP options.
    pub dhcp_options: String,
    /// Its IPv6 ranges, those on their way out with them.
    pub ipv6: Vec<Ipv6Block>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// An IPv6 range of a VPC or subnet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ipv6Block {
    /// Id of the association.
    pub association: String,
    /// The range.
    pub cidr_block: String,
    /// `associating`, `associated`, `disassociating`, `disassociated`, `failing`, `failed`.
    pub state: String,
    /// `Amazon`, or the pool it is from.
    pub pool: String,
    /// The zones from which it is announced.
    pub border_group: String,
}

/// A setting of a VPC that has calls of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VpcAttribute {
    /// Whether instances get DNS names.
    DnsHostnames,
    /// Whether the service resolves names in the VPC.
    DnsSupport,
    /// Whether the use of addresses is measured.
    AddressUsageMetrics,
}

/// What the service makes beside every VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VpcPart {
    /// The default network ACL.
    NetworkAcl,
    /// The main route table.
    RouteTable,
    /// The default security group.
    SecurityGroup,
}

/// What a new subnet is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateSubnet {
    /// The VPC it lies in.
    pub vpc: String,
    /// Its IPv4 range.
    pub cidr_block: Option<String>,
    /// Its IPv6 range.
    pub ipv6_cidr_block: Option<String>,
    /// Whether it has no IPv4 range.
    pub ipv6_native: bool,
    /// Its zone; the service chooses where neither name nor id is said.
    pub zone: Option<String>,
    /// Its zone by id.
    pub zone_id: Option<String>,
    /// The Outpost it lies on.
    pub outpost: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What is known of a subnet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subnet {
    /// Id.
    pub id: String,
    /// ARN.
    pub arn: String,
    /// `pending`, `available` or `unavailable`.
    pub state: String,
    /// The VPC it lies in.
    pub vpc: String,
    /// The account it belongs to.
    pub owner: String,
    /// Its IPv4 range; empty where it has none.
    pub cidr_block: String,
    /// Name of its zone.
    pub zone: String,
    /// Id of its zone.
    pub zone_id: String,
    /// Its IPv6 ranges, those on their way out with them.
    pub ipv6: Vec<Ipv6Block>,
    /// Whether it has no IPv4 range.
    pub ipv6_native: bool,
    /// Whether network interfaces get an IPv6 address.
    pub assign_ipv6: bool,
    /// Whether instances get a public IPv4 address.
    pub map_public_ip: bool,
    /// Whether instances get an address from the customer's pool.
    pub map_customer_owned_ip: bool,
    /// The customer's pool.
    pub customer_owned_pool: String,
    /// Whether DNS answers have IPv6 addresses for IPv4 destinations.
    pub dns64: bool,
    /// At which position local network interfaces are; 0 where they are off.
    pub lni_at_device_index: i64,
    /// `ip-name` or `resource-name`.
    pub hostname_type: String,
    /// Whether names by resource have an A record.
    pub resource_name_a: bool,
    /// Whether names by resource have an AAAA record.
    pub resource_name_aaaa: bool,
    /// The Outpost it lies on.
    pub outpost: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// One setting of a subnet and what it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubnetChange {
    /// [`Subnet::assign_ipv6`].
    AssignIpv6(bool),
    /// [`Subnet::map_public_ip`].
    MapPublicIp(bool),
    /// [`Subnet::customer_owned_pool`] and [`Subnet::map_customer_owned_ip`], which go together.
    CustomerOwned {
        /// The pool.
        pool: String,
        /// Whether instances get an address from it.
        map: bool,
    },
    /// [`Subnet::dns64`].
    Dns64(bool),
    /// [`Subnet::lni_at_device_index`]; 0 turns them off.
    LniAtDeviceIndex(i64),
    /// [`Subnet::hostname_type`].
    HostnameType(String),
    /// [`Subnet::resource_name_a`].
    ResourceNameA(bool),
    /// [`Subnet::resource_name_aaaa`].
    ResourceNameAaaa(bool),
}

/// What is known of a network interface.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkInterface {
    /// Id.
    pub id: String,
    /// What it is for, in words.
    pub description: String,
    /// `available` where it hangs on nothing, else `in-use` and others.
    pub status: String,
}

/// A zone of a region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Zone {
    /// Name, such as `eu-west-1a`.
    pub name: String,
    /// Id, which means the same place to all accounts, such as `euw1-az3`.
    pub id: String,
    /// `available`, `information`, `impaired`, `unavailable` or `constrained`.
    pub state: String,
    /// The region.
    pub region: String,
    /// The group that one opts in to.
    pub group: String,
    /// `opt-in-not-required`, `opted-in` or `not-opted-in`.
    pub opt_in_status: String,
    /// From where its addresses are announced.
    pub border_group: String,
    /// `availability-zone`, `local-zone` or `wavelength-zone`.
    pub kind: String,
    /// Name of the zone that a local zone belongs to.
    pub parent_name: String,
    /// Id of the zone that a local zone belongs to.
    pub parent_id: String,
}
