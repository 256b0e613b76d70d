//! The settings of buckets over the SDK.
//!
//! S3's calls for settings differ in their names only, and their bodies are documents that the caller
//! reads and writes. The SDK's calls for a bucket's policy take and give a body as it is; they stand
//! for all settings here, with another name in the query. That spares some forty generated calls and
//! as many conversions, each of them a part of every build.

use super::client::{Client, SERVICE, unread};
use super::extra::Extra;
use super::{
    BucketNamed, BucketSetting, Buckets, Headers, NotDeleted, ObjectName, ObjectVersion, Said,
};
use crate::calls::send;
use crate::failure::invalid;
use crate::xml::Element;
use crate::{Answer, Error};
use aws_sdk_s3::types as sdk;

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// The call for a policy as one for another setting.
fn named(setting: BucketSetting, headers: Headers) -> Extra {
    let extra = Extra::new(headers);
    match setting {
        // Its body is JSON.
        BucketSetting::Policy => extra,
        setting => extra.named(setting.called().query),
    }
}

impl Client {
    async fn get_setting(
        &self,
        bucket: &str,
        setting: BucketSetting,
        owner: Option<&str>,
    ) -> Result<Said, Error> {
        let operation = setting.called().get;
        let named = named(setting, Headers::new());
        let heard = named.heard();
        let call = self
            .sdk
            .get_bucket_policy()
            .bucket(bucket)
            .set_expected_bucket_owner(owner.map(str::to_owned))
            .customize()
            .interceptor(named);
        let text = send(SERVICE, operation, call.send()).await?.policy;
        let text = text.unwrap_or_default();
        let document = match setting {
            BucketSetting::Policy => Element {
                text,
                ..Element::new("Policy")
            },
            _ if text.is_empty() => Element::default(),
            _ => Element::read(&text).map_err(|error| Error::Unreachable {
                failure: Box::new(unread(operation, error.to_string())),
            })?,
        };
        let headers = heard.taken();
        Ok(Said { document, headers })
    }

    async fn put_setting(
        &self,
        bucket: &str,
        setting: BucketSetting,
        owner: Option<&str>,
        said: Said,
    ) -> Result<(), Error> {
        let operation = setting.called().put;
        let document = said.document;
        let body = match setting {
            BucketSetting::Policy => document.text,
            _ if document.name.is_empty() => String::new(),
            _ => document.written(Some(NAMESPACE)),
        };
        let named = named(setting, said.headers);
        let call = self
            .sdk
            .put_bucket_policy()
            .bucket(bucket)
            .policy(body)
            .set_expected_bucket_owner(owner.map(str::to_owned))
            .customize()
            .interceptor(named);
        send(SERVICE, operation, call.send()).await.map(drop)
    }

    async fn delete_setting(
        &self,
        bucket: &str,
        setting: BucketSetting,
        owner: Option<&str>,
    ) -> Result<(), Error> {
        let operation = setting.called().delete;
        if operation.is_empty() {
            return Err(Error::Invalid {
                service: SERVICE,
                operation: setting.called().put,
                detail: "S3 has no call that takes this setting away".to_owned(),
            });
        }
        let call = self
            .sdk
            .delete_bucket_policy()
            .bucket(bucket)
            .set_expected_bucket_owner(owner.map(str::to_owned))
            .customize()
            .interceptor(named(setting, Headers::new()));
        send(SERVICE, operation, call.send()).await.map(drop)
    }

