//! A connection to one region with one set of credentials, and the services behind it.
use std::sync::Arc;
use std::time::Duration;

use aws_config::{Region, SdkConfig};
use tokio::sync::OnceCell;

use crate::calls::Bounds;
use crate::configuration::{
    check_endpoints, check_region, embedded, endpoint, loaded, quota, sts_client, watch, with_roles,
};
use crate::connector::Wire;
use crate::signed::{Names, Signed};
use crate::{
    AutoScaling, Buckets, CallerIdentity, Dispatch, DynamoDb, Ec2, Error, Iam, Kinesis, Kms,
    Objects, RequestCounts, S3, Settings, Sts, autoscaling, credentials, dynamodb, ec2, iam,
    kinesis, kms, partition, s3, sts,
};

/// First pause before unprocessed keys are asked for again.
const FIRST_BATCH_PAUSE: Duration = Duration::from_millis(50);
const EMBEDDED_REGION: &str = "us-east-1";

/// What stands between the program and AWS.
#[derive(Clone, Default)]
pub struct Transport {
    /// The embedded AWS. With one, every configured endpoint, credential and
    /// role is ignored: nothing can leave the process.
    pub dispatch: Option<Arc<dyn Dispatch>>,
    /// Where requests are counted.
    pub counts: RequestCounts,
    /// First pause between attempts; `None` for one second. Tests shorten it.
    pub initial_backoff: Option<Duration>,
}

/// A connection to one region with one set of credentials. Clones share it.
#[derive(Clone)]
pub struct Session {
    config: SdkConfig,
    wire: Wire,
    settings: Arc<Settings>,
    transport: Transport,
    region: String,
    dynamodb: Arc<dyn DynamoDb>,
    s3: Arc<dyn S3>,
    buckets: Arc<dyn Buckets>,
    objects: Arc<dyn Objects>,
    sts: Arc<dyn Sts>,
    kms: Arc<dyn Kms>,
    autoscaling: Arc<dyn AutoScaling>,
    ec2: Arc<dyn Ec2>,
    iam: Arc<dyn Iam>,
    kinesis: Arc<dyn Kinesis>,
    identity: Arc<OnceCell<CallerIdentity>>,
}

impl Session {
    /// Finds region and credentials and checks them as far as the settings ask.
    ///
    /// With a [`Dispatch`] nothing is looked up and nothing is sent.
    ///
    /// # Errors
    /// [`Error::Settings`], [`Error::NoCredentials`], [`Error::RoleNotAssumed`],
    /// [`Error::AccountNotAllowed`], or STS's answer to the question who we are.
    pub async fn connect(settings: Settings, transport: Transport) -> Result<Self, Error> {
        if let Some(dispatch) = &transport.dispatch {
            let region = settings.region.clone().filter(|r| !r.is_empty());
            let region = region.unwrap_or_else(|| EMBEDDED_REGION.to_owned());
            let wire = Wire::in_process(Arc::clone(dispatch));
            let config = embedded(&settings, &transport, &wire, &region);
            return Ok(Self::over(
                config,
                wire,
                Arc::new(settings),
                transport,
                region,
            ));
        }
        check_endpoints(&settings)?;
        let wire = Wire::network(&settings)?;
        let region = credentials::region(&settings, wire.client()).await?;
        check_region(&settings, &region)?;
        let retries = quota(&settings);
        let base = loaded(&settings, &transport, &wire, &region).await?;
        let config = with_roles(base, &settings, &transport, &retries);
        if let Some(source) = config.credentials_provider() {
            credentials::check(&source, &settings).await?;
        }
        let session = Self::over(config, wire, Arc::new(settings), transport, region);
        session.check_account().await?;
        Ok(session)
    }

    fn over(
        config: SdkConfig,
        wire: Wire,
        settings: Arc<Settings>,
        transport: Transport,
        region: String,
    ) -> Self {
        let retries = quota(&settings);
        let first_pause = transport
            .initial_backoff
            .map_or(FIRST_BATCH_PAUSE, |b| b.min(FIRST_BATCH_PAUSE));
        let embedded = transport.dispatch.is_some();
        let at = |said: &Option<String>| endpoint(said, embedded);
        let dynamodb_endpoint = at(&settings.endpoints.dynamodb);
        let s3_endpoint = at(&settings.endpoints.s3);
        let mut for_dynamodb = aws_sdk_dynamodb::config::Builder::from(&config)
            .interceptor(watch(&transport, &settings))
            .retry_classifier(Bounds)
            .retry_partition(retries.clone());
        // An address that is said is meant as it is: the SDK would refuse one beside these two.
        if dynamodb_endpoint.is_some() {
            for_dynamodb.set_endpoint_url(dynamodb_endpoint);
            for_dynamodb.set_use_fips(Some(false));
            for_dynamodb.set_use_dual_stack(Some(false));
        }
        let mut for_s3 = aws_sdk_s3::config::Builder::from(&config)
            .interceptor(watch(&transport, &settings))
            .retry_classifier(Bounds)
            .retry_partition(retries.clone())
            .force_path_style(embedded || settings.use_path_style);
        if s3_endpoint.is_some() {
            for_s3.set_endpoint_url(s3_endpoint.clone());
            for_s3.set_use_fips(Some(false));
            for_s3.set_use_dual_stack(Some(false));
        }
        let s3 = Arc::new(s3::Client::new(
            aws_sdk_s3::Client::from_conf(for_s3.build()),
            region.clone(),
            s3_endpoint.unwrap_or_default(),
        ));
        let signed =
            |names: &Names| Signed::new(names, &config, &wire, &settings, &transport, &region);
        Self {
            dynamodb: Arc::new(dynamodb::Client::new(
                aws_sdk_dynamodb::Client::from_conf(for_dynamodb.build()),
                first_pause,
                embedded,
            )),
            buckets: Arc::clone(&s3) as Arc<dyn Buckets>,
            objects: Arc::clone(&s3) as Arc<dyn Objects>,
            s3,
            sts: Arc::new(sts::Client::new(sts_client(
                &config, &settings, &transport, &retries,
            ))),
            kms: Arc::new(kms::Client::new(signed(&Names {
                label: "KMS",
                name: "kms",
                blocks: &["kms"],
                global: false,
            }))),
            autoscaling: Arc::new(autoscaling::Client::new(signed(&Names {
                label: "Application Auto Scaling",
                name: "application-autoscaling",
                blocks: &["appautoscaling", "applicationautoscaling"],
                global: false,
            }))),
            ec2: Arc::new(ec2::Client::new(signed(&Names {
                label: "EC2",
                name: "ec2",
                blocks: &["ec2"],
                global: false,
            }))),
            iam: Arc::new(iam::Client::new(signed(&Names {
                label: "IAM",
                name: "iam",
                blocks: &["iam"],
                global: true,
            }))),
            kinesis: Arc::new(kinesis::Client::new(signed(&Names {
                label: "Kinesis",
                name: "kinesis",
                blocks: &["kinesis"],
                global: false,
            }))),
            config,
            wire,
            settings,
            transport,
            region,
            identity: Arc::default(),
        }
    }

