//! What a run left behind: everything in the embedded AWS and in the state, as texts that two runs can be compared
//! by. Times, and ids that AWS makes, are written as placeholders; locks and journals must be gone.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trueup_testkit::{Project, redact};

use super::aws::Aws;
use super::scenario::{BUCKET, LOCK_TABLE, STATE_KEY};

/// The regions that the scenarios use.
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

impl Aws {
    fn table(&self, region: &str, name: &str, world: &mut World) {
        let described = self.dynamodb(region, "DescribeTable", &json!({ "TableName": name }));
        let table = &described["Table"];
        let arn = table["TableArn"].clone();
        if let Some(label) = table["LatestStreamLabel"].as_str() {
            world.placeholder(label, format!("<stream of {name}>"));
        }
        if let Some(id) = table["TableId"].as_str() {
            world.placeholder(id, format!("<id of {name}>"));
        }
        let exports = self.dynamodb(region, "ListExports", &json!({ "TableArn": arn }));
        for export in exports["ExportSummaries"].as_array().into_iter().flatten() {
            let arn = export["ExportArn"].as_str().unwrap_or_default();
            let id = arn.rsplit('/').next().unwrap_or_default();
            world.placeholder(id, format!("<export of {name}>"));
            world.add(
                format!("{region} export of {name}"),
                export["ExportStatus"].to_string(),
            );
        }
        let by_name = json!({ "TableName": name });
        let by_arn = json!({ "ResourceArn": arn });
        let mut facts = vec![table.clone()];
        for (operation, request) in [
            ("DescribeTimeToLive", &by_name),
            ("DescribeContinuousBackups", &by_name),
            ("DescribeContributorInsights", &by_name),
            ("DescribeKinesisStreamingDestination", &by_name),
            ("ListTagsOfResource", &by_arn),
            ("GetResourcePolicy", &by_arn),
        ] {
            facts.push(self.dynamodb(region, operation, request));
        }
        let mut facts = Value::from(facts);
        without_times(&mut facts);
        world.add(format!("{region} table {name}"), format!("{facts:#}"));
        if name == LOCK_TABLE {
            for item in self.items(region, name) {
                // What the digest must be is looked at beside the state.
                if !item.contains("-md5") {
                    world.add(format!("left in the lock table: {item}"), String::new());
                }
            }
        } else {
            world.add(
                format!("{region} items of {name}"),
                self.items(region, name).join("\n"),
            );
        }
    }

    fn keys_and_targets(&self, region: &str, world: &mut World) {
        let kms = |operation: &str, body: Value| {
            self.json(region, "kms", &format!("TrentService.{operation}"), &body)
        };
        let listed = kms("ListKeys", json!({}));
        for key in listed["Keys"].as_array().into_iter().flatten() {
            let id = key["KeyId"].clone();
            let request = json!({ "KeyId": id, "PolicyName": "default" });
            let mut facts = Value::from(vec![
                kms("DescribeKey", request.clone()),
                kms("GetKeyPolicy", request.clone()),
                kms("GetKeyRotationStatus", request.clone()),
                kms("ListResourceTags", request),
            ]);
            let metadata = &facts[0]["KeyMetadata"];
            let name = format!("<key {} {}>", metadata["Description"], metadata["KeyState"]);
            world.placeholder(id.as_str().unwrap_or_default(), name.clone());
            without_times(&mut facts);
            world.add(format!("{region} {name}"), format!("{facts:#}"));
        }
        let mut others = vec![kms("ListAliases", json!({}))];
        for operation in ["DescribeScalableTargets", "DescribeScalingPolicies"] {
            others.push(self.json(
                region,
                "application-autoscaling",
                &format!("AnyScaleFrontendService.{operation}"),
                &json!({ "ServiceNamespace": "dynamodb" }),
            ));
        }
        for target in others[1]["ScalableTargets"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let arn = target["ScalableTargetARN"].as_str().unwrap_or_default();
            let id = arn.rsplit('/').next().unwrap_or_default();
            world.placeholder(id, format!("<target of {}>", target["ResourceId"]));
        }
        let mut others = Value::from(others);
        without_times(&mut others);
        world.add(
            format!("{region} aliases and scaling"),
            format!("{others:#}"),
        );
    }
}

/// Everything that a run left, by what it is.
#[derive(Default)]
pub struct World {
    facts: BTreeMap<String, String>,
    placeholders: Vec<(String, String)>,
}

