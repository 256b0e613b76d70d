//! Reading VPCs: all of a batch in one description, then the settings that take a call each.

use std::collections::BTreeMap;

use futures::StreamExt;
use trueup_aws::Error;
use trueup_aws::ec2::{Asked, Filter, Vpc, VpcAttribute, VpcPart};
use trueup_provider::{Context, Imported, Object, Problem, ReadOutcome, ReadRequest};
use trueup_value::Value;

use super::model::{Attributes, Found, to_state};
use super::{Vpcs, private};
use crate::ec2::problem;
use crate::ec2::{FILTER_VALUES, is_unsupported};
use crate::members::filled;
use crate::rules::read_beside;

/// What the service made beside the VPCs of a batch, by the id of the VPC.
#[derive(Default)]
struct Parts {
    network_acls: BTreeMap<String, String>,
    route_tables: BTreeMap<String, String>,
    security_groups: BTreeMap<String, String>,
}

impl Vpcs {
    /// The VPC of an id, if there is one.
    pub(super) async fn look(&self, id: &str) -> Result<Option<Vpc>, Error> {
        match self.ec2.describe_vpcs(Asked::One(id)).await {
            Ok(mut found) => Ok(found.pop()),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The VPCs of these ids, as far as they are there.
    async fn look_all(&self, ids: &[String]) -> Result<BTreeMap<String, Vpc>, Error> {
        if let [id] = ids {
            let found = self.look(id).await?;
            return Ok(found.map(|vpc| (id.clone(), vpc)).into_iter().collect());
        }
        let mut all = BTreeMap::new();
        for some in ids.chunks(FILTER_VALUES) {
            let filters = [Filter::new("vpc-id", some)];
            let found = self.ec2.describe_vpcs(Asked::Filtered(&filters)).await?;
            all.extend(found.into_iter().map(|vpc| (vpc.id.clone(), vpc)));
        }
        Ok(all)
    }

    /// What stands beside VPCs. It is worth a line in the log, not a failure, where it can't be read.
    async fn parts(&self, ids: &[String]) -> Parts {
        let of = |part| async move {
            self.ec2
                .vpc_parts(part, ids)
                .await
                .inspect_err(|error| tracing::warn!(%error, "a part of a VPC could not be read"))
                .unwrap_or_default()
        };
        let (network_acls, route_tables, security_groups) = futures::join!(
            of(VpcPart::NetworkAcl),
            of(VpcPart::RouteTable),
            of(VpcPart::SecurityGroup)
        );
        Parts {
            network_acls,
            route_tables,
            security_groups,
        }
    }

    /// The settings of a VPC that take a call each.
    pub(super) async fn attributes(&self, id: &str) -> Result<Attributes, Error> {
        let of = |attribute, usual: bool| async move {
            match self.ec2.vpc_attribute(id, attribute).await {
                Err(error) if is_unsupported(&error) => Ok(usual),
                other => other,
            }
        };
        let usual = Attributes::default();
        let (dns_hostnames, dns_support, usage_metrics) = futures::join!(
            of(VpcAttribute::DnsHostnames, usual.dns_hostnames),
            of(VpcAttribute::DnsSupport, usual.dns_support),
            of(VpcAttribute::AddressUsageMetrics, usual.usage_metrics)
        );
        Ok(Attributes {
            dns_hostnames: dns_hostnames?,
            dns_support: dns_support?,
            usage_metrics: usage_metrics?,
        })
    }

    async fn with_parts(&self, vpc: Vpc, parts: &Parts) -> Result<Found, Error> {
        let of = |parts: &BTreeMap<String, String>| parts.get(&vpc.id).cloned().unwrap_or_default();
        Ok(Found {
            attributes: self.attributes(&vpc.id).await?,
            network_acl: of(&parts.network_acls),
            route_table: of(&parts.route_tables),
            security_group: of(&parts.security_groups),
            vpc,
        })
    }

    /// Everything about a VPC that was just described.
    pub(super) async fn besides(&self, vpc: Vpc) -> Result<Found, Error> {
        let parts = self.parts(std::slice::from_ref(&vpc.id)).await;
        self.with_parts(vpc, &parts).await
    }

    /// The whole object of a VPC as it is now; `like` is what was planned or believed.
    pub(super) fn object(&self, found: &Found, like: Option<&Value>) -> Object {
        Object {
            value: to_state(found, &self.aws, &self.tags, like),
            private: Some(private()),
        }
    }

    /// Reads many VPCs again.
    pub(super) async fn read_all(
        &self,
        cx: &Context,
        requests: Vec<ReadRequest>,
    ) -> Vec<ReadOutcome> {
        let ids: Vec<String> = requests
            .iter()
            .map(|request| {
                filled(&request.prior.value, "id")
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
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
        let there: Vec<String> = found.keys().cloned().collect();
        let parts = if there.is_empty() {
            Parts::default()
        } else {
            self.parts(&there).await
        };
        let looked_up: Vec<(String, Option<Vpc>, Object)> = requests
            .into_iter()
            .zip(ids)
            .map(|(request, id)| {
                let vpc = found.get(&id).cloned();
                (id, vpc, request.prior)
            })
            .collect();
        let parts = &parts;
        futures::stream::iter(looked_up)
            .map(|(id, vpc, prior)| async move {
                let Some(vpc) = vpc else {
                    return ReadOutcome::Absent;
                };
                match self.with_parts(vpc, parts).await {
                    Ok(found) => {
                        let value = to_state(&found, &self.aws, &self.tags, Some(&prior.value));
                        read_beside(prior, &value)
                    }
                    // It went between the two calls.
                    Err(error) if error.is_not_found() => ReadOutcome::Absent,
                    Err(error) => ReadOutcome::Failed(problem(&doing(&id), &error)),
                }
            })
            .buffered(cx.parallelism.max(1))
            .collect()
            .await
    }

    /// The VPC of an id, for an import; none where there is none.
    pub(super) async fn adopt(&self, _cx: &Context, id: &str) -> Result<Vec<Imported>, Problem> {
        let failed = |error: Error| problem(&doing(id), &error);
        let Some(vpc) = self.look(id).await.map_err(failed)? else {
            return Ok(Vec::new());
        };
        let found = self.besides(vpc).await.map_err(failed)?;
        Ok(vec![Imported {
            object: self.object(&found, None),
        }])
    }
}

pub(super) fn doing(id: &str) -> String {
    format!("reading EC2 VPC ({id})")
}
