//! The data source `aws_kms_alias`: which key stands behind a name.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use trueup_aws::Kms;
use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::{Path, Value};

use super::alias::name::bad_form;
use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::filled;
use crate::region::Place;
use crate::rules::{Body, Mode, text};

/// What is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", Mode::Computed),
            text("id", Mode::OptionalComputed),
            text("name", Mode::Required),
            text("target_key_arn", Mode::Computed),
            text("target_key_id", Mode::Computed),
        ])
    })
}

/// What is wrong with a block.
pub(crate) fn validate(config: &Value) -> Problems {
    let name = filled(config, "name");
    name.and_then(|name| bad_form("name", name))
        .into_iter()
        .collect()
}

/// The data source in one region.
pub(crate) struct AliasData {
    kms: Arc<dyn Kms>,
    region: String,
}

impl AliasData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self {
            kms: place.aws.session.kms(),
            region: place.aws.region.clone(),
        }))
    }
}

impl Lookup for AliasData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let name = filled(config, "name").unwrap_or_default();
        let doing = format!("reading KMS Alias ({name})");
        let failed = |found: Problem| vec![found.at(Path::new().attr("name"))];
        let all = self
            .kms
            .list_aliases()
            .await
            .map_err(|error| failed(problem(&doing, &error)))?;
        let Some(alias) = all.into_iter().find(|alias| alias.name == name) else {
            return Err(failed(Problem::error(
                format!("{doing}: couldn't find resource"),
                format!(
                    "There is no alias {name:?} in {}. Check the name, the region and the account.",
                    self.region
                ),
            )));
        };
        // AWS's own aliases have no key before their first use; this look is one.
        let key = self
            .kms
            .describe_key(&alias.arn)
            .await
            .map_err(|error| failed(problem(&doing, &error)))?;
        let mut said = BTreeMap::new();
        for (member, value) in [
            ("arn", alias.arn.as_str()),
            ("id", &alias.arn),
            ("name", name),
            ("target_key_arn", &key.arn),
            ("target_key_id", &key.key_id),
        ] {
            said.insert(Arc::from(member), Value::string(value));
        }
        Ok(body().value(said))
    }
}
