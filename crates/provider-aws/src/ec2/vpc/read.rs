//! Reading VPCs: all of a batch in one description, then the settings that take a call each.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use trueup_aws::Error;
use trueup_aws::ec2::{Asked, Ipv6Block, Vpc, VpcAttribute, VpcPart};
use trueup_provider::{BoxFuture, Context};
use trueup_value::Value;

use super::Vpcs;
use super::model::{Attributes, Found, to_state};
use super::schema::VERSION;
use crate::connection::Connection;
use crate::ec2::described::{Described, all, one};
use crate::ec2::is_unsupported;
use crate::lifecycle::{Look, Read};
use crate::members::filled;
use crate::timeouts::no_limits;

/// What the service made beside the VPCs of a batch, by the id of the VPC.
#[derive(Default)]
struct Parts {
    network_acls: BTreeMap<String, String>,
    route_tables: BTreeMap<String, String>,
    security_groups: BTreeMap<String, String>,
}

impl Vpcs {
    /// The VPC of an id, if there is one.
    pub(super) async fn look(&self, id: &str) -> Look<Vpc> {
        one(self, id).await
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
}

impl Read for Vpcs {
    type Found = Found;
    type Seen = Option<Vpc>;

    fn named(&self, value: &Value) -> Option<String> {
        filled(value, "id").map(str::to_owned)
    }

    async fn find(&self, value: &Value) -> Look<Found> {
        let id = self.named(value).unwrap_or_default();
        let vpc = self.look(&id).await?;
        self.read_back(vpc, value).await
    }

    async fn find_all(&self, cx: &Context, values: &[&Value]) -> Result<Vec<Look<Found>>, Error> {
        let found = all(self, values).await?;
        let there: Vec<String> = found.iter().flatten().map(|vpc| vpc.id.clone()).collect();
        let parts = match there.is_empty() {
            true => Parts::default(),
            false => self.parts(&there).await,
        };
        let parts = &parts;
        let each: Vec<_> = found
            .into_iter()
            .map(|vpc| async move {
                match vpc {
                    Some(vpc) => self.with_parts(vpc, parts).await.map(Some),
                    None => Ok(None),
                }
            })
            .collect();
        let each = futures::stream::iter(each).buffered(cx.parallelism.max(1));
        Ok(each.collect().await)
    }

    /// What takes calls of its own is read.
    async fn read_back(&self, vpc: Option<Vpc>, _value: &Value) -> Look<Found> {
        match vpc {
            Some(vpc) => self.besides(vpc).await.map(Some),
            None => Ok(None),
        }
    }

    fn state(&self, found: &Found, like: Option<&Value>) -> Value {
        to_state(found, &self.aws, &self.tags, like)
    }

    fn private(&self, _like: Option<&Value>) -> Arc<[u8]> {
        no_limits(VERSION)
    }
}

impl Described for Vpcs {
    type One = Vpc;
    const FILTER: &'static str = "vpc-id";

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn describe<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Vec<Vpc>, Error>> {
        self.ec2.describe_vpcs(asked)
    }

    fn parts(one: &Vpc) -> (&str, &str, &[Ipv6Block]) {
        (&one.id, &one.state, &one.ipv6)
    }
}
