//! The regions under one provider configuration, each with what types are made from.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use trueup_aws::Error;
use trueup_provider::Problem;
use trueup_value::Path;

use super::member::REGION;
use crate::connection::Connection;
use crate::dynamodb::table::default_key::DefaultKey;
use crate::dynamodb::table::scaled::Bands;
use crate::dynamodb::{KnownTables, PlannedReplicas};
use crate::s3::object::content::LocalFiles;
use crate::tags::TagPolicy;

/// One region under one provider configuration: what resource types and data sources are made from.
/// Clones share everything.
#[derive(Clone)]
pub(crate) struct Place {
    /// The services there.
    pub(crate) aws: Connection,
    /// What the provider block says about tags.
    pub(crate) tags: Arc<TagPolicy>,
    /// What the run has learnt of the region's tables.
    pub(crate) known: Arc<KnownTables>,
    /// Within what bounds capacities of the region's tables are moved.
    pub(crate) bands: Arc<Bands>,
    /// The key that encrypts tables for which none is named.
    pub(crate) default_key: Arc<DefaultKey>,
    /// What plans say of replicas, in all regions.
    pub(crate) replicas: Arc<PlannedReplicas>,
    /// The files that objects are made from.
    pub(crate) files: Arc<LocalFiles>,
}

/// All regions under one provider configuration.
pub(crate) struct Places {
    /// The provider block's own.
    pub(crate) home: Place,
    others: Mutex<BTreeMap<String, Place>>,
}

impl Places {
    /// The regions around the one that a provider block names.
    pub(crate) fn around(
        aws: Connection,
        tags: TagPolicy,
        replicas: Arc<PlannedReplicas>,
        files: Arc<LocalFiles>,
    ) -> Self {
        Self {
            home: Place {
                aws,
                tags: Arc::new(tags),
                known: Arc::default(),
                bands: Arc::default(),
                default_key: Arc::default(),
                replicas,
                files,
            },
            others: Mutex::default(),
        }
    }

    /// The region of that name; the provider's own where none is named.
    ///
    /// # Errors
    /// A region that can't be used, such as one of another partition.
    pub(crate) fn place(&self, region: Option<&str>) -> Result<Place, Problem> {
        let region = match region {
            Some(region) if region != self.home.aws.region => region,
            _ => return Ok(self.home.clone()),
        };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = others.get(region) {
            return Ok(place.clone());
        }
        let place = Place {
            aws: self.home.aws.in_region(region).map_err(unusable)?,
            tags: Arc::clone(&self.home.tags),
            known: Arc::default(),
            bands: Arc::default(),
            default_key: Arc::default(),
            replicas: Arc::clone(&self.home.replicas),
            files: Arc::clone(&self.home.files),
        };
        others.insert(region.to_owned(), place.clone());
        Ok(place)
    }
}

/// A region that can't be used.
fn unusable(error: Error) -> Problem {
    let detail = match error {
        Error::Settings { detail, .. } => detail,
        other => other.to_string(),
    };
    Problem::error("Invalid region", detail).at(Path::new().attr(REGION))
}
