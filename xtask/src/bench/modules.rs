//! What resource instances in nested modules cost: a plan of 1,000, 10,000 and 100,000 of them, by CPU time
//! and peak memory. Ten times as many may take at most twelve times as long.

use std::fs;
use std::path::Path;

use super::{Cost, binary, measure};

/// How many resource instances are measured, each step ten times the one before.
const COUNTS: &[usize] = &[1_000, 10_000, 100_000];

/// How much longer a step may take than the one before.
const MOST: f64 = 12.0;

/// How many resource instances one shop has: ten shelves of ten places.
const IN_A_SHOP: usize = 100;

const ROOT: &str = r#"variable "shops" {
  type = number
}

locals {
  shops = {
    for n in range(var.shops) : format("shop-%04d", n) => {
      number = n
      tags   = { kind = n % 2 == 0 ? "even" : "odd" }
    }
  }
}

module "shop" {
  source   = "./shop"
  for_each = local.shops
  name     = each.key
  settings = each.value
}

resource "terraform_data" "total" {
  for_each = local.shops
  input    = module.shop[each.key].shelves
}

output "shops" {
  value = length(module.shop)
}
"#;

const SHOP: &str = r#"variable "name" {
  type = string
}

variable "settings" {
  type = object({ number = number, tags = map(string) })
}

locals {
  prefix = upper(var.name)
}

module "shelf" {
  source = "./shelf"
  count  = 10
  name   = "${local.prefix}/${count.index}"
  tags   = merge(var.settings.tags, { shelf = count.index })
}

output "shelves" {
  value = length(module.shelf)
}
"#;

const SHELF: &str = r#"variable "name" {
  type = string
}

variable "tags" {
  type = map(string)
}

locals {
  places = toset([for n in range(10) : "p${n}"])
}

resource "terraform_data" "place" {
  for_each = local.places
  input = {
    name = "${var.name}/${each.key}"
    tags = var.tags
  }
}

output "places" {
  value = { for key, place in terraform_data.place : key => place.input.name }
}
"#;

/// Builds the binary, plans each size, and answers a table of what it took.
///
/// # Errors
/// Where the binary cannot be built or run, or a step takes more than twelve times as long as the one before.
pub fn run(root: &Path) -> Result<String, String> {
    let binary = binary(root)?;
    let mut table = String::from(
        "| resource instances | CPU s | ratio | peak MiB | ratio |\n| --- | --- | --- | --- | --- |\n",
    );
    let mut last: Option<Cost> = None;
    let mut slow = Vec::new();
    for count in COUNTS {
        let folder = project(*count).map_err(|error| format!("the project: {error}"))?;
        let initialised = measure(&binary, folder.path(), &["init", "-input=false"]);
        initialised.map_err(|error| format!("init of {count}: {error}"))?;
        let cost = measure(&binary, folder.path(), &["plan", "-input=false"])
            .map_err(|error| format!("plan of {count}: {error}"))?;
        let (mut time, mut memory) = (String::new(), String::new());
        if let Some(last) = &last {
            let ratio = cost.cpu / last.cpu;
            time = format!("{ratio:.1}");
            memory = format!("{:.1}", cost.peak / last.peak);
            if ratio > MOST {
                slow.push(format!("{count} instances take {ratio:.1} times as long"));
            }
        }
        table.push_str(&format!(
            "| {count} | {:.2} | {time} | {:.0} | {memory} |\n",
            cost.cpu, cost.peak
        ));
        last = Some(cost);
    }
    if slow.is_empty() {
        Ok(table.trim_end().to_string())
    } else {
        Err(format!("{table}{}", slow.join("; ")))
    }
}

/// A configuration of so many resource instances.
fn project(count: usize) -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let shelf = folder.path().join("shop/shelf");
    fs::create_dir_all(&shelf)?;
    fs::write(folder.path().join("main.tf"), ROOT)?;
    fs::write(folder.path().join("shop/main.tf"), SHOP)?;
    fs::write(shelf.join("main.tf"), SHELF)?;
    let shops = count / IN_A_SHOP;
    fs::write(
        folder.path().join("terraform.tfvars"),
        format!("shops = {shops}\n"),
    )?;
    Ok(folder)
}
