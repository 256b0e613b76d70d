//! Bringing a table's replicas to what its blocks say.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::{CreateReplica, ReplicaUpdate, UpdateTable, WitnessUpdate};
use trueup_provider::{Context, Progress};
use trueup_value::Value;

use super::super::Tables;
use super::check::key_changes;
use super::wait::Awaited;
use super::{Common, STRONG, Said, about, said, said_witness, tags_in_step};
use crate::members::{block, filled};

/// How long replicas are waited for at the least.
pub(super) const REPLICA_LIMIT: Duration = Duration::from_secs(30 * 60);

/// What has to happen to the replicas of one table.
struct Work {
    had: BTreeMap<String, Said>,
    wanted: BTreeMap<String, Said>,
    gone: BTreeSet<String>,
    new: BTreeSet<String>,
    witness_before: Option<String>,
    witness_after: Option<String>,
    regions_move: bool,
}

impl Work {
    fn between(old: Option<&Value>, new: &Value) -> Work {
        let had = old.map(said).unwrap_or_default();
        let wanted = said(new);
        let common = old.map(|old| Common::between(old, new)).unwrap_or_default();
        let rebuilt = |region: &String| match (had.get(region), wanted.get(region)) {
            (Some(had), Some(wanted)) => had.is_rebuilt(wanted, common),
            _ => true,
        };
        let witness_before = old.and_then(said_witness);
        Work {
            gone: had
                .keys()
                .filter(|region| rebuilt(region))
                .cloned()
                .collect(),
            new: wanted
                .keys()
                .filter(|region| rebuilt(region))
                .cloned()
                .collect(),
            // A witness that the block leaves open stays where it is.
            witness_after: match block(new, "global_table_witness") {
                Some(witness) => filled(witness, "region_name")
                    .map(str::to_owned)
                    .or_else(|| witness_before.clone()),
                None => None,
            },
            witness_before,
            regions_move: common.regions_move,
            had,
            wanted,
        }
    }

    /// The witness that goes.
    fn witness_goes(&self) -> Option<&str> {
        let changes = self.regions_move || self.witness_before != self.witness_after;
        self.witness_before.as_deref().filter(|_| changes)
    }

    /// The witness that comes.
    fn witness_comes(&self) -> Option<String> {
        let changes = self.regions_move || self.witness_before != self.witness_after;
        self.witness_after.clone().filter(|_| changes)
    }

    fn strong_now(&self) -> bool {
        self.had.values().any(|replica| replica.strong)
    }

    fn strong_then(&self) -> bool {
        self.wanted.values().any(|replica| replica.strong)
    }
}

/// Changes of one table's replicas, under one limit of time.
#[derive(Clone, Copy)]
pub(crate) struct OnReplicas<'a> {
    /// The tables where this one is main, or a replica for what is set on it alone.
    pub(crate) tables: &'a Tables,
    pub(crate) cx: &'a Context,
    /// The table's name.
    pub(crate) name: &'a str,
    pub(crate) time: Duration,
    pub(crate) progress: &'a dyn Progress,
}

