//! What happens to every call: it is counted, logged, repeated within bounds, and remembered if an answer was lost.
use std::error::Error as StdError;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef,
    Error as OperationError, FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ErrorKind;

use crate::dispatch::DispatchError;
use crate::{Class, Error, Failure, RequestCounts, failure};

/// Attempts at a connection that is refused or a name that does not resolve:
/// trying for minutes would only hide a wrong endpoint.
const REFUSED_ATTEMPTS: u32 = 4;
/// Attempts when connections open but break or fall silent.
const BROKEN_ATTEMPTS: u32 = 9;
/// Attempts when nothing answers in time; each costs a whole timeout.
const SILENT_ATTEMPTS: u32 = 4;
/// Attempts at a transaction that is too much for its table: a smaller one helps
/// sooner than patience, and only the caller can make it smaller.
const THROTTLED_TRANSACTION_ATTEMPTS: u32 = 3;

/// What is known of one call across its attempts.
#[derive(Debug, Default)]
pub(crate) struct CallLog {
    /// What the call is called: the SDK may know it by another name.
    operation: &'static str,
    attempts: AtomicU32,
    refused: AtomicU32,
    broken: AtomicU32,
    silent: AtomicU32,
    lost: AtomicBool,
    endpoint: Mutex<String>,
}

impl CallLog {
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    pub(crate) fn lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    pub(crate) fn endpoint(&self) -> String {
        self.endpoint
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

tokio::task_local! {
    // Interceptors and classifiers belong to a client, not to a call; the task
    // is what they share with the call.
    static CALL: Arc<CallLog>;
}

fn with_call(note: impl FnOnce(&CallLog)) {
    // Outside of a call (a credentials source of the SDK's own) nothing is noted.
    let _ = CALL.try_with(|call| note(call));
}

/// What a call is called.
fn name_of(call: &Metadata) -> &str {
    CALL.try_with(|log| log.operation)
        .unwrap_or_else(|_| call.name())
}

/// Sends one call and puts its failure in our words.
pub(crate) async fn send<O, E>(
    service: &'static str,
    operation: &'static str,
    sending: impl Future<Output = Result<O, SdkError<E, HttpResponse>>>,
) -> Result<O, Error>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    send_or(service, operation, sending, |_, failure| Err(failure)).await
}

/// Like [`send`], with a first look at the service's typed error: `special`
/// returns the error to report, or gives the failure back.
pub(crate) async fn send_or<O, E>(
    service: &'static str,
    operation: &'static str,
    sending: impl Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    special: impl FnOnce(&E, Box<Failure>) -> Result<Error, Box<Failure>>,
) -> Result<O, Error>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let log = Arc::new(CallLog {
        operation,
        ..CallLog::default()
    });
    match CALL.scope(Arc::clone(&log), sending).await {
        Ok(output) => Ok(output),
        Err(error) => Err(failure::to_error(service, operation, &log, error, special)),
    }
}

/// Counts and logs every attempt, and notes whether its answer was lost.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) counts: RequestCounts,
    /// What is added to the `User-Agent` header.
    pub(crate) user_agent: String,
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // The header is no part of the signature.
        add_products(context.request_mut().headers_mut(), &self.user_agent);
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(call) = cfg.load::<Metadata>() {
            self.counts
                .add(&call.service().to_ascii_lowercase(), name_of(call));
        }
        with_call(|log| {
            log.attempts.fetch_add(1, Ordering::Relaxed);
            let mut endpoint = log.endpoint.lock().unwrap_or_else(PoisonError::into_inner);
            if endpoint.is_empty() {
                *endpoint = origin(context.request().uri());
            }
        });
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = context.response().map_or(0, |r| r.status().as_u16());
        if let Some(call) = cfg.load::<Metadata>() {
            let request_id = context.response().and_then(|r| {
                r.headers()
                    .get("x-amzn-requestid")
                    .or_else(|| r.headers().get("x-amz-request-id"))
            });
            tracing::debug!(
                service = call.service(),
                operation = name_of(call),
                status,
                request_id,
                "attempt answered"
            );
        }
        if let Some(Err(error)) = context.output_or_error()
            && may_have_taken_effect(error, status)
        {
            with_call(|log| log.lost.store(true, Ordering::Relaxed));
        }
        Ok(())
    }
}