    /// The same credentials, endpoints and counts in another region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        let config = self
            .config
            .to_builder()
            .region(Region::new(region.to_owned()))
            .build();
        let mut there = Self::over(
            config,
            self.wire.clone(),
            Arc::clone(&self.settings),
            self.transport.clone(),
            region.to_owned(),
        );
        there.identity = Arc::clone(&self.identity);
        there
    }

    /// DynamoDB.
    pub fn dynamodb(&self) -> Arc<dyn DynamoDb> {
        Arc::clone(&self.dynamodb)
    }

    /// S3.
    pub fn s3(&self) -> Arc<dyn S3> {
        Arc::clone(&self.s3)
    }

    /// S3's settings of buckets and versions of objects.
    pub fn buckets(&self) -> Arc<dyn Buckets> {
        Arc::clone(&self.buckets)
    }

    /// S3's objects with all that it keeps of them.
    pub fn objects(&self) -> Arc<dyn Objects> {
        Arc::clone(&self.objects)
    }

    /// STS.
    pub fn sts(&self) -> Arc<dyn Sts> {
        Arc::clone(&self.sts)
    }

    /// KMS.
    pub fn kms(&self) -> Arc<dyn Kms> {
        Arc::clone(&self.kms)
    }

    /// Application Auto Scaling.
    pub fn autoscaling(&self) -> Arc<dyn AutoScaling> {
        Arc::clone(&self.autoscaling)
    }

    /// EC2.
    pub fn ec2(&self) -> Arc<dyn Ec2> {
        Arc::clone(&self.ec2)
    }

    /// Kinesis.
    pub fn kinesis(&self) -> Arc<dyn Kinesis> {
        Arc::clone(&self.kinesis)
    }

    /// IAM.
    pub fn iam(&self) -> Arc<dyn Iam> {
        Arc::clone(&self.iam)
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether it leads to the embedded AWS, whatever endpoints the settings name.
    pub fn is_embedded(&self) -> bool {
        self.transport.dispatch.is_some()
    }

    /// The settings it was connected with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The requests sent so far by all sessions that share the counts.
    pub fn counts(&self) -> &RequestCounts {
        &self.transport.counts
    }

    /// Who the credentials belong to; asked once and remembered.
    ///
    /// # Errors
    /// STS's answer.
    pub async fn identity(&self) -> Result<&CallerIdentity, Error> {
        self.identity
            .get_or_try_init(|| self.sts.get_caller_identity())
            .await
    }

    /// The account id; `None` where the settings say not to ask for it.
    ///
    /// # Errors
    /// STS's answer.
    pub async fn account_id(&self) -> Result<Option<String>, Error> {
        if let Some(known) = self.identity.get() {
            return Ok(Some(known.account_id.clone()));
        }
        if self.settings.skip_requesting_account_id && self.transport.dispatch.is_none() {
            return Ok(None);
        }
        Ok(Some(self.identity().await?.account_id.clone()))
    }

    /// The partition: of the caller's ARN if that is known, else of the region.
    pub fn partition(&self) -> String {
        self.identity
            .get()
            .and_then(|i| i.arn.split(':').nth(1))
            .filter(|p| !p.is_empty())
            .or_else(|| partition(&self.region))
            .unwrap_or("aws")
            .to_owned()
    }

    async fn check_account(&self) -> Result<(), Error> {
        let s = &self.settings;
        let restricted = !s.allowed_account_ids.is_empty() || !s.forbidden_account_ids.is_empty();
        if !s.skip_credentials_validation {
            self.identity().await?;
        }
        if !restricted {
            return Ok(());
        }
        let account_id = self.account_id().await?.unwrap_or_default();
        let allowed =
            s.allowed_account_ids.is_empty() || s.allowed_account_ids.contains(&account_id);
        if allowed && !s.forbidden_account_ids.contains(&account_id) {
            Ok(())
        } else {
            Err(Error::AccountNotAllowed { account_id })
        }
    }
}
