//! Calls to services without an SDK here: messages over HTTP, signed, repeated within bounds.
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::HttpConnectorSettings;
use aws_types::service_config::ServiceConfigKey;
use bytes::Bytes;

use crate::calls::never_connected;
use crate::configuration::{CONNECT_TIMEOUT, FIRST_BACKOFF, READ_TIMEOUT, endpoint};
use crate::connector::Wire;
use crate::failure::{chain, class};
use crate::message::Message;
use crate::{Class, Error, Failure, RequestCounts, Settings, Transport, dns_suffix, partition};

/// Attempts of a call here: these are look-ups, not worth minutes of waiting.
const ATTEMPTS: u32 = 4;

/// When a call that failed is sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Repeat {
    /// Whenever that may help: a second effect is the same as one.
    Always,
    /// Only where the first can't have had an effect.
    IfNotReached,
}

/// What a service is called.
pub(crate) struct Names {
    /// As errors and the environment name it.
    pub(crate) label: &'static str,
    /// As signatures and AWS's endpoints name it.
    pub(crate) name: &'static str,
    /// As `endpoints` blocks name it, the name that wins first.
    pub(crate) blocks: &'static [&'static str],
    /// Whether all regions of a partition have one endpoint, which belongs to its first region.
    pub(crate) global: bool,
}

/// One service in one region, called without its SDK.
pub(crate) struct Signed {
    label: &'static str,
    name: &'static str,
    endpoint: String,
    region: String,
    credentials: Option<SharedCredentialsProvider>,
    time: SharedTimeSource,
    wire: Wire,
    counts: RequestCounts,
    first_pause: Duration,
}

impl Signed {
    /// The service of these names, over this wire.
    pub(crate) fn new(
        names: &Names,
        config: &SdkConfig,
        wire: &Wire,
        settings: &Settings,
        transport: &Transport,
        region: &str,
    ) -> Self {
        let (label, name) = (names.label, names.name);
        let embedded = transport.dispatch.is_some();
        let said = names
            .blocks
            .iter()
            .find_map(|block| settings.endpoints.others.get(*block).cloned());
        let mut region = region;
        let place = endpoint(&said, embedded)
            .or_else(|| service_endpoint(config, label))
            .or_else(|| config.endpoint_url().map(str::to_owned))
            .unwrap_or_else(|| {
                let fips = settings.use_fips_endpoint || config.use_fips() == Some(true);
                let dual = settings.use_dualstack_endpoint || config.use_dual_stack() == Some(true);
                if names.global {
                    let partition = partition(region).unwrap_or("aws");
                    region = first_region(partition);
                    return format!("https://{name}.{}", dns_suffix(partition));
                }
                own_endpoint(name, region, fips, dual)
            });
        Self {
            label,
            name,
            endpoint: place.trim_end_matches('/').to_owned(),
            region: region.to_owned(),
            credentials: config.credentials_provider(),
            time: config.time_source().unwrap_or_default(),
            wire: wire.clone(),
            counts: transport.counts.clone(),
            first_pause: transport.initial_backoff.unwrap_or(FIRST_BACKOFF) / 4,
        }
    }

