//! Networks, buckets and streams: (before, after), as in `kinds`.

use crate::tables::PROVIDER;

/// What stood before.
pub fn before() -> String {
    all("one", "10.0.0.0/16", "updated", "deleted", "Enabled", 1)
}

/// What is asked for next.
pub fn after() -> String {
    all("two", "10.1.0.0/16", "updated", "created", "Suspended", 2)
}

/// A key stays or goes by its name; what has the round in what can't be changed is replaced.
fn all(round: &str, range: &str, stays: &str, other: &str, versions: &str, shards: u32) -> String {
    format!(
        r#"{PROVIDER}
resource "aws_vpc" "replaced" {{
  cidr_block = "{range}"
}}

resource "aws_subnet" "replaced" {{
  vpc_id     = aws_vpc.replaced.id
  cidr_block = cidrsubnet("{range}", 4, 1)
}}

resource "aws_vpc" "orders" {{
  for_each   = {{ {stays} = "10.2.0.0/16", {other} = "10.3.0.0/16" }}
  cidr_block = each.value
  tags       = {{ Round = "{round}" }}
}}

resource "aws_s3_bucket" "orders" {{
  for_each = toset(["{stays}", "{other}", "replaced-{round}"])
  bucket   = "orders-${{each.key}}"
  tags     = {{ Round = "{round}" }}
}}

resource "aws_s3_bucket_versioning" "orders" {{
  bucket = aws_s3_bucket.orders["{stays}"].bucket
  versioning_configuration {{
    status = "{versions}"
  }}
}}

resource "aws_s3_bucket_public_access_block" "orders" {{
  for_each          = aws_s3_bucket.orders
  bucket            = each.value.bucket
  block_public_acls = true
}}

resource "aws_kinesis_stream" "orders" {{
  for_each    = toset(["{stays}", "{other}", "replaced-{round}"])
  name        = each.key
  shard_count = {shards}
  tags        = {{ Round = "{round}" }}
}}
"#
    )
}
