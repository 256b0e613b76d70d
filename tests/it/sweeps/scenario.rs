//! What is applied while things go wrong: what stood before, and what is asked for.

use std::collections::BTreeMap;

use trueup_testkit::{Program, Project, copy_tree};

use super::aws::Aws;
use super::world::World;
use super::{kinds, networks};
use crate::bed::{LOCAL_APPLY, trueup};
use crate::tables::{PROVIDER, table};

/// The bucket of states.
pub const BUCKET: &str = "orders-states";
/// The table of locks.
pub const LOCK_TABLE: &str = "state-locks";
/// The state's key.
pub const STATE_KEY: &str = "orders/terraform.tfstate";

/// Where the state is, and how it is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// A file.
    Local,
    /// In S3, with an item in DynamoDB.
    Table,
    /// In S3, with an object beside it.
    File,
    /// In S3, with both.
    Both,
}

impl Keeping {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Local, Self::Table, Self::File, Self::Both];

    /// As a part of a sweep is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Table => "table",
            Self::File => "file",
            Self::Both => "both",
        }
    }

    /// The backend block.
    pub fn backend(self) -> String {
        let table = format!("    dynamodb_table = {LOCK_TABLE:?}\n");
        let file = "    use_lockfile = true\n";
        let lock = match self {
            Self::Local => return String::new(),
            Self::Table => table,
            Self::File => file.to_owned(),
            Self::Both => format!("{table}{file}"),
        };
        format!(
            "terraform {{\n  backend \"s3\" {{\n    bucket = {BUCKET:?}\n    key    = {STATE_KEY:?}\n    region = \"us-east-1\"\n{lock}  }}\n}}\n"
        )
    }
}

/// A project as it was applied, with the configuration of what is to be applied next.
pub struct Scenario {
    /// What is applied, and how its state is kept.
    pub name: String,
    base: Project,
    /// Whether resources show in the state of others, which only a refresh brings up to date.
    entangled: bool,
}

impl Scenario {
    /// Applies what stood before, and lays what is asked for over it.
    pub fn new(name: &str, keeping: Keeping, before: &str, after: &str) -> Self {
        let base = Project::with(before);
        base.write("backend.tf", &keeping.backend());
        trueup(&base).run(&LOCAL_APPLY).expect_code(0);
        base.write("main.tf", after);
        Aws::of(&base).ensure_bucket("orders-exports");
        Self {
            name: name.to_owned(),
            base,
            entangled: false,
        }
    }

    /// Tables and items, of which some are created, updated, replaced, deleted and left alone.
    pub fn tables_and_items(keeping: Keeping) -> Self {
        let before = tables_before() + &items("0", 0..300, "orders");
        let after = tables_after() + &items("1", 100..500, "orders");
        let name = format!("tables and items, state {keeping:?}");
        Self::new(&name, keeping, &before, &after)
    }

    /// Every type beside tables and items, state in a file.
    pub fn every_type() -> Self {
        let name = "every type beside tables and items";
        Self::new(name, Keeping::Local, &kinds::before(), &kinds::after()).entangled()
    }

    /// Networks, buckets and streams, state in a file.
    pub fn networks() -> Self {
        let name = "networks, buckets and streams";
        Self::new(
            name,
            Keeping::Local,
            &networks::before(),
            &networks::after(),
        )
        .entangled()
    }

    /// The same, where resources show in the state of others: both runs are refreshed before they are compared.
    fn entangled(self) -> Self {
        Self {
            entangled: true,
            ..self
        }
    }

    /// What there is after a run.
    pub fn world(&self, project: &Project, program: &Program) -> BTreeMap<String, String> {
        if self.entangled {
            let refresh = [
                "-local",
                "apply",
                "-refresh-only",
                "-auto-approve",
                "-input=false",
            ];
            program.run(&refresh).expect_code(0);
        }
        World::of(project)
    }

    /// A copy of its own, with the program.
    pub fn start(&self) -> (Project, Program) {
        let copy = Project::new();
        copy_tree(&self.base.path(), &copy.path(), &[]).expect("the folders are ours");
        let program = trueup(&copy);
        (copy, program)
    }
}

fn tables_before() -> String {
    [
        PROVIDER.to_owned(),
        table("orders", "orders", "id", ""),
        table(
            "updated",
            "updated",
            "id",
            "  tags = { Team = \"orders\", Old = \"yes\" }\n",
        ),
        table(
            "replaced",
            "replaced",
            "id",
            "  tags = { Team = \"orders\" }\n",
        ),
        table(
            "first",
            "first",
            "id",
            "  lifecycle {\n    create_before_destroy = true\n  }\n",
        ),
        table("deleted", "deleted", "id", ""),
    ]
    .concat()
}

fn tables_after() -> String {
    [
        PROVIDER.to_owned(),
        table("orders", "orders", "id", ""),
        table(
            "updated",
            "updated",
            "id",
            r#"  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
  attribute {
    name = "status"
    type = "S"
  }
  global_secondary_index {
    name            = "by_status"
    hash_key        = "status"
    projection_type = "ALL"
  }
  point_in_time_recovery {
    enabled = true
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  tags = { Team = "events", New = "yes" }
"#,
        ),
        table("replaced", "replaced", "order", "  tags = { Team = \"orders\" }\n"),
        table("first", "first-again", "id", "  lifecycle {\n    create_before_destroy = true\n  }\n"),
        table(
            "created",
            "created",
            "id",
            "  point_in_time_recovery {\n    enabled = true\n  }\n  ttl {\n    attribute_name = \"expires\"\n    enabled        = true\n  }\n  tags = { Team = \"orders\" }\n",
        ),
    ]
    .concat()
}

/// Items of one table. Every third has the round in its attributes, every seventh in its key.
fn items(round: &str, numbers: std::ops::Range<u32>, table: &str) -> String {
    format!(
        r#"
resource "aws_dynamodb_table_item" "many" {{
  for_each   = toset([for n in range({}, {}) : tostring(n)])
  table_name = aws_dynamodb_table.{table}.name
  hash_key   = "id"
  item = jsonencode({{
    id    = {{ S = each.key % 7 == 0 ? "${{each.key}}-{round}" : each.key }}
    state = {{ S = each.key % 3 == 0 ? "{round}" : "same" }}
  }})
}}
"#,
        numbers.start, numbers.end
    )
}
