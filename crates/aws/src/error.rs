//! The one closed set of ways in which reaching AWS fails.
use std::fmt;

use crate::dynamodb::Item;

/// What a caller may want to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The service asked to slow down, and went on asking through all attempts.
    Throttled,
    /// The thing named does not exist (404 and `…NotFound…`).
    NotFound,
    /// A DynamoDB condition did not hold.
    ConditionFailed,
    /// An S3 precondition did not hold (412).
    PreconditionFailed,
    /// The caller may not do this (also bad signatures and unknown keys).
    AccessDenied,
    /// It exists already, is in use, or another change is under way (409).
    Conflict,
    /// A limit of the account was reached.
    LimitExceeded,
    /// A transaction was cancelled; the reasons say by which actions.
    TransactionCancelled,
    /// No usable credentials.
    NoCredentials,
    /// The endpoint could not be reached or stopped answering.
    Unreachable,
    /// The service does not know the operation.
    Unsupported,
    /// The request is not valid, or could not even be formed.
    Invalid,
    /// The service failed (5xx) through all attempts.
    ServiceFault,
    /// A wait ran out of time.
    TimedOut,
    /// A wait or call was given up because the run was cancelled.
    Cancelled,
    /// Anything else.
    Other,
}

/// An answer that says no, or a call that got none: which call and what is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// `DynamoDB`, `S3` or `STS`.
    pub service: String,
    /// The operation, such as `PutItem`.
    pub operation: String,
    /// HTTP status; 0 without an answer.
    pub status: u16,
    /// The service's error code, such as `ValidationException`; may be empty.
    pub code: String,
    /// The service's message, or what went wrong on the way.
    pub message: String,
    /// The service's id of the request, for support and for logs.
    pub request_id: Option<String>,
    /// S3's second id of the request, for support.
    pub host_id: Option<String>,
    /// URL of the endpoint the request went to; may be empty.
    pub endpoint: String,
    /// How many attempts were sent.
    pub attempts: u32,
    /// Whether the call may have taken effect although it is reported as
    /// failed, because the answer to one of its attempts was lost.
    pub lost_answer: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "operation error {}: {}", self.service, self.operation)?;
        if self.status != 0 {
            write!(f, ", https response error StatusCode: {}", self.status)?;
            if let Some(id) = &self.request_id {
                write!(f, ", RequestID: {id}")?;
            }
        }
        match (self.code.is_empty(), self.message.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => write!(f, ", {}", self.message),
            (false, true) => write!(f, ", {}", self.code),
            (false, false) => write!(f, ", {}: {}", self.code, self.message),
        }
    }
}

/// Why one action of a cancelled transaction stood in its way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CancellationReason {
    /// `None` for an action that was fine; else `ConditionalCheckFailed`,
    /// `TransactionConflict`, `ThrottlingError`, `ProvisionedThroughputExceeded`,
    /// `ValidationError`, `ItemCollectionSizeLimitExceeded`, …
    pub code: Option<String>,
    /// The service's words.
    pub message: Option<String>,
    /// The item as it is, if the action asked for it.
    pub item: Option<Item>,
}

impl CancellationReason {
    /// Whether the action's condition did not hold.
    pub fn is_condition(&self) -> bool {
        self.code.as_deref() == Some("ConditionalCheckFailed")
    }

    /// Whether sending the action again later may succeed: throttling and
    /// transactions that met.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.code.as_deref(),
            Some(
                "TransactionConflict"
                    | "ThrottlingError"
                    | "ProvisionedThroughputExceeded"
                    | "RequestLimitExceeded"
            )
        )
    }
}

