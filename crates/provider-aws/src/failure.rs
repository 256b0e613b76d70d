//! What AWS said, as a problem for a person: what failed, why, and what to do about it.

use trueup_aws::{Class, Error, Failure};
use trueup_provider::Problem;

/// The problem of a failed call. `doing` begins the summary: `creating DynamoDB Table (orders)`.
pub(crate) fn problem(doing: &str, error: &Error) -> Problem {
    Problem::error(format!("{doing}: {}", cause(error)), detail(error))
}

/// The same with a word of advice of its own instead of the general one.
pub(crate) fn problem_with_advice(doing: &str, error: &Error, advice: &str) -> Problem {
    Problem::error(
        format!("{doing}: {}", cause(error)),
        join(advice, &request(error)),
    )
}

/// The one or the other.
pub(crate) fn told(doing: &str, error: &Error, advice: Option<&str>) -> Problem {
    match advice {
        Some(advice) => problem_with_advice(doing, error, advice),
        None => problem(doing, error),
    }
}

/// The problem of a failed call to EC2, whose summaries have always named status and request.
pub(crate) fn problem_with_request(doing: &str, error: &Error, advice: &str) -> Problem {
    let mut summary = format!("{doing}: {}", cause(error));
    if let Some(failure) = error.failure()
        && let Some(id) = &failure.request_id
        && failure.status >= 400
    {
        summary.push_str(&format!(
            "\n\tstatus code: {}, request id: {id}",
            failure.status
        ));
    }
    let advice = if advice.is_empty() {
        self::advice(error)
    } else {
        advice
    };
    Problem::error(summary, advice)
}

/// Advice where the answer to a creation was lost. `what` may exist: `table`.
pub(crate) fn lost(what: &str) -> String {
    format!(
        "The answer was lost, so the {what} may or may not exist. Run again: the next run finds out and goes on from there."
    )
}

/// Advice where everything was done to `what`, and reading it back failed.
pub(crate) fn unread(what: &str) -> String {
    format!("The {what} is there; only reading it back failed. Run again to refresh it.")
}

/// The problem of a step without a planned value, which no caller makes.
pub(crate) fn nothing_planned(doing: &str) -> Problem {
    Problem::error(
        format!("{doing}: nothing planned"),
        "The step carries no planned value. This is a fault of the program.",
    )
}

/// What a call found, where not to be found is no failure.
pub(crate) fn if_there<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The service's code and message, or the whole error where no service spoke.
pub(crate) fn cause(error: &Error) -> String {
    match (error, error.failure()) {
        // The word by which users know and search for a service that is not reached.
        (Error::Unreachable { .. }, _) => format!("RequestError: send request failed: {error}"),
        (_, None) => error.to_string(),
        (_, Some(failure)) if of_s3(failure) => s3_cause(failure),
        (_, Some(failure)) => match (failure.code.is_empty(), failure.message.is_empty()) {
            (false, false) => format!("{}: {}", failure.code, failure.message),
            (false, true) => failure.code.clone(),
            _ => error.to_string(),
        },
    }
}

fn detail(error: &Error) -> String {
    let said = match error.failure() {
        Some(failure) if of_s3(failure) && is_modelled(&failure.code) => failure.message.as_str(),
        _ => "",
    };
    join(&join(said, advice(error)), &request(error))
}

fn of_s3(failure: &Failure) -> bool {
    failure.service == "S3" && failure.status >= 400
}

/// Whether S3's own description has this error: its message then stands apart.
fn is_modelled(code: &str) -> bool {
    matches!(
        code,
        "BucketAlreadyExists"
            | "BucketAlreadyOwnedByYou"
            | "InvalidObjectState"
            | "NoSuchBucket"
            | "NoSuchKey"
            | "NoSuchUpload"
            | "NotFound"
            | "ObjectAlreadyInActiveTierError"
            | "ObjectNotInActiveTierError"
    )
}

/// What S3 refused in the words that its users know and search for.
fn s3_cause(failure: &Failure) -> String {
    let id = |id: &Option<String>| id.clone().unwrap_or_default();
    let said = match is_modelled(&failure.code) {
        true => format!("{}:", failure.code),
        false => format!("api error {}: {}", failure.code, failure.message),
    };
    format!(
        "operation error S3: {}, https response error StatusCode: {}, RequestID: {}, HostID: {}, {said}",
        failure.operation,
        failure.status,
        id(&failure.request_id),
        id(&failure.host_id),
    )
}

fn join(advice: &str, request: &str) -> String {
    match (advice.is_empty(), request.is_empty()) {
        (false, false) => format!("{advice}\n\n{request}"),
        _ => format!("{advice}{request}"),
    }
}

fn request(error: &Error) -> String {
    error
        .failure()
        // What S3 refused tells its ids already.
        .filter(|failure| !of_s3(failure))
        .and_then(|failure| {
            let id = failure.request_id.as_deref()?;
            Some(format!("Status code {}, request id {id}.", failure.status))
        })
        .unwrap_or_default()
}

fn advice(error: &Error) -> &'static str {
    match error.class() {
        Class::AccessDenied => {
            "The credentials in use may not do this. Grant the permission, or use other credentials (provider arguments profile, access_key, assume_role)."
        }
        Class::NoCredentials => {
            "Give credentials in the provider block (profile, or access_key and secret_key), in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in a shared credentials file."
        }
        Class::Unreachable => {
            "Check the endpoint (provider block endpoints, AWS_ENDPOINT_URL), the region and the network, then run again."
        }
        Class::Throttled => {
            "AWS went on refusing for lack of capacity. Run again to go on where this stopped; raise the table's capacity, or lower -parallelism, if it stays so."
        }
        Class::LimitExceeded => {
            "A limit of the account or table was reached. Wait for changes under way to finish, or ask AWS for a higher limit, then run again."
        }
        Class::Conflict => {
            "Another change is under way, or the object exists already. Wait for it to finish and run again."
        }
        Class::ServiceFault => {
            "AWS failed to answer properly. Run again to go on where this stopped."
        }
        Class::TimedOut => {
            "It may still get there by itself. Run again: what is missing is finished then. A longer limit can be set in a timeouts block."
        }
        Class::Cancelled => "The run was asked to stop. Run again to finish.",
        _ => "",
    }
}
