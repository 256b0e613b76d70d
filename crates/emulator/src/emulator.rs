//! The emulator itself: its settings, its stores, and the one function that answers a request.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};

use crate::caller::{Caller, Where};
use crate::config::{Config, OpenError};
use crate::dynamodb::{DynamoDb, partial};
use crate::faults::{Fault, Faults};
use crate::operation::{Service, operation_of};
use crate::query_calls::Form;
use crate::records::Records;
use crate::refusals::{denied, error, internal, lost, throttled};
use crate::s3::S3Store;
use crate::{autoscaling, ec2, iam, json_calls, kinesis, kms, query_calls, s3, sts};

/// The embedded AWS. Clones share one state.
#[derive(Clone)]
pub struct Emulator {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    dynamodb: DynamoDb,
    s3: s3::S3Front,
    records: Records,
    faults: Faults,
}

impl Inner {
    fn at<'a>(&'a self, region: &'a str) -> Where<'a> {
        Where {
            account: &self.config.account,
            region,
        }
    }
}

impl Emulator {
    /// Opens the world stored below `dir`, which is made if it is not there:
    /// `dynamodb/<account>/<region>.db`, `s3/<account>.db`, and
    /// `services/<account>.db` for the small services. Every change is
    /// on disk when its answer is given.
    ///
    /// # Errors
    /// The folder cannot be made, or a database in it cannot be opened.
    pub fn open(dir: &Path, config: Config) -> Result<Emulator, OpenError> {
        for part in ["dynamodb", "s3"] {
            let folder = dir.join(part);
            std::fs::create_dir_all(&folder).map_err(|source| OpenError::Io {
                path: folder.display().to_string(),
                source,
            })?;
        }
        Emulator::start(Some(dir), config)
    }

