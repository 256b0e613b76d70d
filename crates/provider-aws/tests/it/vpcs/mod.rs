//! VPCs, subnets and zones on the embedded AWS: created, read, changed, replaced, deleted, imported, recovered.

mod found;
mod refused;
mod subnets;
mod vpc;

use serde_json::{Value as Json, json};
use trueup_provider::Object;

use crate::bed::{Bed, over, to_json};
use crate::looks::calls;

const VPC: &str = "aws_vpc";
const SUBNET: &str = "aws_subnet";

fn vpc() -> Json {
    json!({"cidr_block": "10.96.0.0/16", "tags": {"Name": "orders"}})
}

fn id(object: &Object) -> String {
    let state = to_json(&object.value);
    state["id"].as_str().expect("an id").to_owned()
}

fn subnet(vpc: &Object, cidr: &str) -> Json {
    json!({"vpc_id": id(vpc), "cidr_block": cidr, "availability_zone": "eu-west-1a"})
}

fn with(config: &Json, more: Json) -> Json {
    let mut config = config.clone();
    let members = config.as_object_mut().expect("a block");
    members.extend(more.as_object().expect("members").clone());
    config
}

fn sent(bed: &Bed, operation: &str) -> u64 {
    calls(bed, "ec2", operation)
}

/// What of an object can't be changed in place, by name.
fn replaced(bed: &Bed, kind: &str, object: &Object, config: &Json) -> Vec<String> {
    let planned = bed.plan(kind, Some(object), config);
    planned
        .requires_replace
        .iter()
        .map(|path| path.to_string().trim_start_matches('.').to_owned())
        .collect()
}

/// Changes an object the way another program would, and answers what is read then.
async fn changed_outside(bed: &Bed, kind: &str, object: &Object, config: &Json) -> Json {
    let elsewhere = over(bed.emulator.clone(), json!({"region": "eu-west-1"})).await;
    elsewhere.apply(kind, Some(object), config).await;
    to_json(&bed.read(kind, object).await.expect("it is there").value)
}