impl OnReplicas<'_> {
    /// With the time that replicas take at the least: AWS needs its own for each region.
    pub(crate) fn with_time(self) -> Self {
        Self {
            time: self.time.max(REPLICA_LIMIT),
            ..self
        }
    }

    /// The first half of the way from a table's old to its new replicas: settings of those that stay,
    /// then those that go.
    pub(crate) async fn release(self, (old, new): (Option<&Value>, &Value)) -> Result<(), Error> {
        let work = Work::between(old, new);
        let on = self.with_time();
        for (region, wanted) in &work.wanted {
            let Some(had) = work.had.get(region) else {
                continue;
            };
            if work.new.contains(region) {
                // Only a lifted protection lets it be built anew.
                let lifted = Said {
                    protection: wanted.protection.filter(|on| !on),
                    ..had.clone()
                };
                on.set_up(region, (had, &lifted)).await?;
            } else {
                on.set_up(region, (had, wanted)).await?;
            }
        }
        on.remove(&work.gone, work.witness_goes(), work.strong_now())
            .await
    }

    /// The second half: those that come.
    pub(crate) async fn gain(self, (old, new): (Option<&Value>, &Value)) -> Result<(), Error> {
        let work = Work::between(old, new);
        self.with_time().add(&work, work.witness_comes()).await
    }

    /// Takes replicas away and waits until they are gone. Of a strongly consistent table all go in
    /// one call: AWS allows no state between three regions and one.
    pub(crate) async fn remove(
        self,
        regions: &BTreeSet<String>,
        witness: Option<&str>,
        strong: bool,
    ) -> Result<(), Error> {
        let mut steps: Vec<(Vec<String>, Option<String>)> = if strong {
            vec![(
                regions.iter().cloned().collect(),
                witness.map(str::to_owned),
            )]
        } else {
            regions
                .iter()
                .map(|region| (vec![region.clone()], None))
                .collect()
        };
        steps.retain(|(regions, witness)| !regions.is_empty() || witness.is_some());
        for (regions, witness) in steps {
            let request = UpdateTable {
                table: self.name.to_owned(),
                replica_updates: regions.iter().cloned().map(ReplicaUpdate::Delete).collect(),
                witness_updates: witness.iter().cloned().map(WitnessUpdate::Delete).collect(),
                multi_region_consistency: witness.is_some().then(|| STRONG.to_owned()),
                ..UpdateTable::default()
            };
            let awaited = Awaited {
                go: regions.iter().cloned().chain(witness).collect(),
                ..Awaited::default()
            };
            let asked = self.tables.change(self.cx, request, self.time).await;
            match asked {
                Ok(_) => {}
                // Somebody else was faster.
                Err(error) if error.message().contains("was not found") => continue,
                Err(error) => {
                    let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
                    return Err(about(&regions.join(", "))(error));
                }
            }
            self.wait(&awaited).await?;
        }
        Ok(())
    }

    async fn add(self, work: &Work, witness: Option<String>) -> Result<(), Error> {
        let strong = work.strong_then();
        let mut steps: Vec<(Vec<String>, Option<String>)> = if strong {
            vec![(work.new.iter().cloned().collect(), witness)]
        } else {
            let single = |region: &String| (vec![region.clone()], None);
            work.new.iter().map(single).collect()
        };
        steps.retain(|(regions, witness)| !regions.is_empty() || witness.is_some());
        for (regions, witness) in steps {
            let create = |region: &String| {
                ReplicaUpdate::Create(CreateReplica {
                    region: region.clone(),
                    kms_key: work.wanted.get(region).and_then(|said| said.key.clone()),
                    table_class: None,
                })
            };
            let request = UpdateTable {
                table: self.name.to_owned(),
                replica_updates: regions.iter().map(create).collect(),
                witness_updates: witness.iter().cloned().map(WitnessUpdate::Create).collect(),
                multi_region_consistency: strong.then(|| STRONG.to_owned()),
                ..UpdateTable::default()
            };
            let awaited = Awaited {
                come: regions.iter().cloned().chain(witness).collect(),
                ..Awaited::default()
            };
            self.create(request, &regions).await?;
            self.wait(&awaited).await?;
            for region in &regions {
                if let Some(wanted) = work.wanted.get(region) {
                    self.set_up(region, (&Said::default(), wanted)).await?;
                }
            }
        }
        Ok(())
    }

    /// Asks for new replicas. Those that an earlier run asked for, and that are there as replicas by
    /// now, are as good as new.
    async fn create(self, request: UpdateTable, regions: &[String]) -> Result<(), Error> {
        let Err(error) = self.tables.change(self.cx, request, self.time).await else {
            return Ok(());
        };
        if error.message().contains("already exist") {
            let dynamodb = &self.tables.aws.dynamodb;
            let table = dynamodb.describe_table(self.name).await?;
            let all = regions.iter().all(|region| {
                let found = table.replicas.iter().find(|there| there.region == *region);
                found.is_some_and(|there| there.status.as_deref() != Some("DELETING"))
            });
            if all {
                return Ok(());
            }
        }
        let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
        Err(about(&regions.join(", "))(error))
    }

    /// Changes the keys of all regions and waits until all have theirs.
    pub(crate) async fn change_keys(self, request: UpdateTable) -> Result<(), Error> {
        let regions = request
            .replica_updates
            .iter()
            .filter_map(|update| match update {
                ReplicaUpdate::Update(replica) => Some(replica.region.clone()),
                _ => None,
            });
        let awaited = Awaited {
            come: regions
                .filter(|region| *region != self.tables.aws.region)
                .collect(),
            ..Awaited::default()
        };
        self.tables.change(self.cx, request, self.time).await?;
        self.wait(&awaited).await?;
        self.tables
            .wait_active(self.cx, self.name, self.time, self.progress)
            .await
            .map(drop)
    }
}

impl Tables {
    /// Puts the table's tags on the replicas that are to have them, where these or the wish changed.
    pub(crate) async fn tag_replicas(
        &self,
        arn: &str,
        (old, new): (Option<&Value>, &Value),
    ) -> Result<(), Error> {
        let work = Work::between(old, new);
        let tags = tags_in_step(&self.tags, new);
        let before = old.map(|old| tags_in_step(&self.tags, old));
        let renewed = before.as_ref() != Some(&tags);
        for (region, wanted) in &work.wanted {
            let had = work.had.get(region).is_some_and(|had| had.propagates);
            if wanted.propagates && (renewed || !had || work.new.contains(region)) {
                self.tag_replica(arn, region, &tags).await?;
            }
        }
        Ok(())
    }

    /// The one UpdateTable that gives a table with replicas a key of the customer's: every region gets
    /// its own in it. `None` where the table's encryption changes alone.
    pub(crate) fn keys_of_all(&self, old: &Value, new: &Value) -> Option<Vec<ReplicaUpdate>> {
        let staying = said(old);
        let wanted = said(new);
        if !key_changes(old, new) || staying.is_empty() {
            return None;
        }
        let own = block(new, "server_side_encryption").and_then(|sse| filled(sse, "kms_key_arn"));
        let update = |region: &str, key: Option<String>| {
            ReplicaUpdate::Update(CreateReplica {
                region: region.to_owned(),
                kms_key: key,
                table_class: None,
            })
        };
        let replicas = staying
            .keys()
            .filter_map(|region| Some((region, wanted.get(region)?.key.clone()?)))
            .map(|(region, key)| update(region, Some(key)));
        let mut updates: Vec<ReplicaUpdate> = replicas.collect();
        updates.push(update(&self.aws.region, own.map(str::to_owned)));
        Some(updates)
    }
}
