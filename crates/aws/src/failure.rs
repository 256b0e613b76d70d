//! The SDK's errors put in our words.
use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;

use crate::calls::CallLog;
use crate::{Class, Error, Failure};

/// The error for a request that lacks a member, for use with `map_err`.
pub(crate) fn invalid(
    service: &'static str,
    operation: &'static str,
) -> impl Fn(BuildError) -> Error {
    move |error| Error::Invalid {
        service,
        operation,
        detail: chain(&error),
    }
}

pub(crate) fn to_error<E>(
    service: &'static str,
    operation: &'static str,
    log: &CallLog,
    error: SdkError<E, HttpResponse>,
    special: impl FnOnce(&E, Box<Failure>) -> Result<Error, Box<Failure>>,
) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    if let Some(detail) = credentials_problem(&error) {
        return Error::NoCredentials { detail };
    }
    let mut failure = Box::new(Failure {
        service: service.to_owned(),
        operation: operation.to_owned(),
        status: error.raw_response().map_or(0, |r| r.status().as_u16()),
        request_id: error.request_id().map(str::to_owned),
        host_id: error.raw_response().and_then(host_id),
        endpoint: log.endpoint(),
        attempts: log.attempts(),
        lost_answer: log.lost(),
        ..Failure::default()
    });
    match &error {
        SdkError::ConstructionFailure(_) => Error::Invalid {
            service,
            operation,
            detail: error.source().map_or_else(|| error.to_string(), chain),
        },
        SdkError::ServiceError(answer) => {
            failure.code = answer.err().code().unwrap_or_default().to_owned();
            failure.message = answer.err().message().unwrap_or_default().to_owned();
            if failure.code.is_empty() && failure.message.is_empty() {
                failure.message = chain(answer.err());
            }
            if let Some(place) = elsewhere(answer.raw()) {
                failure.message = format!("the bucket is in another region: {place}");
                let class = Class::Other;
                return Error::Service { failure, class };
            }
            if failure.status < 400 {
                // It said yes, but not what: the body cannot be read.
                return Error::Unreachable { failure };
            }
            let class = class(&failure.code, failure.status);
            special(answer.err(), failure)
                .unwrap_or_else(|failure| Error::Service { failure, class })
        }
        _ => {
            failure.message = error.source().map_or_else(|| error.to_string(), chain);
            Error::Unreachable { failure }
        }
    }
}

/// S3's second id of a request: in a header, or in the body of an error.
fn host_id(answer: &HttpResponse) -> Option<String> {
    if let Some(id) = answer.headers().get("x-amz-id-2") {
        return Some(id.to_owned());
    }
    let body = answer.body().bytes()?;
    let body = std::str::from_utf8(body).ok()?;
    let (_, rest) = body.split_once("<HostId>")?;
    let (id, _) = rest.split_once("</HostId>")?;
    Some(id.to_owned())
}

/// The region that S3 redirects to.
fn elsewhere(answer: &HttpResponse) -> Option<&str> {
    (answer.status().as_u16() == 301)
        .then(|| answer.headers().get("x-amz-bucket-region"))
        .flatten()
}

/// The message of a failure to get credentials, if that is behind the error.
fn credentials_problem(error: &(dyn StdError + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(at) = next {
        if let Some(found) = at.downcast_ref::<CredentialsError>() {
            return Some(chain(found));
        }
        next = at.source();
    }
    None
}

/// An error and what lies behind it, on one line, without repetitions.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(at) = next {
        let said = at.to_string();
        if !said.is_empty() && !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = at.source();
    }
    text
}

/// What kind of answer a code and a status are.
pub(crate) fn class(code: &str, status: u16) -> Class {
    match code {
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "BandwidthLimitExceeded"
        | "PriorRequestNotComplete"
        | "SlowDown" => return Class::Throttled,
        "LimitExceededException"
        | "TooManyBuckets"
        | "TooManyTagsException"
        | "VpcLimitExceeded"
        | "SubnetLimitExceeded"
        | "TagLimitExceeded"
        | "LimitExceeded" => {
            return Class::LimitExceeded;
        }
        "ConditionalCheckFailedException" => return Class::ConditionFailed,
        "TransactionCanceledException" => return Class::TransactionCancelled,
        "UnknownOperationException" | "NotImplemented" | "UnsupportedOperation" => {
            return Class::Unsupported;
        }
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "ExpiredToken"
        | "ExpiredTokenException" => return Class::AccessDenied,
        "ResourceInUseException"
        | "TableInUseException"
        | "TableAlreadyExistsException"
        | "TransactionConflictException"
        | "TransactionInProgressException"
        | "IdempotentParameterMismatchException"
        | "ReplicatedWriteConflictException"
        | "ContinuousBackupsUnavailableException"
        | "ConcurrentUpdateException"
        | "AlreadyExistsException" => return Class::Conflict,
        _ => {}
    }
    match status {
        401 | 403 => Class::AccessDenied,
        404 => Class::NotFound,
        409 => Class::Conflict,
        412 => Class::PreconditionFailed,
        429 => Class::Throttled,
        501 => Class::Unsupported,
        _ if code.contains("NotFound") || code.starts_with("NoSuch") => Class::NotFound,
        400..=499 => Class::Invalid,
        500.. => Class::ServiceFault,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_statuses_have_classes() {
        for (code, status, want) in [
            ("ResourceNotFoundException", 400, Class::NotFound),
            ("NoSuchBucket", 404, Class::NotFound),
            ("", 404, Class::NotFound),
            ("PreconditionFailed", 412, Class::PreconditionFailed),
            ("ConditionalRequestConflict", 409, Class::Conflict),
            ("SlowDown", 503, Class::Throttled),
            (
                "ProvisionedThroughputExceededException",
                400,
                Class::Throttled,
            ),
            ("ValidationException", 400, Class::Invalid),
            ("UnknownOperationException", 400, Class::Unsupported),
            ("InternalServerError", 500, Class::ServiceFault),
            ("AccessDenied", 403, Class::AccessDenied),
            ("UnrecognizedClientException", 400, Class::AccessDenied),
            ("ResourceInUseException", 400, Class::Conflict),
            ("LimitExceededException", 400, Class::LimitExceeded),
        ] {
            assert_eq!(class(code, status), want, "{code} {status}");
        }
    }
}