impl World {
    /// Looks at a project's embedded AWS and its state.
    pub fn of(project: &Project) -> BTreeMap<String, String> {
        let aws = Aws::of(project);
        let mut world = Self::default();
        for region in REGIONS {
            let listed = aws.dynamodb(region, "ListTables", &json!({}));
            for name in listed["TableNames"].as_array().into_iter().flatten() {
                aws.table(region, name.as_str().unwrap_or_default(), &mut world);
            }
            aws.keys_and_targets(region, &mut world);
        }
        for (what, names) in aws.names() {
            world.add(what.to_owned(), names.join("\n"));
        }
        for key in aws.keys(BUCKET) {
            if key != STATE_KEY {
                world.add(format!("left in the bucket: {key}"), String::new());
            }
        }
        let local = project.read(".trueup/local/terraform.tfstate");
        let journal = project.path().join(".trueup/local/journal");
        if journal.exists() {
            world.add(format!("left behind: {}", journal.display()), String::new());
        }
        let in_s3 = aws.object(&format!("/{BUCKET}/{STATE_KEY}"));
        if let Some((_, tag)) = &in_s3 {
            let digest = aws
                .items("us-east-1", LOCK_TABLE)
                .into_iter()
                .find(|item| item.contains("-md5"));
            let fits = digest.is_none_or(|item| item.contains(tag));
            world.add("the digest fits the state".into(), fits.to_string());
        }
        world.state(&in_s3.map(|(text, _)| text).or(local).unwrap_or_default());
        world.settled()
    }

    fn add(&mut self, what: String, text: String) {
        let mut what = what;
        while self.facts.contains_key(&what) {
            what.push_str(", another");
        }
        self.facts.insert(what, text);
    }

    fn placeholder(&mut self, text: &str, instead: String) {
        if !text.is_empty() {
            self.placeholders.push((text.to_owned(), instead));
        }
    }

    /// The state's objects. The serial counts writes, of which a run that was begun twice makes more.
    fn state(&mut self, text: &str) {
        let mut state: Value = serde_json::from_str(text).unwrap_or_default();
        if let Some(members) = state.as_object_mut() {
            members.remove("serial");
        }
        for resource in state["resources"].as_array().into_iter().flatten() {
            for instance in resource["instances"].as_array().into_iter().flatten() {
                let name = format!(
                    "state {}.{}[{}]{}",
                    resource["type"], resource["name"], instance["index_key"], instance["deposed"]
                );
                let mut instance = instance.clone();
                without_nothing(&mut instance["attributes"]);
                // What a table remembers of the indexes that other resources own lags behind them.
                if resource["name"] == "indexed" {
                    instance["private"] = Value::Null;
                }
                self.facts.insert(name, format!("{instance:#}"));
            }
        }
        for part in ["version", "lineage", "outputs", "check_results"] {
            self.facts
                .insert(format!("state's {part}"), format!("{:#}", state[part]));
        }
    }

    fn settled(self) -> BTreeMap<String, String> {
        let replace = |text: String| {
            self.placeholders
                .iter()
                .fold(text, |text, (what, instead)| text.replace(what, instead))
        };
        let redacted = |what: &str, text: String| match what {
            // It is one of a kind, and stays so.
            "state's lineage" => text,
            _ => without_ids(&redact(&replace(text))),
        };
        self.facts
            .into_iter()
            .map(|(what, text)| {
                let text = redacted(&what, text);
                (replace(what), text)
            })
            .collect()
    }
}

/// Writes ids of networks, such as `vpc-0a1b2c3d4e5f60718`, without what AWS makes up.
fn without_ids(text: &str) -> String {
    let is_id = |part: &str| part.len() >= 17 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let mut written = String::with_capacity(text.len());
    for (n, piece) in text.split('-').enumerate() {
        if n > 0 {
            written.push('-');
        }
        let end = piece.bytes().take_while(u8::is_ascii_hexdigit).count();
        let (id, rest) = piece.split_at(end);
        match n > 0 && is_id(id) {
            true => written.push_str("<id>"),
            false => written.push_str(id),
        }
        written.push_str(rest);
    }
    written
}

/// Takes out what says nothing: an object that was read says of what is not there that it is zero or empty, one
/// that was made says null. Terraform's provider does the same.
fn without_nothing(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(without_nothing);
            members.retain(|name, value| {
                let nothing = match &*value {
                    Value::Null => true,
                    Value::String(text) => text.is_empty(),
                    Value::Number(number) => number.as_f64() == Some(0.0),
                    Value::Array(elements) => elements.is_empty(),
                    Value::Object(members) => members.is_empty(),
                    Value::Bool(_) => false,
                };
                !nothing && name != "revision_id"
            });
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_nothing),
        _ => {}
    }
}

/// Takes out when things happened.
fn without_times(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| {
                !name.ends_with("DateTime")
                    && !matches!(
                        name.as_str(),
                        "CreationDate"
                            | "CreationTime"
                            | "LastUpdatedDate"
                            | "DeletionDate"
                            | "ItemCount"
                            | "TableSizeBytes"
                            | "IndexSizeBytes"
                            | "RevisionId"
                    )
            });
            members.values_mut().for_each(without_times);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_times),
        _ => {}
    }
}
