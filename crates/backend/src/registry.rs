//! The backend types, and how one is made from its evaluated block.

use std::path::PathBuf;
use std::sync::Arc;

use trueup_aws::{BoxFuture, Buckets, DynamoDb, Environment, Kms, S3, Session, Transport};
use trueup_schema::{Attribute, Block};
use trueup_value::{Type, Value, ValueRef};

use crate::{
    Backend, Error, LocalBackend, LocalSettings, S3Backend, S3Settings, Sealing, SettingProblem, s3,
};

/// The types that a backend block may name.
pub const BACKEND_TYPES: [&str; 2] = ["local", "s3"];

/// Where a run takes place: what relative paths mean.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The folder that paths of a backend block are relative to.
    pub working_dir: PathBuf,
    /// The folder for journals that are kept on this machine: `.trueup/journal`.
    pub journal_dir: PathBuf,
    /// How states are kept from other eyes.
    pub sealing: Sealing,
}

/// The services that a backend talks to.
#[derive(Clone)]
pub struct AwsClients {
    /// S3.
    pub s3: Arc<dyn S3>,
    /// S3's settings of buckets.
    pub buckets: Arc<dyn Buckets>,
    /// DynamoDB.
    pub dynamodb: Arc<dyn DynamoDb>,
    /// KMS.
    pub kms: Arc<dyn Kms>,
}

/// Reaches AWS with the settings of a backend block; it may send the caller to the embedded AWS.
pub type Connect = Arc<
    dyn Fn(trueup_aws::Settings) -> BoxFuture<'static, Result<AwsClients, trueup_aws::Error>>
        + Send
        + Sync,
>;

impl AwsClients {
    /// The usual way: a session of its own for the backend, over the given transport.
    pub fn over(transport: Transport) -> Connect {
        Arc::new(move |settings| {
            let transport = transport.clone();
            Box::pin(async move {
                let session = Session::connect(settings, transport).await?;
                Ok(Self {
                    s3: session.s3(),
                    buckets: session.buckets(),
                    dynamodb: session.dynamodb(),
                    kms: session.kms(),
                })
            })
        })
    }
}

/// The schema of a backend type's block; `None` for a type that is not here. Every attribute is
/// optional in it: what is required is checked once the block, command line and environment are
/// put together.
pub fn schema(kind: &str) -> Option<Block> {
    match kind {
        "local" => Some(
            Block::new()
                .attribute("path", Attribute::optional(Type::String))
                .attribute("workspace_dir", Attribute::optional(Type::String)),
        ),
        "s3" => Some(s3::schema()),
        _ => None,
    }
}

/// The settings that a backend can't do without, each with what it is.
pub fn required_settings(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "s3" => &[
            ("bucket", "The name of the S3 bucket"),
            ("key", "The path to the state file inside the bucket"),
        ],
        _ => &[],
    }
}

/// Backends that Terraform once had.
const REMOVED: [&str; 5] = ["artifactory", "etcd", "etcdv3", "manta", "swift"];

/// Backends of Terraform and OpenTofu that are not here.
const FOREIGN: [&str; 12] = [
    "azurerm",
    "cloud",
    "consul",
    "cos",
    "gcs",
    "http",
    "inmem",
    "kubernetes",
    "oci",
    "oss",
    "pg",
    "remote",
];

/// In words, why a type that [`schema`] does not know is none.
pub fn why_no_backend(kind: &str) -> String {
    if REMOVED.contains(&kind) {
        format!("The {kind:?} backend is not supported in Terraform v1.3 or later.")
    } else if FOREIGN.contains(&kind) {
        format!(
            "The {kind:?} backend of Terraform is not one of trueup's, which keeps state in {}.",
            BACKEND_TYPES.join(" and ")
        )
    } else {
        format!("There is no backend type named {kind:?}.")
    }
}

