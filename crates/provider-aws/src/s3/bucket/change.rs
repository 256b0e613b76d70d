//! Making and changing a bucket: the bucket itself, its tags, and the settings that it says inline.

use std::time::Duration;

use trueup_aws::s3::{BucketSetting, CreateBucket, Said};
use trueup_aws::xml::Element;
use trueup_aws::{Class, Error, Failure};
use trueup_value::Value;

use super::inline::lifecycle::with_tags;
use super::inline::{ALL, Inline, differs};
use super::model::to_state;
use super::names::{check, chosen};
use super::{Buckets, LIMITS};
use crate::members::{block, filled, flag, text_map};
use crate::s3::patient::{busy, busy_or_new, missing, not_seen, until};
use crate::satellite::{Changes, Run};
use crate::tags::{Tags, changes};

/// What S3 says where a bucket of that name is there.
fn exists() -> Error {
    Error::Service {
        failure: Box::new(Failure {
            service: "S3".to_owned(),
            operation: "CreateBucket".to_owned(),
            code: "BucketAlreadyExists".to_owned(),
            message: "A bucket of this name exists already. Names are taken for all accounts: choose another one, or import it if it is yours".to_owned(),
            ..Failure::default()
        }),
        class: Class::Conflict,
    }
}

impl Changes for Buckets {
    /// Makes the bucket and everything that its block says.
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let name = chosen(wanted, run.token);
        check(&name, &self.aws.region)?;
        // There an owner who makes a bucket again is told nothing.
        if self.aws.region == "us-east-1" {
            match self.s3.head_bucket(&name).await {
                Ok(_) => return Err(exists()),
                Err(error) if error.class() == Class::AccessDenied => return Err(exists()),
                Err(_) => {}
            }
        }
        let lock = block(wanted, "object_lock_configuration");
        let lock = lock.and_then(|lock| filled(lock, "object_lock_enabled")) == Some("Enabled");
        let request = CreateBucket {
            bucket: name.clone(),
            acl: Some(filled(wanted, "acl").unwrap_or("private").to_owned()),
            object_lock: lock || flag(wanted, "object_lock_enabled") == Some(true),
        };
        let limit = LIMITS.of(Some(wanted), "create");
        let what = format!("bucket {name} to be made");
        until(&self.aws, run.cx, &what, limit, busy, || {
            self.s3.create_bucket(request.clone())
        })
        .await?;
        let nothing = self.nothing_of(&name);
        run.created(to_state(&nothing, &self.tags, Some(wanted)))
            .await;
        let own = self.tags.to_send(&text_map(wanted, "tags"));
        if !own.is_empty() {
            self.put(run, &name, BucketSetting::Tagging, tagging(&own), limit)
                .await?;
        }
        self.settings(run, &name, None, wanted, limit).await?;
        self.again(run, &name, wanted, limit).await
    }

    /// Changes the bucket from its prior to its planned value.
    async fn update(&self, run: &Run<'_>, prior: &Value, wanted: &Value) -> Result<Value, Error> {
        let name = filled(prior, "id").unwrap_or_default().to_owned();
        let limit = LIMITS.of(Some(wanted), "update");
        self.settings(run, &name, Some(prior), wanted, limit)
            .await?;
        self.change_tags(run, &name, prior, wanted, limit).await?;
        self.again(run, &name, wanted, limit).await
    }

    async fn delete(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        self.end(run, prior).await
    }
}

impl Buckets {
    /// Puts what is said inline and differs, one after the other: some need those before.
    async fn settings(
        &self,
        run: &Run<'_>,
        name: &str,
        prior: Option<&Value>,
        wanted: &Value,
        limit: Duration,
    ) -> Result<(), Error> {
        for inline in ALL {
            if !differs(inline.member, prior, wanted) {
                continue;
            }
            let Some(said) = (inline.said)(wanted, prior.is_none(), run.token) else {
                continue;
            };
            let said = self.owned(name, inline, said).await?;
            self.put(run, name, inline.setting, said, limit).await?;
        }
        Ok(())
    }

    /// Grants name the bucket's owner, whom only S3 knows.
    async fn owned(&self, name: &str, inline: &Inline, mut said: Said) -> Result<Said, Error> {
        if inline.member == "grant" {
            let acl = BucketSetting::Acl;
            let there = self.buckets.get_setting(name, acl, None).await?;
            if let Some(owner) = there.document.get("Owner") {
                said.document.children.insert(0, owner.clone());
            }
        }
        Ok(said)
    }

    async fn put(
        &self,
        run: &Run<'_>,
        name: &str,
        setting: BucketSetting,
        said: Said,
        limit: Duration,
    ) -> Result<(), Error> {
        let what = format!("bucket {name} to accept its settings");
        until(&self.aws, run.cx, &what, limit, busy_or_new, || {
            self.buckets.put_setting(name, setting, None, said.clone())
        })
        .await
    }

    /// All tags of a bucket are put at once: those of others stay.
    async fn change_tags(
        &self,
        run: &Run<'_>,
        name: &str,
        prior: &Value,
        wanted: &Value,
        limit: Duration,
    ) -> Result<(), Error> {
        let (removed, put) = changes(&self.tags, prior, wanted);
        if removed.is_empty() && put.is_empty() {
            return Ok(());
        }
        let there = match self
            .buckets
            .get_setting(name, BucketSetting::Tagging, None)
            .await
        {
            Ok(said) => Some(said),
            Err(error) if error.code() == "NoSuchTagSet" => None,
            Err(error) => return Err(error),
        };
        let mut tags = super::model::Found {
            settings: there
                .map(|said| (BucketSetting::Tagging, said))
                .into_iter()
                .collect(),
            ..self.nothing_of(name)
        }
        .tags();
        tags.retain(|key, _| !removed.contains(key));
        tags.extend(put);
        if tags.is_empty() {
            return self
                .buckets
                .delete_setting(name, BucketSetting::Tagging, None)
                .await;
        }
        self.put(run, name, BucketSetting::Tagging, tagging(&tags), limit)
            .await
    }

    /// The bucket as it is now: it was just made or changed, so that it has to be there.
    async fn again(
        &self,
        run: &Run<'_>,
        name: &str,
        wanted: &Value,
        limit: Duration,
    ) -> Result<Value, Error> {
        let what = format!("bucket {name} to be seen");
        let found = until(&self.aws, run.cx, &what, limit, not_seen, || {
            Box::pin(async move {
                match self.find(name).await? {
                    Some(found) => Ok(found),
                    None => Err(missing(
                        "HeadBucket",
                        "NoSuchBucket",
                        format!("The bucket {name} does not exist"),
                    )),
                }
            })
        })
        .await?;
        Ok(to_state(&found, &self.tags, Some(wanted)))
    }
}

/// Tags as a setting.
fn tagging(tags: &Tags) -> Said {
    let set = with_tags(Element::new("TagSet"), tags);
    Element::new("Tagging").with(set).into()
}