/// Why AWS was not reached or said no.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// No source had credentials, or a source failed.
    #[error("no valid credential sources found: {detail}")]
    NoCredentials {
        /// Which sources were asked and what was wrong.
        detail: String,
    },
    /// The credentials belong to an account that must not be used.
    #[error("AWS account ID not allowed: {account_id}")]
    AccountNotAllowed {
        /// The account; empty if it is not known.
        account_id: String,
    },
    /// A role could not be assumed.
    #[error("cannot assume IAM role {role_arn}: {detail}")]
    RoleNotAssumed {
        /// The role.
        role_arn: String,
        /// STS's answer.
        detail: String,
    },
    /// The settings cannot be used.
    #[error("{detail}")]
    Settings {
        /// The setting's name in a provider block.
        setting: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The endpoint could not be reached within a few attempts, or fell silent.
    #[error("{failure} (endpoint {endpoint}, attempts: {attempts})", endpoint = failure.endpoint, attempts = failure.attempts)]
    Unreachable {
        /// The call; its endpoint names whom we tried to reach.
        failure: Box<Failure>,
    },
    /// The service answered with an error.
    #[error("{failure}")]
    Service {
        /// The answer.
        failure: Box<Failure>,
        /// What kind of answer it is.
        class: Class,
    },
    /// The condition of a single write did not hold.
    #[error("{failure}")]
    ConditionFailed {
        /// The answer.
        failure: Box<Failure>,
        /// The item as it is, if the request asked for it and it exists.
        item: Option<Item>,
    },
    /// A transaction was cancelled.
    #[error("{failure}")]
    TransactionCancelled {
        /// The answer.
        failure: Box<Failure>,
        /// One reason for each action, in order.
        reasons: Vec<CancellationReason>,
    },
    /// The request could not be formed: a member is missing or malformed.
    #[error("operation error {service}: {operation}, invalid request: {detail}")]
    Invalid {
        /// The service.
        service: &'static str,
        /// The operation.
        operation: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// A wait for a state ran out of time.
    #[error("timeout while waiting for {what} (last state: {last}, timeout: {seconds}s)")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// The last state seen.
        last: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// A wait met a state that cannot lead to what is waited for.
    #[error("unexpected state '{state}' while waiting for {what}")]
    UnexpectedState {
        /// What was waited for.
        what: String,
        /// The state.
        state: String,
    },
    /// The run was cancelled while waiting.
    #[error("cancelled while waiting for {what}")]
    Cancelled {
        /// What was waited for.
        what: String,
    },
}

impl Error {
    /// What kind of error this is.
    pub fn class(&self) -> Class {
        match self {
            Self::NoCredentials { .. } | Self::RoleNotAssumed { .. } => Class::NoCredentials,
            Self::AccountNotAllowed { .. } => Class::AccessDenied,
            Self::Settings { .. } | Self::Invalid { .. } => Class::Invalid,
            Self::Unreachable { .. } => Class::Unreachable,
            Self::Service { class, .. } => *class,
            Self::ConditionFailed { .. } => Class::ConditionFailed,
            Self::TransactionCancelled { .. } => Class::TransactionCancelled,
            Self::TimedOut { .. } => Class::TimedOut,
            Self::UnexpectedState { .. } => Class::Other,
            Self::Cancelled { .. } => Class::Cancelled,
        }
    }

    /// The call behind the error, where there was one.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Unreachable { failure }
            | Self::Service { failure, .. }
            | Self::ConditionFailed { failure, .. }
            | Self::TransactionCancelled { failure, .. } => Some(failure),
            _ => None,
        }
    }

    /// The service's error code, or "".
    pub fn code(&self) -> &str {
        self.failure().map_or("", |f| f.code.as_str())
    }

    /// The service's message alone, or "".
    pub fn message(&self) -> &str {
        self.failure().map_or("", |f| f.message.as_str())
    }

    /// Whether the call may have taken effect although it failed: an answer was
    /// lost on the way, or the service broke while working. A condition that
    /// failed after a lost answer counts too: it may have been our own write.
    pub fn lost_answer(&self) -> bool {
        self.failure().is_some_and(|f| f.lost_answer)
    }

    /// Whether the thing named does not exist.
    pub fn is_not_found(&self) -> bool {
        self.class() == Class::NotFound
    }
}
