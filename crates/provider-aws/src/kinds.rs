//! The resource types and data sources that the provider offers: one line each.
//!
//! A new type is a line here; schema, validation, regions and look-up follow from it.

use std::sync::Arc;

use trueup_provider::{DataSource, Problems, ResourceType};
use trueup_schema::{Block, ResourceSchema};
use trueup_value::Value;

use crate::autoscaling::{policy, target};
use crate::dynamodb::backups_data::{self, BackupsData};
use crate::dynamodb::contributor_insights::{self, ContributorInsights};
use crate::dynamodb::global_index::{self, GlobalIndexes};
use crate::dynamodb::global_table::{self, GlobalTables};
use crate::dynamodb::kinesis_destination::{self, KinesisDestinations};
use crate::dynamodb::resource_policy::{self, ResourcePolicies};
use crate::dynamodb::table::{self, Tables};
use crate::dynamodb::table_data::{self, TableData};
use crate::dynamodb::table_export::{self, TableExports};
use crate::dynamodb::table_item::{self, TableItems};
use crate::dynamodb::table_item_data::{self, TableItemData};
use crate::dynamodb::table_replica::{self, TableReplicas};
use crate::dynamodb::tables_data::{self, TablesData};
use crate::dynamodb::tag;
use crate::ec2::{availability_zone, availability_zones, subnet, vpc};
use crate::iam::policy as iam_policy;
use crate::iam::{policy_document, role, role_policy_attachment};
use crate::kinesis::stream;
use crate::kms::{alias, alias_data, key, key_data};
use crate::region::{
    self, Place, Places, RegionData, RegionalData, RegionalType, schema_with_region,
};
use crate::rules::{Body, check, schema_of};
use crate::s3::{
    self, bucket, bucket_acl, bucket_data, bucket_encryption, bucket_lifecycle, bucket_logging,
    bucket_object_lock, bucket_ownership, bucket_policy, bucket_public_access_block,
    bucket_versioning, object, object_data, objects_data,
};
use crate::sts::caller_identity::{self, CallerIdentityData};

/// The managed resource types.
#[rustfmt::skip]
pub(crate) const RESOURCES: &[ResourceKind] = &[
    ResourceKind::regional(table::schema::KIND, table::schema::VERSION, table::schema::body, Tables::made).validated(table::validate::validate),
    ResourceKind::regional(table_replica::schema::KIND, 0, table_replica::schema::body, TableReplicas::made).validated(table_replica::validate::validate),
    ResourceKind::regional(global_table::schema::KIND, 0, global_table::schema::body, GlobalTables::made).validated(global_table::validate::validate),
    ResourceKind::regional(table_item::schema::KIND, 0, table_item::schema::body, TableItems::made).validated(table_item::validate::validate),
    ResourceKind::regional(target::schema::KIND, 0, target::schema::body, target::Targets::made),
    ResourceKind::regional(policy::schema::KIND, 0, policy::schema::body, policy::Policies::made).validated(policy::validate::validate),
    ResourceKind::regional(key::schema::KIND, 0, key::schema::body, key::Keys::made).validated(key::validate::validate),
    ResourceKind::regional(alias::schema::KIND, 0, alias::schema::body, alias::Aliases::made).validated(alias::name::validate),
    ResourceKind::regional(stream::schema::KIND, stream::schema::VERSION, stream::schema::body, stream::Streams::made).validated(stream::validate::validate),
    ResourceKind::regional(contributor_insights::schema::KIND, 0, contributor_insights::schema::body, ContributorInsights::made).validated(contributor_insights::validate),
    ResourceKind::regional(global_index::schema::KIND, 0, global_index::schema::body, GlobalIndexes::made).validated(global_index::validate::validate),
    ResourceKind::regional(kinesis_destination::schema::KIND, 0, kinesis_destination::schema::body, KinesisDestinations::made).validated(kinesis_destination::validate),
    ResourceKind::regional(resource_policy::schema::KIND, 0, resource_policy::schema::body, ResourcePolicies::made).validated(resource_policy::validate),
    ResourceKind::regional(table_export::schema::KIND, 0, table_export::schema::body, TableExports::made).validated(table_export::validate::validate),
    ResourceKind::regional(vpc::schema::KIND, vpc::schema::VERSION, vpc::schema::body, vpc::Vpcs::made).validated(vpc::validate::validate),
    ResourceKind::regional(subnet::schema::KIND, subnet::schema::VERSION, subnet::schema::body, subnet::Subnets::made).validated(subnet::validate::validate),
    ResourceKind::global(role::schema::KIND, 0, role::schema::body, role::Roles::made).validated(role::schema::validate),
    ResourceKind::global(iam_policy::schema::KIND, 0, iam_policy::schema::body, iam_policy::Policies::made).validated(iam_policy::schema::validate),
    ResourceKind::global(role_policy_attachment::schema::KIND, 0, role_policy_attachment::schema::body, role_policy_attachment::Attachments::made),
    ResourceKind::regional(tag::schema::KIND, 0, tag::schema::body, tag::Tags::made).validated(tag::validate),
    ResourceKind::regional(bucket::schema::KIND, 0, bucket::schema::body, bucket::Buckets::made).validated(bucket::validate::validate).telling(),
    ResourceKind::regional(bucket_versioning::KIND, 0, bucket_versioning::body, s3::Settings::<bucket_versioning::Versioning>::made).validated(s3::validate),
    ResourceKind::regional(bucket_encryption::KIND, 0, bucket_encryption::body, s3::Settings::<bucket_encryption::BucketEncryption>::made).validated(s3::validate),
    ResourceKind::regional(bucket_object_lock::KIND, 0, bucket_object_lock::body, s3::Settings::<bucket_object_lock::ObjectLock>::made).validated(s3::validate),
    ResourceKind::regional(bucket_policy::KIND, 0, bucket_policy::body, s3::Settings::<bucket_policy::BucketPolicy>::made),
    ResourceKind::regional(bucket_ownership::KIND, 0, bucket_ownership::body, s3::Settings::<bucket_ownership::Ownership>::made),
    ResourceKind::regional(bucket_lifecycle::schema::KIND, 0, bucket_lifecycle::schema::body, s3::Settings::<bucket_lifecycle::Lifecycle>::made).validated(s3::validate).reading(1),
    ResourceKind::regional(bucket_acl::KIND, 0, bucket_acl::body, s3::Settings::<bucket_acl::Acl>::made).validated(bucket_acl::validate),
    ResourceKind::regional(bucket_logging::KIND, 0, bucket_logging::body, s3::Settings::<bucket_logging::Logging>::made).validated(s3::validate),
    ResourceKind::regional(bucket_public_access_block::KIND, 0, bucket_public_access_block::body, s3::Settings::<bucket_public_access_block::PublicAccessBlock>::made),
    ResourceKind::regional(object::schema::KIND, 0, object::schema::body, object::Objects::made).validated(object::validate::validate),
];