    /// Sends a message to an operation, again within bounds; answers the body of what came back.
    ///
    /// # Errors
    /// No credentials, what can't be signed, no answer, or the service's refusal.
    pub(crate) async fn repeated(
        &self,
        operation: &'static str,
        message: &Message,
        repeat: Repeat,
    ) -> Result<Bytes, Error> {
        let mut pause = self.first_pause;
        let mut failure = Failure {
            service: self.label.to_owned(),
            operation: operation.to_owned(),
            endpoint: self.endpoint.clone(),
            ..Failure::default()
        };
        loop {
            failure.attempts += 1;
            let error = match self.attempt(operation, message, &mut failure).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let again = matches!(
                error.class(),
                Class::Unreachable | Class::Throttled | Class::ServiceFault
            );
            let twice = repeat == Repeat::IfNotReached && failure.lost_answer;
            if !again || twice || failure.attempts >= ATTEMPTS {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    async fn attempt(
        &self,
        operation: &'static str,
        message: &Message,
        failure: &mut Failure,
    ) -> Result<Bytes, Error> {
        let request = self.request(operation, message).await?;
        self.counts.add(self.name, operation);
        let timeouts = HttpConnectorSettings::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build();
        let answer = match self.wire.send(request, &timeouts).await {
            Ok(answer) => answer,
            Err(error) => {
                failure.message = chain(&error);
                failure.lost_answer |= !never_connected(&error);
                return Err(Error::Unreachable {
                    failure: Box::new(failure.clone()),
                });
            }
        };
        failure.status = answer.status().as_u16();
        failure.request_id = answer
            .headers()
            .get("x-amzn-requestid")
            .and_then(|id| id.to_str().ok())
            .map(str::to_owned);
        if answer.status().is_success() {
            return Ok(answer.into_body());
        }
        let refusal = (message.refusal)(answer.body());
        failure.code = refusal.code;
        failure.message = refusal.message;
        failure.request_id = failure.request_id.take().or(refusal.request_id);
        // The service broke while working: what it did before that is not told.
        failure.lost_answer |= failure.status >= 500;
        Err(Error::Service {
            class: match class(&failure.code, failure.status) {
                // Kinesis has one code for what there may not be more of, and for too many calls.
                Class::LimitExceeded if failure.message.starts_with("Rate exceeded") => {
                    Class::Throttled
                }
                other => other,
            },
            failure: Box::new(failure.clone()),
        })
    }

    async fn request(
        &self,
        operation: &'static str,
        message: &Message,
    ) -> Result<http::Request<Bytes>, Error> {
        let invalid = |detail: String| Error::Invalid {
            service: self.label,
            operation,
            detail,
        };
        let source = self.credentials.as_ref().ok_or(Error::NoCredentials {
            detail: "there is no source of credentials".to_owned(),
        })?;
        let credentials = source
            .provide_credentials()
            .await
            .map_err(|e| Error::NoCredentials { detail: chain(&e) })?;
        let uri = format!("{}/", self.endpoint);
        let host = uri
            .parse::<http::Uri>()
            .ok()
            .and_then(|u| u.authority().map(|a| a.as_str().to_owned()))
            .ok_or_else(|| invalid(format!("{} is not a URL", self.endpoint)))?;
        let mut headers = vec![
            ("host", host.as_str()),
            ("content-type", message.content_type),
        ];
        if let Some(target) = &message.target {
            headers.push(("x-amz-target", target));
        }
        let mut request = http::Request::post(&uri);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let mut request = request
            .body(message.body.clone())
            .map_err(|e| invalid(e.to_string()))?;
        let identity = credentials.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.name)
            .time(self.time.now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|e| invalid(e.to_string()))?
            .into();
        let signable = SignableRequest::new(
            "POST",
            uri.as_str(),
            headers.into_iter(),
            SignableBody::Bytes(&message.body),
        )
        .map_err(|e| invalid(e.to_string()))?;
        let (instructions, _) = sign(signable, &params)
            .map_err(|e| invalid(e.to_string()))?
            .into_parts();
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

/// AWS's own endpoint of a service in a region.
fn own_endpoint(name: &str, region: &str, fips: bool, dual_stack: bool) -> String {
    let partition = partition(region).unwrap_or("aws");
    let service = if fips {
        format!("{name}-fips")
    } else {
        name.to_owned()
    };
    let suffix = match (dual_stack, partition) {
        (true, "aws-cn") => "api.amazonwebservices.com.cn",
        (true, "aws" | "aws-us-gov") => "api.aws",
        _ => dns_suffix(partition),
    };
    format!("https://{service}.{region}.{suffix}")
}

/// The region that signs for what all regions of a partition share.
fn first_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        _ => "us-east-1",
    }
}

/// The endpoint that environment or profile give this one service.
fn service_endpoint(config: &SdkConfig, label: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(label)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    config.service_config()?.load_config(key)
}

#[cfg(test)]
mod tests {
    use super::own_endpoint;

    #[test]
    fn endpoints_follow_region_partition_and_kind() {
        for (region, fips, dual, expected) in [
            (
                "eu-west-1",
                false,
                false,
                "https://kms.eu-west-1.amazonaws.com",
            ),
            (
                "eu-west-1",
                true,
                false,
                "https://kms-fips.eu-west-1.amazonaws.com",
            ),
            ("eu-west-1", false, true, "https://kms.eu-west-1.api.aws"),
            (
                "us-gov-west-1",
                true,
                true,
                "https://kms-fips.us-gov-west-1.api.aws",
            ),
            (
                "cn-north-1",
                false,
                false,
                "https://kms.cn-north-1.amazonaws.com.cn",
            ),
            (
                "cn-north-1",
                false,
                true,
                "https://kms.cn-north-1.api.amazonwebservices.com.cn",
            ),
        ] {
            assert_eq!(own_endpoint("kms", region, fips, dual), expected);
        }
    }
}
