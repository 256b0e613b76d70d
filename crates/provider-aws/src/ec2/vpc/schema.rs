//! The attributes of `aws_vpc`.

use std::sync::OnceLock;

use trueup_value::Value;

use crate::ec2::cidr;
use crate::rules::{Body, Mode, boolean, number, text, text_map};

const O: Mode = Mode::Optional;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_vpc";

/// The version of the attributes' form in state.
pub(crate) const VERSION: u64 = 1;

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            boolean("assign_generated_ipv6_cidr_block", O),
            text("cidr_block", OC),
            text("default_network_acl_id", C),
            text("default_route_table_id", C),
            text("default_security_group_id", C),
            text("dhcp_options_id", C),
            boolean("enable_dns_hostnames", OC),
            boolean("enable_dns_support", O).default(true),
            boolean("enable_network_address_usage_metrics", OC),
            text("id", OC),
            text("instance_tenancy", O).default("default"),
            text("ipv4_ipam_pool_id", O).replaces(),
            number("ipv4_netmask_length", O).replaces(),
            text("ipv6_association_id", C),
            text("ipv6_cidr_block", OC).suppress(same_range),
            text("ipv6_cidr_block_network_border_group", OC),
            text("ipv6_ipam_pool_id", O),
            number("ipv6_netmask_length", O),
            text("main_route_table_id", C),
            text("owner_id", C),
            text_map("tags", O),
            text_map("tags_all", OC),
        ])
    })
}

fn same_range(old: &Value, new: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    cidr::same(&text(old), &text(new))
}
