//! `aws_iam_role`.

mod change;
mod model;
mod read;
pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::iam::Iam;
use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, PlanRequest, Planned, Problem,
    Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use crate::connection::Connection;
use crate::dynamodb::table_item::digest_of_text;
use crate::failure::problem;
use crate::members::filled;
use crate::region::Place;
use crate::rules::draft;
use crate::tags::{TagPolicy, plan_tags_all};

/// How much a role's time of creation may lie before the intent, in seconds: clocks differ.
const CLOCKS: f64 = 60.0;

/// The type under one provider configuration.
pub(crate) struct Roles {
    aws: Connection,
    iam: Arc<dyn Iam>,
    tags: Arc<TagPolicy>,
}

impl Roles {
    /// The type.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            iam: place.aws.session.iam(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        })
    }
}

impl ResourceType for Roles {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(schema::body(), prior, request.proposed);
        plan_tags_all(&self.tags, &mut draft, prior, request.proposed);
        draft.planned(prior, request.proposed)
    }

    fn read<'a>(&'a self, _cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(self.read_again(request.prior))
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            match step.kind {
                StepKind::Create => self.create(cx, step, progress).await,
                StepKind::Update => self.update(cx, step).await,
                StepKind::Delete => self.delete(cx, step).await,
            }
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        match filled(value, "name") {
            Some(name) => BTreeMap::from([("name".to_owned(), name.to_owned())]),
            None => BTreeMap::new(),
        }
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        let path = filled(value, "path").unwrap_or("/");
        digest_of_text(&format!("role {:?} {path}", filled(value, "name")))
    }

    fn judge<'a>(&'a self, _cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(self.judged(intent))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(async move {
            let found = self.find(id).await;
            let found = found.map_err(|error| problem(&read::doing(id), &error))?;
            Ok(found
                .map(|found| Imported {
                    object: self.object(&found, None),
                })
                .into_iter()
                .collect())
        })
    }
}

impl Roles {
    /// Judges one open intent. A role that was made since then under its name is the one that was to be made.
    async fn judged(&self, intent: Intent) -> Adoption {
        let Some(name) = intent.identity.get("name") else {
            return Adoption::Forget;
        };
        let found = match self.find(name).await {
            Ok(found) => found,
            Err(error) => {
                return Adoption::Unclear(problem(
                    &format!("recovering IAM Role ({name})"),
                    &error,
                ));
            }
        };
        match (intent.kind, found) {
            (StepKind::Delete, None) => Adoption::Gone,
            (StepKind::Create, Some(found)) if intent.in_state.is_none() => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "milliseconds since 1970 fit a double exactly"
                )]
                let since = intent.at_ms as f64 / 1000.0 - CLOCKS;
                let made = crate::rfc3339::read(&found.role.created);
                if made.is_some_and(|made| made >= since) {
                    Adoption::Adopt(self.object(&found, None))
                } else {
                    Adoption::Unclear(Problem::error(
                        format!("IAM Role ({name}) is not the one that was to be created"),
                        "A role of that name was there before. If it is yours, bring it into state with import; otherwise delete it or give the configured role another name.",
                    ))
                }
            }
            _ => Adoption::Forget,
        }
    }
}
