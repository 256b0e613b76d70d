//! Objects over the SDK. What S3 keeps of an object goes and comes as headers, by an interceptor.

use std::collections::BTreeMap;

use super::client::{Client, SERVICE, broke_off, tagging};
use super::extra::Extra;
use super::{Headers, ListPage, ListRequest, ObjectName, Objects, Retention};
use crate::calls::send;
use crate::failure::invalid;
use crate::{Answer, Error};
use aws_sdk_s3::types as sdk;
use aws_smithy_types::DateTime;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::checksum_config::RequestChecksumCalculation;
use bytes::Bytes;

impl Client {
    async fn write_stored(
        &self,
        name: &ObjectName,
        headers: Headers,
        body: Bytes,
    ) -> Result<Headers, Error> {
        let algorithm = headers.get("x-amz-sdk-checksum-algorithm").cloned();
        let extra = Extra::new(headers);
        let heard = extra.heard();
        let call = self
            .sdk
            .put_object()
            .bucket(&name.bucket)
            .key(&name.key)
            .body(ByteStream::from(body))
            .set_checksum_algorithm(algorithm.as_deref().map(Into::into))
            .customize()
            .interceptor(extra);
        let call = match algorithm {
            // Sums are sent where they are asked for, and not by every call.
            Some(_) => call.config_override(
                aws_sdk_s3::config::Config::builder()
                    .request_checksum_calculation(RequestChecksumCalculation::WhenSupported),
            ),
            None => call,
        };
        send(SERVICE, "PutObject", call.send()).await?;
        Ok(heard.taken())
    }

    async fn head_stored(
        &self,
        name: &ObjectName,
        checksums: bool,
        range: Option<&str>,
    ) -> Result<Headers, Error> {
        let extra = Extra::new(Headers::new());
        let heard = extra.heard();
        let call = self
            .sdk
            .head_object()
            .bucket(&name.bucket)
            .key(&name.key)
            .set_version_id(name.version_id.clone())
            .set_range(range.map(str::to_owned))
            .set_checksum_mode(checksums.then_some(sdk::ChecksumMode::Enabled))
            .customize()
            .interceptor(extra);
        send(SERVICE, "HeadObject", call.send()).await?;
        Ok(heard.taken())
    }

    async fn read_stored(&self, name: &ObjectName, range: Option<&str>) -> Result<Bytes, Error> {
        const OP: &str = "GetObject";
        let call = self
            .sdk
            .get_object()
            .bucket(&name.bucket)
            .key(&name.key)
            .set_version_id(name.version_id.clone())
            .set_range(range.map(str::to_owned));
        let answer = send(SERVICE, OP, call.send()).await?;
        let body = answer.body.collect().await;
        body.map(|bytes| bytes.into_bytes())
            .map_err(|broken| Error::Unreachable {
                failure: Box::new(broke_off(OP, &broken)),
            })
    }

    async fn stored_tags(&self, name: &ObjectName) -> Result<BTreeMap<String, String>, Error> {
        let call = self
            .sdk
            .get_object_tagging()
            .bucket(&name.bucket)
            .key(&name.key)
            .set_version_id(name.version_id.clone());
        let answer = send(SERVICE, "GetObjectTagging", call.send()).await?;
        let tags = answer.tag_set.into_iter();
        Ok(tags.map(|tag| (tag.key, tag.value)).collect())
    }

    async fn put_stored_tags(
        &self,
        name: &ObjectName,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        const OP: &str = "PutObjectTagging";
        if tags.is_empty() {
            let call = self
                .sdk
                .delete_object_tagging()
                .bucket(&name.bucket)
                .key(&name.key)
                .set_version_id(name.version_id.clone());
            return send(SERVICE, "DeleteObjectTagging", call.send())
                .await
                .map(drop);
        }
        let mut set = sdk::Tagging::builder();
        for (key, value) in tags {
            let tag = sdk::Tag::builder().key(key).value(value).build();
            set = set.tag_set(tag.map_err(invalid(SERVICE, OP))?);
        }
        let call = self
            .sdk
            .put_object_tagging()
            .bucket(&name.bucket)
            .key(&name.key)
            .set_version_id(name.version_id.clone())
            .tagging(set.build().map_err(invalid(SERVICE, OP))?);
        send(SERVICE, OP, call.send()).await.map(drop)
    }

