//! Inline `logging`: where the log of a bucket's requests goes.

use trueup_aws::s3::Said;
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::super::schema::body;
use crate::members::{block, text as text_member};
use crate::s3::form::{Say, text_in};

pub(super) fn said(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let block = block(wanted, "logging")?;
    let mut enabled =
        Element::new("LoggingEnabled").say_text("TargetBucket", block, "target_bucket");
    if let Some(prefix) = text_member(block, "target_prefix") {
        enabled = enabled.leaf("TargetPrefix", prefix);
    }
    Some(Element::new("BucketLoggingStatus").with(enabled).into())
}

pub(super) fn of(document: Option<&Element>) -> Value {
    let enabled = document.and_then(|document| document.get("LoggingEnabled"));
    let block = enabled.map(|enabled| {
        [
            ("target_bucket", text_in(enabled, "TargetBucket")),
            ("target_prefix", text_in(enabled, "TargetPrefix")),
        ]
    });
    body().blocks("logging", block)
}
