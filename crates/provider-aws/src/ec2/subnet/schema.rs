//! The attributes of `aws_subnet`.

use std::sync::OnceLock;

use trueup_value::Value;

use crate::ec2::cidr;
use crate::rules::{Body, Mode, boolean, number, text, text_map};

const R: Mode = Mode::Required;
const O: Mode = Mode::Optional;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_subnet";

/// The version of the attributes' form in state.
pub(crate) const VERSION: u64 = 1;

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            boolean("assign_ipv6_address_on_creation", O).default(false),
            text("availability_zone", OC).replaces(),
            text("availability_zone_id", OC).replaces(),
            text("cidr_block", O).replaces(),
            text("customer_owned_ipv4_pool", O),
            boolean("enable_dns64", O).default(false),
            number("enable_lni_at_device_index", O),
            boolean("enable_resource_name_dns_a_record_on_launch", O).default(false),
            boolean("enable_resource_name_dns_aaaa_record_on_launch", O).default(false),
            text("id", OC),
            text("ipv6_cidr_block", O).suppress(same_range),
            text("ipv6_cidr_block_association_id", C),
            boolean("ipv6_native", O).default(false).replaces(),
            boolean("map_customer_owned_ip_on_launch", O),
            boolean("map_public_ip_on_launch", O).default(false),
            text("outpost_arn", O).replaces(),
            text("owner_id", C),
            text("private_dns_hostname_type_on_launch", OC),
            text_map("tags", O),
            text_map("tags_all", OC),
            text("vpc_id", R).replaces(),
        ])
        .with_timeouts(&["create", "delete"])
    })
}

fn same_range(old: &Value, new: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    cidr::same(&text(old), &text(new))
}