/// The data sources.
#[rustfmt::skip]
pub(crate) const DATA_SOURCES: &[DataKind] = &[
    DataKind::regional(table::schema::KIND, table_data::schema::body, TableData::made),
    DataKind::regional(table_item::schema::KIND, table_item_data::schema::body, TableItemData::made).validated(table_item_data::validate),
    DataKind::regional(key::schema::KIND, key_data::body, key_data::KeyData::made),
    DataKind::regional(alias::schema::KIND, alias_data::body, alias_data::AliasData::made).validated(alias_data::validate),
    DataKind::regional(tables_data::KIND, tables_data::body, TablesData::made),
    DataKind::regional(backups_data::schema::KIND, backups_data::schema::body, BackupsData::made).validated(backups_data::validate),
    DataKind::regional(availability_zones::KIND, availability_zones::body, availability_zones::ZonesData::made).validated(availability_zones::validate),
    DataKind::global(availability_zone::KIND, availability_zone::body, availability_zone::ZoneData::made).validated(availability_zone::validate),
    DataKind::global("aws_caller_identity", caller_identity::body, CallerIdentityData::made),
    DataKind::global("aws_region", region::body, RegionData::made),
    DataKind::global("aws_partition", region::partition::body, region::partition::PartitionData::made),
    DataKind::global(policy_document::schema::KIND, policy_document::schema::body, policy_document::PolicyDocumentData::made).validated(policy_document::validate),
    DataKind::regional(bucket::schema::KIND, bucket_data::body, bucket_data::BucketData::made).telling(),
    DataKind::regional(object::schema::KIND, object_data::body, object_data::ObjectData::made),
    DataKind::regional(objects_data::KIND, objects_data::body, objects_data::ObjectsData::made),
];

/// Checks a block without state and AWS; unknown parts are passed over.
type Validate = fn(&Value) -> Problems;

fn no_further_rules(_config: &Value) -> Problems {
    Problems::new()
}

/// A managed resource type on offer.
pub(crate) struct ResourceKind {
    /// Its name in configurations.
    pub(crate) name: &'static str,
    version: u64,
    /// The newest version of that form that is read.
    newest: u64,
    body: fn() -> &'static Body,
    validate: Validate,
    make: fn(&Place) -> Arc<dyn ResourceType>,
    regional: bool,
    telling: bool,
}

