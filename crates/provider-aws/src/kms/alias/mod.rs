//! `aws_kms_alias`.

mod change;
pub(crate) mod name;
pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::kms::Alias;
use trueup_aws::{Error, Kms};
use trueup_provider::{Context, Intent, Object, PlanRequest, Planned, ResourceType};
use trueup_value::{Type, Value};

use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::lifecycle::{Claim, Lifecycle, Living, Look, Read};
use crate::made_up::prefix_of;
use crate::members::{filled, text};
use crate::region::Place;
use crate::rules::draft;
use crate::timeouts::no_private;

/// The member of an identity that holds the alias's name.
const NAME: &str = "alias";

/// What KMS says where an alias of the name is there.
const ALREADY_EXISTS: &str = "AlreadyExistsException";

/// The type under one provider configuration, in one region.
pub(crate) struct Aliases {
    kms: Arc<dyn Kms>,
    aws: Connection,
}

impl Aliases {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Living(Self {
            kms: place.aws.session.kms(),
            aws: place.aws.clone(),
        }))
    }
}

/// The value of an alias; `like` is what was planned or believed of it.
fn to_state(alias: &Alias, like: Option<&Value>) -> Value {
    let key = alias.target.as_deref().unwrap_or_default();
    // The ARN of the key is that of the alias, with another end.
    let key_arn = alias
        .arn
        .strip_suffix(alias.name.as_str())
        .map(|prefix| format!("{prefix}key/{key}"))
        .unwrap_or_default();
    let mut said = BTreeMap::new();
    for (name, value) in [
        ("arn", alias.arn.as_str()),
        ("id", &alias.name),
        ("name", &alias.name),
        ("name_prefix", prefix_of(&alias.name)),
        ("target_key_arn", &key_arn),
        ("target_key_id", key),
    ] {
        said.insert(Arc::from(name), Value::string(value));
    }
    // A prefix of which the ending was not made up by such rules stays as it was said.
    if let Some(prefix) = like.and_then(|like| filled(like, "name_prefix"))
        && alias.name.starts_with(prefix)
    {
        said.insert("name_prefix".into(), Value::string(prefix));
    }
    schema::body().value(said)
}

impl Read for Aliases {
    type Found = Alias;
    type Seen = ();

    fn named(&self, value: &Value) -> Option<String> {
        let name = filled(value, "id").or_else(|| filled(value, "name"));
        name.map(str::to_owned)
    }

    async fn find(&self, value: &Value) -> Look<Alias> {
        let name = self.named(value).unwrap_or_default();
        let all = self.kms.list_aliases().await?;
        Ok(all.into_iter().find(|alias| alias.name == name))
    }

    /// One list of aliases serves all of them.
    async fn find_all(&self, _: &Context, values: &[&Value]) -> Result<Vec<Look<Alias>>, Error> {
        let all = self.kms.list_aliases().await?;
        let all: BTreeMap<&str, &Alias> = all
            .iter()
            .map(|alias| (alias.name.as_str(), alias))
            .collect();
        let of = |value: &&Value| {
            let name = self.named(value).unwrap_or_default();
            Ok(all.get(name.as_str()).copied().cloned())
        };
        Ok(values.iter().map(of).collect())
    }

    fn state(&self, found: &Alias, like: Option<&Value>) -> Value {
        to_state(found, like)
    }

    fn private(&self, _like: Option<&Value>) -> Arc<[u8]> {
        no_private()
    }

    fn missing(&self, id: &str) -> Option<String> {
        let region = &self.aws.region;
        Some(format!(
            "There is no KMS alias {id:?} in {region}. An alias is imported by its name, such as alias/orders."
        ))
    }
}

impl Lifecycle for Aliases {
    const LABEL: &'static str = "KMS Alias";
    const NOUN: &'static str = "alias";

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(schema::body(), prior, request.proposed);
        let target = draft.get("target_key_id");
        let moved = prior.is_some_and(|prior| {
            !target.is_known() || target.as_str() != text(prior, "target_key_id")
        });
        if moved {
            draft.set("target_key_arn", Value::unknown(Type::String), prior);
        }
        draft.planned(prior, request.proposed)
    }

    fn advice(&self, error: &Error, wanted: &Value) -> Option<String> {
        let name = filled(wanted, "name").unwrap_or_default();
        (error.code() == ALREADY_EXISTS).then(|| {
            format!(
                "An alias {name:?} is there already in {} and is not in this state. Bring it into state with import, give this one another name, or delete the other.",
                self.aws.region
            )
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        match filled(value, "name") {
            Some(name) => BTreeMap::from([(NAME.to_owned(), name.to_owned())]),
            None => BTreeMap::new(),
        }
    }

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Look<Value> {
        let name = identity.get(NAME);
        Ok(name.map(|name| Value::object_from([("name", Value::string(name))])))
    }

    fn digest(&self, value: &Value) -> String {
        let text = |name: &str| filled(value, name).unwrap_or_default();
        let key = text("target_key_id");
        let key = key.rsplit_once(":key/").map_or(key, |(_, id)| id);
        digest_of_text(&format!("alias {:?} {key}", text("name")))
    }

    fn claim(&self, object: &Object, _found: &Alias, intent: &Intent) -> Claim {
        match intent.planned(&self.digest(&object.value)) {
            true => Claim::Ours,
            false => Claim::Anothers(
                "An alias of that name is there, but it leads to another key. If it is yours, bring it into state with import; otherwise delete it or give the configured alias another name.".into(),
            ),
        }
    }
}
