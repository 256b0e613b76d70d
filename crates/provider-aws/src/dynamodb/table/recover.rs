//! Judging what an earlier run left open about tables.

use std::collections::BTreeSet;

use trueup_aws::Error;
use trueup_aws::dynamodb::TableDescription;
use trueup_provider::{Adoption, Context, Intent, Object, Problem, StepKind, Unheard};

use super::Tables;
use super::features;
use super::identity::NAME;
use super::private::{limit, private_bytes, written};
use crate::failure::problem;

/// How much a time of creation may lie before the intent, in seconds: DynamoDB rounds to whole ones.
pub(crate) const ROUNDING: f64 = 1.0;

/// Whether a table can have come of an intent.
pub(crate) fn made_since(table: &TableDescription, intent: &Intent) -> bool {
    table
        .created
        .is_some_and(|at| intent.precedes(at, ROUNDING))
}

impl Tables {
    /// Judges one open intent.
    pub(crate) async fn judged(&self, cx: &Context, intent: Intent) -> Adoption {
        let Some(name) = intent.identity.get(NAME) else {
            return Adoption::Forget;
        };
        let doing = format!("recovering DynamoDB Table ({name})");
        let found = match self.find(name).await {
            Ok(found) => found,
            Err(error) => return Adoption::Unclear(problem(&doing, &error)),
        };
        match intent.kind {
            StepKind::Create => {
                let Some(table) = found else {
                    return Adoption::Forget;
                };
                if intent.in_state.is_some() {
                    return Adoption::Forget;
                }
                let time = limit(None, "create");
                let planned = intent.planned_digest.as_deref().unwrap_or_default();
                let after = made_since(&table, &intent);
                if !after || !Self::is_as_planned(&table, planned) {
                    return Adoption::Unclear(self.stranger(name, after));
                }
                let ready = if table.status == "DELETING" {
                    return Adoption::Forget;
                } else {
                    self.wait_active(cx, name, time, &Unheard).await
                };
                match ready {
                    // What is on of a table that was made just now, its block turned on.
                    Ok(table) => match self.object(&table, None, &BTreeSet::new()).await {
                        Ok(mut object) => {
                            let written = features::written(&object.value);
                            object.private = Some(private_bytes(None, &written));
                            Adoption::Adopt(object)
                        }
                        Err(error) => Adoption::Unclear(problem(&doing, &error)),
                    },
                    Err(error) => Adoption::Unclear(problem(&doing, &error)),
                }
            }
            // A refresh shows what an update came to; the rest is planned again.
            StepKind::Update => match (found, &intent.in_state) {
                (Some(table), Some(before)) => match self.features_turned(&table, before).await {
                    Ok(Some(object)) => Adoption::Adopt(object),
                    Ok(None) => Adoption::Forget,
                    Err(error) => Adoption::Unclear(problem(&doing, &error)),
                },
                _ => Adoption::Forget,
            },
            StepKind::Delete => match found {
                None => Adoption::Gone,
                Some(table) if table.status == "DELETING" => {
                    let time = limit(None, "delete");
                    match self.wait_gone(cx, name, time, &Unheard).await {
                        Ok(()) => Adoption::Gone,
                        Err(error) => Adoption::Unclear(problem(&doing, &error)),
                    }
                }
                Some(_) => Adoption::Forget,
            },
        }
    }

    /// The table with the features that an update turned on since the state was written, which would not be
    /// known for its doing otherwise; nothing where it turned none.
    async fn features_turned(
        &self,
        table: &TableDescription,
        before: &Object,
    ) -> Result<Option<Object>, Error> {
        let known = written(before.private.as_deref());
        let mut object = self.object(table, Some(&before.value), &known).await?;
        let on = features::written(&object.value);
        let was_on = features::written(&before.value);
        let turned = on
            .iter()
            .filter(|name| known.contains(*name) || !was_on.contains(*name));
        let turned: BTreeSet<String> = turned.cloned().collect();
        if turned == known {
            return Ok(None);
        }
        object.private = Some(private_bytes(Some(&before.value), &turned));
        Ok(Some(object))
    }

    fn stranger(&self, name: &str, after: bool) -> Problem {
        let why = if after {
            "its keys are not those that were planned"
        } else {
            "it was created before that run meant to create it"
        };
        Problem::error(
            format!("DynamoDB Table ({name}) is not the one that was to be created"),
            format!(
                "An earlier run was stopped while it created the table {name:?} in {}. A table of that name is there, but {why}, so it is not taken over. If it is yours, bring it into state with import; otherwise delete it or give the configured table another name.",
                self.aws.region
            ),
        )
    }
}