    /// A world that is forgotten with its last clone.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn in_memory(config: Config) -> Result<Emulator, OpenError> {
        Emulator::start(None, config)
    }

    fn start(dir: Option<&Path>, config: Config) -> Result<Emulator, OpenError> {
        if config.account.len() != 12 || !config.account.bytes().all(|b| b.is_ascii_digit()) {
            return Err(OpenError::Setting(format!(
                "The account {:?} is not twelve digits.",
                config.account
            )));
        }
        if !crate::caller::is_region(&config.default_region) {
            return Err(OpenError::Setting(format!(
                "The region {:?} is not valid.",
                config.default_region
            )));
        }
        let path = dir.map(|dir| dir.join("s3").join(format!("{}.db", config.account)));
        let store = S3Store::open(path.as_deref()).map_err(|error| OpenError::Database {
            path: path
                .map(|path| path.display().to_string())
                .unwrap_or_default(),
            message: error.to_string(),
        })?;
        let store = Arc::new(store);
        Ok(Emulator {
            inner: Arc::new(Inner {
                dynamodb: DynamoDb::new(
                    dir.map(|dir| dir.join("dynamodb")),
                    &config.account,
                    config.pending_describes,
                    Arc::clone(&store),
                ),
                s3: s3::S3Front::new(store, &config.account),
                records: Records::new(
                    dir.map(|dir| dir.join("services").join(format!("{}.db", config.account))),
                ),
                faults: Faults::default(),
                config,
            }),
        })
    }

    /// The settings this emulator was opened with.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The faults that tests order.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Makes a bucket unless it is there already.
    ///
    /// # Errors
    /// The name cannot be a bucket's, or the store cannot be written.
    pub fn ensure_bucket(&self, name: &str, region: &str) -> Result<(), OpenError> {
        if !s3s::path::check_bucket_name(name) {
            return Err(OpenError::Setting(format!(
                "{name:?} cannot be the name of a bucket."
            )));
        }
        self.inner
            .s3
            .store()
            .ensure_bucket(name, region)
            .map_err(|error| OpenError::Database {
                path: format!("bucket {name}"),
                message: error.to_string(),
            })
    }

    /// Makes a table with the one key `LockID`, as state locks use it, unless a
    /// table of that name is there already. Blocks while the store is written.
    ///
    /// # Errors
    /// The name cannot be a table's, or the store cannot be written.
    pub fn ensure_lock_table(&self, name: &str, region: &str) -> Result<(), OpenError> {
        if !crate::caller::is_region(region) {
            return Err(OpenError::Setting(format!(
                "The region {region:?} is not valid."
            )));
        }
        let request = serde_json::json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "LockID", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "LockID", "KeyType": "HASH"}],
        });
        let answer =
            self.inner
                .dynamodb
                .answer(region, "CreateTable", request.to_string().as_bytes());
        let body = String::from_utf8_lossy(answer.body());
        if answer.status().is_success() || body.contains("#ResourceInUseException") {
            return Ok(());
        }
        let cause: serde_json::Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        Err(OpenError::Database {
            path: format!("table {name}"),
            message: cause["message"].as_str().unwrap_or(&body).to_owned(),
        })
    }

    /// Answers one request. Needs a tokio runtime: the stores work on its
    /// blocking threads. A panic inside becomes an answer with status 500. An
    /// answer that a fault drops carries [`LostAnswer`] in its extensions.
    pub async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.answer(request, None).await
    }

    /// As [`Emulator::call`], with this fault instead of one that waits for such a request.
    pub async fn call_under(
        &self,
        request: Request<Bytes>,
        fault: Option<Fault>,
    ) -> Response<Bytes> {
        self.answer(request, Some(fault)).await
    }

    /// The service and operation that a request asks for, without answering it.
    pub fn asked_for(request: &Request<Bytes>) -> (Service, String) {
        let (mut parts, body) = request.clone().into_parts();
        s3::to_path_style(&mut parts);
        operation_of(&parts, &body)
    }

    async fn answer(
        &self,
        request: Request<Bytes>,
        ordered: Option<Option<Fault>>,
    ) -> Response<Bytes> {
        let (mut parts, body) = request.into_parts();
        s3::to_path_style(&mut parts);
        let (service, operation) = operation_of(&parts, &body);
        let caller = Caller::of(&parts);
        if let Some(refusal) = self.refuse(service, &operation, &caller) {
            return refusal;
        }
        let permissions = self.inner.config.permissions.as_ref();
        if let Some(permissions) = permissions {
            let account = &self.inner.config.account;
            let region = caller.region.as_deref();
            let region = region.unwrap_or(&self.inner.config.default_region);
            let refusal = permissions.refuse(account, region, service, &operation, &parts, &body);
            if let Some(refusal) = refusal {
                return refusal;
            }
        }
        let hidden = permissions.is_some_and(|permissions| permissions.hides(&operation, &parts));
        let fault = ordered.unwrap_or_else(|| self.inner.faults.take(service, &operation));
        match &fault {
            Some(Fault::Throttle) => return throttled(service, &operation),
            Some(Fault::Deny) => {
                return denied(service, &self.inner.config.account, &operation, "*");
            }
            Some(Fault::FailBefore {
                status,
                code,
                message,
            }) => return error(service, *status, code, message),
            Some(Fault::DropRequest) => return lost(),
            Some(Fault::TransactionConflict(place)) if operation == "TransactWriteItems" => {
                if let Some(failure) = partial::conflict(&body, *place) {
                    return failure.response();
                }
            }
            Some(Fault::Delay(time)) => tokio::time::sleep(*time).await,
            _ => {}
        }
        let in_part = match &fault {
            Some(Fault::Partial(count)) => Some(*count),
            _ => None,
        };
        let answer = self
            .dispatch(service, operation, caller, parts, body, in_part)
            .await;
        if hidden && answer.status() == http::StatusCode::NOT_FOUND {
            return denied(service, &self.inner.config.account, "s3:ListBucket", "*");
        }
        match fault {
            Some(Fault::FailAfter) => internal(service),
            Some(Fault::DropAnswer) => lost(),
            _ => answer,
        }
    }

    async fn dispatch(
        &self,
        service: Service,
        operation: String,
        caller: Caller,
        parts: Parts,
        body: Bytes,
        in_part: Option<usize>,
    ) -> Response<Bytes> {
        let region = caller
            .region
            .clone()
            .unwrap_or_else(|| self.inner.config.default_region.clone());
        let inner = Arc::clone(&self.inner);
        let runtime = tokio::runtime::Handle::current();
        let work = move || match service {
            Service::DynamoDb => match in_part {
                None => inner.dynamodb.answer(&region, &operation, &body),
                Some(count) => inner
                    .dynamodb
                    .answer_in_part(&region, &operation, &body, count),
            },
            Service::Kms | Service::AutoScaling | Service::Kinesis => json_calls::answer(
                &inner.records,
                inner.at(&region),
                &body,
                |call| match service {
                    Service::Kms => kms::dispatch(call, &operation),
                    Service::Kinesis => {
                        kinesis::dispatch(call, &operation, inner.config.pending_describes)
                    }
                    _ => autoscaling::dispatch(call, &inner.dynamodb, &operation),
                },
            ),
            Service::Sts => {
                let keys = inner
                    .config
                    .access_keys
                    .as_ref()
                    .map_or(("test", "test"), |k| (k.id.as_str(), k.secret.as_str()));
                sts::answer(
                    inner.at(&region),
                    caller.access_key.as_deref(),
                    keys,
                    &operation,
                    &Form::of(&parts, &body),
                )
            }
            Service::Ec2 => query_calls::answer(
                &ec2::DIALECT,
                &inner.records,
                inner.at(&region),
                &operation,
                &Form::of(&parts, &body),
                |call| ec2::dispatch(call, &operation, inner.config.pending_describes),
            ),
            Service::Iam => query_calls::answer(
                &iam::DIALECT,
                &inner.records,
                inner.at(&region),
                &operation,
                &Form::of(&parts, &body),
                |call| iam::dispatch(call, &operation),
            ),
            Service::S3 => runtime.block_on(inner.s3.answer(&region, parts, body)),
        };
        let caught =
            tokio::task::spawn_blocking(move || std::panic::catch_unwind(AssertUnwindSafe(work)))
                .await;
        match caught {
            Ok(Ok(answer)) => answer,
            _ => internal(service),
        }
    }

    fn refuse(
        &self,
        service: Service,
        operation: &str,
        caller: &Caller,
    ) -> Option<Response<Bytes>> {
        let keys = self.inner.config.access_keys.as_ref()?;
        // Who comes with a token of somebody else has no keys yet: this call is not signed.
        if operation == "AssumeRoleWithWebIdentity" && caller.access_key.is_none() {
            return None;
        }
        let given = caller.access_key.as_deref().unwrap_or_default();
        if given == keys.id || given == "test" {
            return None;
        }
        let message = format!(
            "The access key {given:?} is not known here. This embedded AWS takes the access key {} with the secret key {}, or test with test.",
            keys.id, keys.secret
        );
        let code = match service {
            Service::DynamoDb | Service::Kms | Service::AutoScaling | Service::Kinesis => {
                "UnrecognizedClientException"
            }
            Service::Sts | Service::Iam => "InvalidClientTokenId",
            Service::S3 => "InvalidAccessKeyId",
            Service::Ec2 => "AuthFailure",
        };
        Some(error(service, 403, code, &message))
    }
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator")
            .field("account", &self.inner.config.account)
            .finish_non_exhaustive()
    }
}
