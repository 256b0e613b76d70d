//! Checks of a bucket's block that its description does not hold.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::schema::TIMEOUTS;
use crate::members::{elements, filled, text};
use crate::timeouts::bad_limits;

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = bad_limits(config, TIMEOUTS);
    if let Some(name) = filled(config, "bucket").filter(|name| is_directory(name)) {
        let summary = "invalid value for bucket (must not be of the format [bucket_name]--[azid]--x-s3. Use the aws_s3_directory_bucket resource to manage S3 Express buckets)";
        let detail = format!("{name:?} is the name of a directory bucket.");
        found.push(Problem::error(summary, detail).at(Path::new().attr("bucket")));
    }
    for (n, rule) in elements(config, "lifecycle_rule").iter().enumerate() {
        let at = Path::new().attr("lifecycle_rule").position(n);
        dates(rule, "expiration", &at, &mut found);
        dates(rule, "transition", &at, &mut found);
    }
    found
}

/// `orders--use1-az4--x-s3`.
fn is_directory(name: &str) -> bool {
    name.strip_suffix("--x-s3")
        .and_then(|rest| rest.rsplit_once("--"))
        .is_some_and(|(name, zone)| !name.is_empty() && zone.contains("-az"))
}

fn dates(rule: &Value, block: &'static str, at: &Path, found: &mut Problems) {
    for said in elements(rule, block) {
        if let Some(date) = text(said, "date")
            && !date.is_empty()
            && date.parse::<jiff::civil::Date>().is_err()
        {
            let summary = format!("expected \"date\" to be a valid YYYY-MM-DD date, got {date:?}");
            found.push(Problem::error(summary, "").at(at.attr(block)));
        }
    }
}