    async fn buckets_named(&self, prefix: &str) -> Result<Vec<BucketNamed>, Error> {
        let mut found = Vec::new();
        let mut next = None;
        loop {
            let call = self
                .sdk
                .list_buckets()
                .prefix(prefix)
                .set_continuation_token(next);
            let page = send(SERVICE, "ListBuckets", call.send()).await?;
            for bucket in page.buckets.unwrap_or_default() {
                let name = bucket.name.unwrap_or_default();
                // Stores that do not know the prefix tell of all buckets.
                if name.starts_with(prefix) {
                    found.push((name, bucket.creation_date.map(|date| date.secs())));
                }
            }
            next = page.continuation_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    async fn list_versions(&self, bucket: &str, prefix: &str) -> Result<Vec<ObjectVersion>, Error> {
        let call = self
            .sdk
            .list_object_versions()
            .bucket(bucket)
            .set_prefix((!prefix.is_empty()).then(|| prefix.to_owned()))
            .max_keys(1000);
        let page = send(SERVICE, "ListObjectVersions", call.send()).await?;
        let one = |key: Option<String>, version: Option<String>, marker| ObjectVersion {
            key: key.unwrap_or_default(),
            version_id: version.unwrap_or_default(),
            marker,
        };
        let versions = page.versions.unwrap_or_default();
        let markers = page.delete_markers.unwrap_or_default();
        Ok(versions
            .into_iter()
            .map(|v| one(v.key, v.version_id, false))
            .chain(markers.into_iter().map(|m| one(m.key, m.version_id, true)))
            .collect())
    }

    async fn delete_versions(
        &self,
        bucket: &str,
        versions: Vec<ObjectVersion>,
        bypass: bool,
    ) -> Result<Vec<NotDeleted>, Error> {
        const OP: &str = "DeleteObjects";
        let mut delete = sdk::Delete::builder().quiet(true);
        for version in versions {
            let version_id = version.version_id;
            let one = sdk::ObjectIdentifier::builder()
                .key(version.key)
                .set_version_id((!version_id.is_empty()).then_some(version_id))
                .build()
                .map_err(invalid(SERVICE, OP))?;
            delete = delete.objects(one);
        }
        let call = self
            .sdk
            .delete_objects()
            .bucket(bucket)
            .delete(delete.build().map_err(invalid(SERVICE, OP))?)
            .set_bypass_governance_retention(bypass.then_some(true));
        let answer = send(SERVICE, OP, call.send()).await?;
        Ok(answer
            .errors
            .unwrap_or_default()
            .into_iter()
            .map(|error| NotDeleted {
                version: ObjectVersion {
                    key: error.key.unwrap_or_default(),
                    version_id: error.version_id.unwrap_or_default(),
                    marker: false,
                },
                code: error.code.unwrap_or_default(),
                message: error.message.unwrap_or_default(),
            })
            .collect())
    }

    /// Puts a legal hold on a version, or takes it off.
    pub(super) async fn legal_hold(&self, name: &ObjectName, status: &str) -> Result<(), Error> {
        let hold = sdk::ObjectLockLegalHold::builder()
            .status(status.into())
            .build();
        let call = self
            .sdk
            .put_object_legal_hold()
            .bucket(&name.bucket)
            .key(&name.key)
            .set_version_id(name.version_id.clone().filter(|id| !id.is_empty()))
            .legal_hold(hold);
        send(SERVICE, "PutObjectLegalHold", call.send())
            .await
            .map(drop)
    }
}

impl Buckets for Client {
    fn get_setting<'a>(
        &'a self,
        bucket: &'a str,
        setting: BucketSetting,
        owner: Option<&'a str>,
    ) -> Answer<'a, Said> {
        Box::pin(self.get_setting(bucket, setting, owner))
    }

    fn put_setting<'a>(
        &'a self,
        bucket: &'a str,
        setting: BucketSetting,
        owner: Option<&'a str>,
        said: Said,
    ) -> Answer<'a, ()> {
        Box::pin(self.put_setting(bucket, setting, owner, said))
    }

    fn delete_setting<'a>(
        &'a self,
        bucket: &'a str,
        setting: BucketSetting,
        owner: Option<&'a str>,
    ) -> Answer<'a, ()> {
        Box::pin(self.delete_setting(bucket, setting, owner))
    }

    fn buckets_named<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<BucketNamed>> {
        Box::pin(self.buckets_named(prefix))
    }

    fn list_versions<'a>(
        &'a self,
        bucket: &'a str,
        prefix: &'a str,
    ) -> Answer<'a, Vec<ObjectVersion>> {
        Box::pin(self.list_versions(bucket, prefix))
    }

    fn delete_versions<'a>(
        &'a self,
        bucket: &'a str,
        versions: Vec<ObjectVersion>,
        bypass: bool,
    ) -> Answer<'a, Vec<NotDeleted>> {
        Box::pin(self.delete_versions(bucket, versions, bypass))
    }
}
