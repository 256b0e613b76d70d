//! Reading subnets: all of a batch in one description.

use std::collections::BTreeMap;

use trueup_aws::Error;
use trueup_aws::ec2::{Asked, Filter, Subnet};
use trueup_provider::{Imported, Object, Problem, ReadOutcome, ReadRequest};
use trueup_value::Value;

use super::model::to_state;
use super::{LIMITS, Subnets};
use crate::ec2::FILTER_VALUES;
use crate::ec2::problem;
use crate::members::filled;
use crate::rules::read_beside;

impl Subnets {
    /// The subnet of an id, if there is one.
    pub(super) async fn look(&self, id: &str) -> Result<Option<Subnet>, Error> {
        match self.ec2.describe_subnets(Asked::One(id)).await {
            Ok(mut found) => Ok(found.pop()),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The subnets of these ids, as far as they are there.
    async fn look_all(&self, ids: &[String]) -> Result<BTreeMap<String, Subnet>, Error> {
        if let [id] = ids {
            let found = self.look(id).await?;
            return Ok(found.map(|it| (id.clone(), it)).into_iter().collect());
        }
        let mut all = BTreeMap::new();
        for some in ids.chunks(FILTER_VALUES) {
            let filters = [Filter::new("subnet-id", some)];
            let found = self.ec2.describe_subnets(Asked::Filtered(&filters)).await?;
            all.extend(found.into_iter().map(|it| (it.id.clone(), it)));
        }
        Ok(all)
    }

    /// The whole object of a subnet as it is now; `like` is what was planned or believed.
    pub(super) fn object(&self, found: &Subnet, like: Option<&Value>) -> Object {
        Object {
            value: to_state(found, &self.tags, like),
            private: Some(LIMITS.private_bytes(like)),
        }
    }

    /// Reads many subnets again.
    pub(super) async fn read_all(&self, requests: Vec<ReadRequest>) -> Vec<ReadOutcome> {
        let id_of = |request: &ReadRequest| {
            let id = filled(&request.prior.value, "id");
            id.unwrap_or_default().to_owned()
        };
        let ids: Vec<String> = requests.iter().map(id_of).collect();
        let asked: Vec<String> = ids.iter().filter(|id| !id.is_empty()).cloned().collect();
        let found = match self.look_all(&asked).await {
            Ok(found) => found,
            Err(error) => {
                return ids
                    .iter()
                    .map(|id| ReadOutcome::Failed(problem(&doing(id), &error)))
                    .collect();
            }
        };
        requests
            .into_iter()
            .zip(&ids)
            .map(|(request, id)| match found.get(id) {
                Some(subnet) => {
                    let value = to_state(subnet, &self.tags, Some(&request.prior.value));
                    read_beside(request.prior, &value)
                }
                None => ReadOutcome::Absent,
            })
            .collect()
    }

    /// The subnet of an id, for an import; none where there is none.
    pub(super) async fn adopt(&self, id: &str) -> Result<Vec<Imported>, Problem> {
        let found = self
            .look(id)
            .await
            .map_err(|error| problem(&doing(id), &error))?;
        Ok(found
            .map(|subnet| Imported {
                object: self.object(&subnet, None),
            })
            .into_iter()
            .collect())
    }
}

pub(super) fn doing(id: &str) -> String {
    format!("reading EC2 Subnet ({id})")
}
