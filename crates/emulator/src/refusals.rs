//! Errors that are the same whatever was asked: unknown callers, throttling, failures inside.

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::dynamodb::wire::Failure;
use crate::faults::LostAnswer;
use crate::operation::Service;
use crate::{ec2, iam, query_calls, s3, sts};

/// An error in the form of its service.
pub(crate) fn error(service: Service, status: u16, code: &str, message: &str) -> Response<Bytes> {
    let http_status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    match service {
        // The small services name their errors plainly.
        Service::Kms | Service::AutoScaling | Service::Kinesis => {
            Failure::typed(status, code, message).response()
        }
        Service::DynamoDb => {
            let kind = match code {
                "UnrecognizedClientException" | "ThrottlingException" | "AccessDeniedException" => {
                    format!("com.amazon.coral.service#{code}")
                }
                "ValidationException" => format!("com.amazon.coral.validate#{code}"),
                _ => format!("com.amazonaws.dynamodb.v20120810#{code}"),
            };
            Failure::typed(status, &kind, message).response()
        }
        Service::Sts => query_calls::error(&sts::DIALECT, http_status, code, message),
        Service::Iam => query_calls::error(&iam::DIALECT, http_status, code, message),
        Service::Ec2 => query_calls::error(&ec2::DIALECT, http_status, code, message),
        Service::S3 => s3::error(http_status, code, message),
    }
}

/// The refusal of what the caller has no permission for.
pub(crate) fn denied(
    service: Service,
    account: &str,
    action: &str,
    resource: &str,
) -> Response<Bytes> {
    let message = format!(
        "User: arn:aws:iam::{account}:user/test is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows the {action} action"
    );
    match service {
        Service::Sts | Service::S3 | Service::Iam => error(service, 403, "AccessDenied", &message),
        Service::Ec2 => error(service, 403, "UnauthorizedOperation", &message),
        // The services of the JSON protocol.
        _ => error(service, 400, "AccessDeniedException", &message),
    }
}

/// The refusal of a caller that is too fast.
pub(crate) fn throttled(service: Service, operation: &str) -> Response<Bytes> {
    match service {
        Service::DynamoDb => {
            let on_items = matches!(
                operation,
                "GetItem"
                    | "PutItem"
                    | "UpdateItem"
                    | "DeleteItem"
                    | "Query"
                    | "Scan"
                    | "BatchGetItem"
                    | "BatchWriteItem"
                    | "TransactGetItems"
                    | "TransactWriteItems"
            );
            if on_items {
                error(
                    service,
                    400,
                    "ProvisionedThroughputExceededException",
                    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
                )
            } else {
                error(service, 400, "ThrottlingException", "Rate exceeded")
            }
        }
        Service::Kms | Service::AutoScaling => {
            error(service, 400, "ThrottlingException", "Rate exceeded")
        }
        Service::Kinesis => error(service, 400, "LimitExceededException", "Rate exceeded"),
        Service::Sts | Service::Iam => error(service, 400, "Throttling", "Rate exceeded"),
        Service::Ec2 => error(
            service,
            503,
            "RequestLimitExceeded",
            "Request limit exceeded.",
        ),
        Service::S3 => error(service, 503, "SlowDown", "Please reduce your request rate."),
    }
}

/// An internal error.
pub(crate) fn internal(service: Service) -> Response<Bytes> {
    let code = match service {
        Service::DynamoDb => "InternalServerError",
        Service::Kms => "KMSInternalException",
        Service::AutoScaling => "InternalServiceException",
        Service::Sts | Service::Kinesis => "InternalFailure",
        Service::Iam => "ServiceFailure",
        Service::S3 | Service::Ec2 => "InternalError",
    };
    error(
        service,
        500,
        code,
        "We encountered an internal error. Please try again.",
    )
}

/// An answer that never arrives.
pub(crate) fn lost() -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = StatusCode::BAD_GATEWAY;
    answer.extensions_mut().insert(LostAnswer);
    answer
}
