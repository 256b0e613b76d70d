//! `aws_iam_role_policy_attachment`: one policy that hangs on one role.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use trueup_aws::Error;
use trueup_aws::iam::Iam;
use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, Object, PlanRequest, Planned,
    Problem, Problems, Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use crate::connection::Connection;
use crate::dynamodb::table_item::digest_of_text;
use crate::failure::problem;
use crate::iam::PROPAGATION;
use crate::made_up;
use crate::members::filled;
use crate::patience::patiently;
use crate::region::Place;
use crate::rules::{Body, Mode, draft, text};
use crate::timeouts::no_private;

/// The name of the type.
pub(crate) const KIND: &str = "aws_iam_role_policy_attachment";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("id", Mode::OptionalComputed),
            text("policy_arn", Mode::Required).replaces(),
            text("role", Mode::Required).replaces(),
        ])
    })
}

/// The type under one provider configuration.
pub(crate) struct Attachments {
    aws: Connection,
    iam: Arc<dyn Iam>,
}

impl Attachments {
    /// The type.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            iam: place.aws.session.iam(),
            aws: place.aws.clone(),
        })
    }

    /// Whether a policy hangs on a role.
    async fn hangs(&self, role: &str, arn: &str) -> Result<bool, Error> {
        match self.iam.attached_policies(role).await {
            Ok(attached) => Ok(attached.iter().any(|other| other == arn)),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn attach(&self, cx: &Context, step: Step, progress: &dyn Progress) -> ApplyOutcome {
        let wanted = step
            .planned
            .or(step.config)
            .unwrap_or_else(Value::dynamic_null);
        let (role, arn) = ends(&wanted);
        let made = patiently(
            &self.aws,
            cx,
            "role and policy to be known",
            PROPAGATION,
            // What was just made is not known everywhere at once.
            |error| error.code() == "ConcurrentModification",
            || self.iam.attach_policy(&role, &arn),
        )
        .await;
        let doing = format!("attaching IAM Policy ({arn}) to IAM Role ({role})");
        match made {
            Ok(()) => {
                let object = object(&role, &arn, &step.token);
                progress.created(object.clone()).await;
                ApplyOutcome::Done(Some(object), Problems::new())
            }
            Err(error) if error.lost_answer() => ApplyOutcome::Unknown(problem(&doing, &error)),
            Err(error) => ApplyOutcome::Failed(None, vec![problem(&doing, &error)]),
        }
    }

    async fn detach(&self, step: Step) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let (role, arn) = ends(&prior.value);
        match self.iam.detach_policy(&role, &arn).await {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            Err(error) if error.is_not_found() => ApplyOutcome::Done(None, Problems::new()),
            Err(error) => {
                let doing = format!("detaching IAM Policy ({arn}) from IAM Role ({role})");
                ApplyOutcome::Failed(Some(prior), vec![problem(&doing, &error)])
            }
        }
    }
}

/// Role and policy of a value. A role that is given by its ARN is known by its name.
fn ends(value: &Value) -> (String, String) {
    let of = |name: &str| filled(value, name).unwrap_or_default().to_owned();
    (of("role"), of("policy_arn"))
}

fn object(role: &str, arn: &str, token: &str) -> Object {
    let id = made_up::name(&format!("{role}-"), token);
    let said = [("id", id.as_str()), ("policy_arn", arn), ("role", role)];
    Object {
        value: body().value(
            said.into_iter()
                .map(|(name, value)| (Arc::from(name), Value::string(value)))
                .collect(),
        ),
        private: Some(no_private()),
    }
}

impl ResourceType for Attachments {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        draft(body(), prior, request.proposed).planned(prior, request.proposed)
    }

    fn read<'a>(&'a self, _cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let (role, arn) = ends(&request.prior.value);
            match self.hangs(&role, &arn).await {
                Ok(true) => ReadOutcome::Present(request.prior),
                Ok(false) => ReadOutcome::Absent,
                Err(error) => {
                    let doing = format!("reading IAM Role Policy Attachment ({role}:{arn})");
                    ReadOutcome::Failed(problem(&doing, &error))
                }
            }
        })
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            match step.kind {
                // Every change replaces it.
                StepKind::Create | StepKind::Update => self.attach(cx, step, progress).await,
                StepKind::Delete => self.detach(step).await,
            }
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        let (role, arn) = ends(value);
        BTreeMap::from([("role".to_owned(), role), ("policy_arn".to_owned(), arn)])
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        let (role, arn) = ends(value);
        digest_of_text(&format!("attachment {role} {arn}"))
    }

    /// Attaching a policy that hangs there already changes nothing: what is there is taken up.
    fn judge<'a>(&'a self, _cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(async move {
            let part = |name: &str| intent.identity.get(name).cloned().unwrap_or_default();
            let (role, arn) = (part("role"), part("policy_arn"));
            match (intent.kind, self.hangs(&role, &arn).await) {
                (_, Err(error)) => {
                    let doing = format!("recovering IAM Role Policy Attachment ({role}:{arn})");
                    Adoption::Unclear(problem(&doing, &error))
                }
                (StepKind::Delete, Ok(false)) => Adoption::Gone,
                (StepKind::Create, Ok(true)) if intent.in_state.is_none() => {
                    Adoption::Adopt(object(&role, &arn, &intent.address.to_string()))
                }
                _ => Adoption::Forget,
            }
        })
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(async move {
            let Some((role, arn)) = id.split_once('/').filter(|(role, _)| !role.is_empty()) else {
                return Err(Problem::error(
                    format!("unexpected format of ID ({id:?}), expected <role-name>/<policy_arn>"),
                    "Such as worker/arn:aws:iam::123456789012:policy/orders.",
                ));
            };
            let doing = format!("reading IAM Role Policy Attachment ({role}:{arn})");
            let there = self.hangs(role, arn).await;
            Ok(match there.map_err(|error| problem(&doing, &error))? {
                true => vec![Imported {
                    object: object(role, arn, id),
                }],
                false => Vec::new(),
            })
        })
    }
}