    async fn put_stored_retention(
        &self,
        name: &ObjectName,
        retention: Retention,
    ) -> Result<(), Error> {
        let said = sdk::ObjectLockRetention::builder()
            .set_mode(retention.mode.as_deref().map(Into::into))
            .set_retain_until_date(retention.until.map(DateTime::from_secs))
            .build();
        let call = self
            .sdk
            .put_object_retention()
            .bucket(&name.bucket)
            .key(&name.key)
            .set_version_id(name.version_id.clone())
            .retention(said)
            .set_bypass_governance_retention(retention.bypass.then_some(true));
        send(SERVICE, "PutObjectRetention", call.send())
            .await
            .map(drop)
    }

    async fn list_stored(&self, r: ListRequest) -> Result<ListPage, Error> {
        let call = self
            .sdk
            .list_objects_v2()
            .bucket(r.bucket)
            .set_prefix(r.prefix)
            .set_delimiter(r.delimiter)
            .set_encoding_type(r.encoding.as_deref().map(Into::into))
            .set_start_after(r.start_after)
            .set_fetch_owner(r.owners.then_some(true))
            .set_max_keys(r.most)
            .set_continuation_token(r.next);
        let page = send(SERVICE, "ListObjectsV2", call.send()).await?;
        let mut found = ListPage {
            next: page
                .next_continuation_token
                .filter(|_| page.is_truncated == Some(true)),
            ..ListPage::default()
        };
        for object in page.contents.unwrap_or_default() {
            found.keys.push(object.key.unwrap_or_default());
            if let Some(owner) = object.owner {
                found.owners.push(owner.id.unwrap_or_default());
            }
        }
        let prefixes = page.common_prefixes.unwrap_or_default();
        found.common_prefixes = prefixes.into_iter().filter_map(|one| one.prefix).collect();
        Ok(found)
    }
}

impl Objects for Client {
    fn write<'a>(
        &'a self,
        name: &'a ObjectName,
        mut headers: Headers,
        body: Bytes,
    ) -> Answer<'a, Headers> {
        // Tags go as a form.
        let tags: BTreeMap<String, String> = headers
            .iter()
            .filter_map(|(name, value)| {
                let key = name.strip_prefix("tag:")?;
                Some((key.to_owned(), value.clone()))
            })
            .collect();
        headers.retain(|name, _| !name.starts_with("tag:"));
        if !tags.is_empty() {
            headers.insert("x-amz-tagging".to_owned(), tagging(&tags));
        }
        Box::pin(self.write_stored(name, headers, body))
    }

    fn head<'a>(
        &'a self,
        name: &'a ObjectName,
        checksums: bool,
        range: Option<&'a str>,
    ) -> Answer<'a, Headers> {
        Box::pin(self.head_stored(name, checksums, range))
    }

    fn read<'a>(&'a self, name: &'a ObjectName, range: Option<&'a str>) -> Answer<'a, Bytes> {
        Box::pin(self.read_stored(name, range))
    }

    fn tags<'a>(&'a self, name: &'a ObjectName) -> Answer<'a, BTreeMap<String, String>> {
        Box::pin(self.stored_tags(name))
    }

    fn put_tags<'a>(
        &'a self,
        name: &'a ObjectName,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()> {
        Box::pin(self.put_stored_tags(name, tags))
    }

    fn put_acl<'a>(&'a self, name: &'a ObjectName, canned: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let call = self
                .sdk
                .put_object_acl()
                .bucket(&name.bucket)
                .key(&name.key)
                .set_version_id(name.version_id.clone())
                .acl(canned.into());
            send(SERVICE, "PutObjectAcl", call.send()).await.map(drop)
        })
    }

    fn put_legal_hold<'a>(&'a self, name: &'a ObjectName, status: &'a str) -> Answer<'a, ()> {
        Box::pin(self.legal_hold(name, status))
    }

    fn put_retention<'a>(&'a self, name: &'a ObjectName, retention: Retention) -> Answer<'a, ()> {
        Box::pin(self.put_stored_retention(name, retention))
    }

    fn list_page(&self, request: ListRequest) -> Answer<'_, ListPage> {
        Box::pin(self.list_stored(request))
    }
}