/// Ends retrying where it does not help, and shortens the pauses before a
/// refused connection is tried again.
#[derive(Debug)]
pub(crate) struct Bounds;

impl ClassifyRetry for Bounds {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        let mut action = RetryAction::NoActionIndicated;
        with_call(|log| {
            let (counter, bound) = match trouble(error) {
                Trouble::Refused => (&log.refused, REFUSED_ATTEMPTS),
                Trouble::Broken => (&log.broken, BROKEN_ATTEMPTS),
                Trouble::Silent => (&log.silent, SILENT_ATTEMPTS),
                Trouble::None => {
                    if log.attempts() >= THROTTLED_TRANSACTION_ATTEMPTS
                        && is_throttled_transaction(error)
                    {
                        action = RetryAction::RetryForbidden;
                    }
                    return;
                }
            };
            let seen = counter.fetch_add(1, Ordering::Relaxed) + 1;
            if seen >= bound {
                action = RetryAction::RetryForbidden;
            } else if bound == REFUSED_ATTEMPTS && matches!(trouble(error), Trouble::Refused) {
                action = RetryAction::retryable_error_with_explicit_delay(
                    ErrorKind::TransientError,
                    Duration::from_millis(100 << seen.min(4)),
                );
            }
        });
        action
    }

    fn name(&self) -> &'static str {
        "Bounds"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // After the SDK's own, so that this one has the last word.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

enum Trouble {
    None,
    Refused,
    Broken,
    Silent,
}

fn trouble(error: &OrchestratorError<OperationError>) -> Trouble {
    if let Some(connector) = error.as_connector_error() {
        if never_connected(connector) && !connector.is_timeout() {
            Trouble::Refused
        } else if connector.is_timeout() {
            Trouble::Silent
        } else {
            Trouble::Broken
        }
    } else if error.is_timeout_error() {
        Trouble::Silent
    } else if error.is_response_error() {
        Trouble::Broken
    } else {
        Trouble::None
    }
}

fn is_throttled_transaction(error: &OrchestratorError<OperationError>) -> bool {
    error
        .as_operation_error()
        .and_then(|error| error.downcast_ref::<TransactWriteItemsError>())
        .and_then(ProvideErrorMetadata::code)
        .is_some_and(|code| failure::class(code, 400) == Class::Throttled)
}

/// Whether a failed attempt may have changed something: it was sent, and no
/// answer says that it was refused.
fn may_have_taken_effect(error: &OrchestratorError<OperationError>, status: u16) -> bool {
    if let Some(connector) = error.as_connector_error() {
        return !never_connected(connector) && !connector.is_user();
    }
    if error.is_timeout_error() || error.is_response_error() {
        return true;
    }
    // An answer below 400 said yes and could not be read. 503 is said before the
    // work is begun; the other faults may come after it.
    error.is_operation_error() && (status < 400 || (status >= 500 && !matches!(status, 501 | 503)))
}

/// Whether a connection error arose before anything was sent.
pub(crate) fn never_connected(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(at) = next {
        if let Some(dispatch) = at.downcast_ref::<DispatchError>() {
            return matches!(dispatch, DispatchError::Refused(_));
        }
        if let Some(io) = at.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::ConnectionRefused
        {
            return true;
        }
        // The HTTP client's own types are not ours to name; their texts are stable.
        let text = at.to_string();
        if ["(Connect)", "connect timeout", "dns error", "tcp connect"]
            .iter()
            .any(|sign| text.contains(sign))
        {
            return true;
        }
        next = at.source();
    }
    false
}

/// Adds products to the `User-Agent` header; what can't stand in a header is left out.
fn add_products(headers: &mut Headers, products: &str) {
    if products.is_empty() {
        return;
    }
    let own = headers.get("user-agent").unwrap_or_default();
    let both = format!("{own} {products}");
    // A repeated attempt carries the header of the one before.
    if !own.ends_with(products) {
        let _ = headers.try_insert("user-agent", both.trim().to_owned());
    }
}

/// Scheme, host and port of a request's URI.
fn origin(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return String::new();
    };
    let host = rest.split(['/', '?']).next().unwrap_or(rest);
    format!("{scheme}://{host}")
}
