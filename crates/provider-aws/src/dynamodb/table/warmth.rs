//! Raising the throughput that a table and its indexes keep warm.

use trueup_aws::Error;
use trueup_aws::dynamodb::{IndexUpdate, UpdateIndex, UpdateTable};
use trueup_value::Value;

use super::throughput::Warm;
use super::update::Change;
use crate::members::filled;

impl Change<'_> {
    fn is_on_demand(value: &Value) -> bool {
        filled(value, "billing_mode") == Some("PAY_PER_REQUEST")
    }

    /// Raises the throughput that is kept warm, unless AWS has gone as far by itself.
    pub(crate) async fn warm(&self) -> Result<(), Error> {
        let wanted = Warm::of(self.new);
        let on_demand = Self::is_on_demand(self.new);
        let switched = on_demand != Self::is_on_demand(self.old);
        let covered = Warm::of(self.old).covers(wanted, on_demand);
        if wanted == Warm::default() || (covered && !switched) {
            return Ok(());
        }
        let table = self.tables.aws.dynamodb.describe_table(self.name).await?;
        let live = table.warm.as_ref();
        if live.is_some() && Warm::described(live, on_demand).covers(wanted, on_demand) {
            return Ok(());
        }
        self.send(UpdateTable {
            warm: wanted.to_send(),
            ..self.request()
        })
        .await
        .map(drop)
    }

    /// The same for indexes, each by a request of its own.
    pub(crate) async fn warm_indexes(&self, candidates: Vec<(String, Warm)>) -> Result<(), Error> {
        if candidates.is_empty() {
            return Ok(());
        }
        let on_demand = Self::is_on_demand(self.new);
        let table = self.tables.aws.dynamodb.describe_table(self.name).await?;
        for (name, wanted) in candidates {
            let live = table
                .global_indexes
                .iter()
                .find(|index| index.name == name)
                .and_then(|index| index.warm.as_ref());
            if live.is_some() && Warm::described(live, on_demand).covers(wanted, on_demand) {
                continue;
            }
            let update = UpdateIndex {
                name,
                warm: wanted.to_send(),
                ..UpdateIndex::default()
            };
            self.send(UpdateTable {
                index_updates: vec![IndexUpdate::Update(update)],
                ..self.request()
            })
            .await?;
        }
        Ok(())
    }
}
