//! The data source `aws_s3_bucket`: where a bucket is and what its addresses are.

use std::sync::{Arc, OnceLock};

use trueup_aws::s3::BucketSetting;
use trueup_aws::{Buckets, S3};
use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::{Path, Value};

use super::bucket::names::{arn, domain, hosted_zone, regional_domain, website_domain};
use crate::connection::Connection;
use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::filled;
use crate::region::Place;
use crate::rules::{Body, Bounds, Mode, text};
use crate::satellite::{said, with};

/// What is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", Mode::Computed),
            text("bucket", Mode::Required).bounds(Bounds::Length(1, 63)),
            text("bucket_domain_name", Mode::Computed),
            text("bucket_regional_domain_name", Mode::Computed),
            text("hosted_zone_id", Mode::Computed),
            text("id", Mode::OptionalComputed),
            text("website_domain", Mode::Computed),
            text("website_endpoint", Mode::Computed),
        ])
    })
}

/// The data source in one region.
pub(crate) struct BucketData {
    aws: Connection,
    s3: Arc<dyn S3>,
    buckets: Arc<dyn Buckets>,
}

impl BucketData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self {
            aws: place.aws.clone(),
            s3: place.aws.session.s3(),
            buckets: place.aws.session.buckets(),
        }))
    }
}

impl Lookup for BucketData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let name = filled(config, "bucket").unwrap_or_default();
        let doing = format!("reading S3 Bucket ({name})");
        let failed = |found: Problem| vec![found.at(Path::new().attr("bucket"))];
        let website = self.buckets.get_setting(name, BucketSetting::Website, None);
        let (there, website) = futures::future::join(self.s3.head_bucket(name), website).await;
        let region = match there {
            Ok(region) => region.unwrap_or_else(|| self.aws.region.clone()),
            Err(error) if error.is_not_found() => {
                return Err(failed(Problem::error(
                    format!("{doing}: couldn't find resource"),
                    format!("There is no bucket {name:?} that these credentials can see."),
                )));
            }
            Err(error) => return Err(failed(problem(&doing, &error))),
        };
        let value = said(
            body(),
            [
                (
                    "arn",
                    Value::string(arn(name, &self.aws.session.partition())),
                ),
                ("bucket", Value::string(name)),
                ("bucket_domain_name", Value::string(domain(name, &region))),
                (
                    "bucket_regional_domain_name",
                    Value::string(regional_domain(name, &region)),
                ),
                ("hosted_zone_id", Value::string(hosted_zone(&region))),
                ("id", Value::string(name)),
            ],
        );
        // Whether it is a website may be a secret: then nothing is said of it.
        if website.is_err() {
            return Ok(value);
        }
        let host = website_domain(&region);
        let endpoint = Value::string(format!("{name}.{host}"));
        let members = [
            ("website_domain", Value::string(host)),
            ("website_endpoint", endpoint),
        ];
        Ok(with(&value, members))
    }
}