/// What is wrong with the settings of a backend type, as far as it can be said without the world.
///
/// # Errors
/// [`Error::Setting`] for a value that is not known, or not of its type.
pub fn check_settings(
    kind: &str,
    config: &Value,
    environment: &Environment,
) -> Result<Vec<SettingProblem>, Error> {
    match kind {
        "s3" => s3::check(config, environment),
        _ => Ok(Vec::new()),
    }
}

/// Makes a backend from its evaluated block: an object with the attributes of [`schema`].
///
/// # Errors
/// [`Error::UnknownType`], [`Error::Setting`], or what connecting fails with.
pub async fn open_backend(
    kind: &str,
    config: &Value,
    place: &Place,
    surroundings: &crate::Surroundings,
    connect: &Connect,
) -> Result<Arc<dyn Backend>, Error> {
    match kind {
        "local" => Ok(Arc::new(LocalBackend::new(LocalSettings::from_config(
            config, place,
        )?))),
        "s3" => {
            let settings = S3Settings::from_config(config, &surroundings.environment)?;
            Ok(Arc::new(
                S3Backend::connect(settings, place, surroundings, connect).await?,
            ))
        }
        other => Err(Error::UnknownType {
            kind: other.to_owned(),
        }),
    }
}

/// A string of the block; `None` where it is null or missing.
pub(crate) fn optional_string(config: &Value, name: &str) -> Result<Option<String>, Error> {
    match member(config, name)?.view() {
        ValueRef::Null(_) => Ok(None),
        ValueRef::String(text) => Ok(Some(text.to_string())),
        _ => Err(Error::setting(name, "a string is required")),
    }
}

/// A bool of the block; `None` where it is null or missing.
pub(crate) fn optional_bool(config: &Value, name: &str) -> Result<Option<bool>, Error> {
    match member(config, name)?.view() {
        ValueRef::Null(_) => Ok(None),
        ValueRef::Bool(value) => Ok(Some(value)),
        _ => Err(Error::setting(name, "a bool is required")),
    }
}

/// A number of the block, cut to a whole one; `None` where it is null or missing.
pub(crate) fn optional_whole(config: &Value, name: &str) -> Result<Option<i64>, Error> {
    match member(config, name)?.view() {
        ValueRef::Null(_) => Ok(None),
        ValueRef::Number(number) => {
            let most = if number.is_negative() {
                i64::MIN
            } else {
                i64::MAX
            };
            Ok(Some(number.trunc().to_i64().unwrap_or(most)))
        }
        _ => Err(Error::setting(name, "a number is required")),
    }
}

/// The texts of a list or set of the block, in its order; empty where it is null or missing.
pub(crate) fn strings(config: &Value, name: &str) -> Result<Vec<String>, Error> {
    let value = member(config, name)?;
    if value.is_null() {
        return Ok(Vec::new());
    }
    let texts: Option<Vec<String>> = value.as_slice().and_then(|elements| {
        elements
            .iter()
            .map(|element| element.as_str().map(str::to_owned))
            .collect()
    });
    texts.ok_or_else(|| Error::setting(name, "a set of strings is required"))
}

/// A map of texts of the block, without null members; empty where it is null or missing.
pub(crate) fn string_map(
    config: &Value,
    name: &str,
) -> Result<std::collections::BTreeMap<String, String>, Error> {
    let value = member(config, name)?;
    if value.is_null() {
        return Ok(std::collections::BTreeMap::new());
    }
    let texts = value.as_members().and_then(|members| {
        members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned())))
            .collect()
    });
    texts.ok_or_else(|| Error::setting(name, "a map of strings is required"))
}

/// A member of the block, unmarked; null where it is missing.
pub(crate) fn member(config: &Value, name: &str) -> Result<Value, Error> {
    let value = config
        .as_members()
        .and_then(|members| members.get(name))
        .map_or_else(Value::dynamic_null, Value::without_marks_inside);
    if value.is_wholly_known() {
        Ok(value)
    } else {
        Err(Error::setting(name, "its value is not known yet"))
    }
}