impl ResourceKind {
    /// A type of which each instance lives in a region: it has the argument `region`. `version` is
    /// that of the attributes' form in state.
    const fn regional(
        name: &'static str,
        version: u64,
        body: fn() -> &'static Body,
        make: fn(&Place) -> Arc<dyn ResourceType>,
    ) -> Self {
        Self {
            name,
            version,
            newest: version,
            body,
            validate: no_further_rules,
            make,
            regional: true,
            telling: false,
        }
    }

    /// A type to which the region is nothing.
    const fn global(
        name: &'static str,
        version: u64,
        body: fn() -> &'static Body,
        make: fn(&Place) -> Arc<dyn ResourceType>,
    ) -> Self {
        Self {
            regional: false,
            ..Self::regional(name, version, body, make)
        }
    }

    /// The same with rules of its own for a block.
    const fn validated(mut self, validate: Validate) -> Self {
        self.validate = validate;
        self
    }

    /// The same, reading states of newer releases up to this version: their form fits this one.
    const fn reading(mut self, newest: u64) -> Self {
        self.newest = newest;
        self
    }

    /// The same, telling the region of its objects in state where no block names one, as releases of
    /// all levels do for this type.
    const fn telling(mut self) -> Self {
        self.telling = true;
        self
    }

    /// What is wrong with a block of this type.
    pub(crate) fn problems(&self, config: &Value) -> Problems {
        checked(self.regional, (self.body)(), self.validate, config)
    }

    /// Its schema.
    pub(crate) fn schema(&self) -> ResourceSchema {
        ResourceSchema::versioned(self.version, block(self.regional, (self.body)()))
            .reading(self.newest)
    }

    /// The type under a provider configuration.
    pub(crate) fn made(&self, places: &Arc<Places>) -> Arc<dyn ResourceType> {
        if self.regional {
            let kind = RegionalType::new(Arc::clone(places), self.make);
            Arc::new(match self.telling {
                true => kind.telling(),
                false => kind,
            })
        } else {
            (self.make)(&places.home)
        }
    }
}

/// A data source on offer.
pub(crate) struct DataKind {
    /// Its name in configurations.
    pub(crate) name: &'static str,
    body: fn() -> &'static Body,
    validate: Validate,
    make: fn(&Place) -> Arc<dyn DataSource>,
    regional: bool,
    telling: bool,
}

impl DataKind {
    /// A data source that looks into a region: it has the argument `region`.
    const fn regional(
        name: &'static str,
        body: fn() -> &'static Body,
        make: fn(&Place) -> Arc<dyn DataSource>,
    ) -> Self {
        Self {
            name,
            body,
            validate: no_further_rules,
            make,
            regional: true,
            telling: false,
        }
    }

    /// A data source to which the region is nothing, or something of its own.
    const fn global(
        name: &'static str,
        body: fn() -> &'static Body,
        make: fn(&Place) -> Arc<dyn DataSource>,
    ) -> Self {
        Self {
            regional: false,
            ..Self::regional(name, body, make)
        }
    }

    /// The same with rules of its own for a block.
    const fn validated(mut self, validate: Validate) -> Self {
        self.validate = validate;
        self
    }

    /// The same, telling the region where no block names one.
    const fn telling(mut self) -> Self {
        self.telling = true;
        self
    }

    /// What is wrong with a block of this data source.
    pub(crate) fn problems(&self, config: &Value) -> Problems {
        checked(self.regional, (self.body)(), self.validate, config)
    }

    /// Its schema.
    pub(crate) fn schema(&self) -> ResourceSchema {
        ResourceSchema::versioned(0, block(self.regional, (self.body)()))
    }

    /// The data source under a provider configuration.
    pub(crate) fn made(&self, places: &Arc<Places>) -> Arc<dyn DataSource> {
        if self.regional {
            let data = RegionalData::new(Arc::clone(places), self.make);
            Arc::new(match self.telling {
                true => data.telling(),
                false => data,
            })
        } else {
            (self.make)(&places.home)
        }
    }
}

fn checked(regional: bool, body: &Body, validate: Validate, config: &Value) -> Problems {
    let mut found = check(body, config);
    found.extend(validate(config));
    if regional {
        found.extend(region::validate(config));
    }
    found
}

fn block(regional: bool, body: &Body) -> Block {
    let block = schema_of(body);
    if regional {
        schema_with_region(block)
    } else {
        block
    }
}
