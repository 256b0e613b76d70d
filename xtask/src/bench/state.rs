//! What a large state costs: commands that read it, and commands that read and write it, over 1,000, 10,000 and
//! 100,000 table items, by CPU time and by peak memory as a multiple of the file.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::{binary, measure};

const COUNTS: &[usize] = &[1_000, 10_000, 100_000];

/// How many times the size of the file a run over the largest state may take in memory.
const MOST: f64 = 8.0;

const RUNS: &[(&str, &[&str])] = &[
    ("read", &["state", "list"]),
    (
        "read and write",
        &[
            "state",
            "mv",
            "aws_dynamodb_table_item.orders",
            "aws_dynamodb_table_item.events",
        ],
    ),
    ("read and print", &["state", "pull"]),
];

/// Builds the binary, unless one is given, and measures it.
///
/// # Errors
/// Where it cannot be built or run, a run fails, or memory is no small multiple of the file.
pub fn run(root: &Path, given: Option<&str>) -> Result<String, String> {
    let binary = match given {
        Some(path) => path.into(),
        None => binary(root)?,
    };
    let mut table = String::from(
        "| instances | file MiB | run | wall s | CPU s | peak MiB | times the file |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let mut worst: f64 = 0.0;
    for count in COUNTS {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().join("terraform.tfstate");
        write(&path, *count).map_err(|error| format!("the state: {error}"))?;
        let bytes = fs::metadata(&path)
            .map_err(|error| error.to_string())?
            .len();
        let size = bytes as f64 / 1_048_576.0;
        for (name, arguments) in RUNS {
            let cost = measure(&binary, folder.path(), arguments)
                .map_err(|error| format!("{name} of {count}: {error}"))?;
            let times = cost.peak / size;
            if Some(count) == COUNTS.last() {
                worst = worst.max(times);
            }
            table.push_str(&format!(
                "| {count} | {size:.1} | {name} | {:.2} | {:.2} | {:.0} | {times:.1} |\n",
                cost.wall, cost.cpu, cost.peak
            ));
        }
    }
    if worst > MOST {
        return Err(format!(
            "{table}\npeak memory is more than {MOST} times the file"
        ));
    }
    Ok(table.trim_end().to_string())
}

/// A state as a provider leaves it: one table item after another.
fn write(path: &Path, count: usize) -> std::io::Result<()> {
    let mut out = BufWriter::new(fs::File::create(path)?);
    out.write_all(
        br#"{
  "version": 4,
  "terraform_version": "1.11.4",
  "serial": 1,
  "lineage": "5f0c5f1e-0000-4000-8000-000000000001",
  "outputs": {},
  "resources": [
    {
      "mode": "managed",
      "type": "aws_dynamodb_table_item",
      "name": "orders",
      "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
      "instances": [
"#,
    )?;
    for n in 0..count {
        let comma = if n + 1 == count { "" } else { "," };
        writeln!(
            out,
            r#"        {{
          "index_key": "order-{n:06}",
          "schema_version": 0,
          "attributes": {{
            "hash_key": "pk",
            "id": "orders|pk|order-{n:06}||",
            "item": "{{\"pk\":{{\"S\":\"order-{n:06}\"}},\"status\":{{\"S\":\"open\"}},\"total\":{{\"N\":\"{n}\"}}}}",
            "range_key": "",
            "table_name": "orders"
          }},
          "sensitive_attributes": [],
          "private": "bnVsbA==",
          "dependencies": [
            "aws_dynamodb_table.orders"
          ]
        }}{comma}"#
        )?;
    }
    out.write_all(b"      ]\n    }\n  ],\n  \"check_results\": null\n}\n")?;
    out.flush()
}
