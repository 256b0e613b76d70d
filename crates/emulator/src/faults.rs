//! Faults on request: throttling, failures before or after the effect, lost answers, delay.

use std::sync::Mutex;
use std::time::Duration;

use crate::operation::Service;

/// What goes wrong with a request that a [`Rule`] matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Refused before any effect, as AWS does when a caller is too fast
    /// (`ThrottlingException` for control-plane and STS calls,
    /// `ProvisionedThroughputExceededException` for table items, `SlowDown` for S3).
    Throttle,
    /// Refused before any effect with this status and error code.
    FailBefore {
        /// HTTP status, for example 400.
        status: u16,
        /// AWS error code, for example `AccessDeniedException`.
        code: String,
        /// Message of the error.
        message: String,
    },
    /// Refused before any effect, as AWS refuses what a caller has no permission for.
    Deny,
    /// The effect happens, the answer is a 500.
    FailAfter,
    /// The effect happens, the answer never arrives: the response carries
    /// [`LostAnswer`], and the server closes the connection without answering.
    DropAnswer,
    /// The connection breaks before the request has any effect; seen from
    /// outside it cannot be told apart from [`Fault::DropAnswer`].
    DropRequest,
    /// The request is handled after this much time.
    Delay(Duration),
    /// A BatchGetItem or BatchWriteItem handles this many keys or items of each
    /// table and hands the rest back as unprocessed. Other operations are not changed.
    Partial(usize),
    /// A TransactWriteItems is cancelled before any effect: the action at this
    /// place (from 0) gives `TransactionConflict` as its reason, the others
    /// none. Other operations are not changed.
    TransactionConflict(usize),
}

/// Which requests are hit, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The service; `None` is every service.
    pub service: Option<Service>,
    /// The operation, for example `BatchGetItem`; `None` is every operation.
    pub operation: Option<String>,
    /// How many matching requests pass unharmed first.
    pub skip: u32,
    /// How many matching requests are hit after that.
    pub times: u32,
    /// What happens to them.
    pub fault: Fault,
}

impl Rule {
    /// A rule that hits the next `times` requests of one operation.
    pub fn next(service: Service, operation: &str, times: u32, fault: Fault) -> Rule {
        Rule {
            service: Some(service),
            operation: Some(operation.to_owned()),
            skip: 0,
            times,
            fault,
        }
    }

    /// A rule that hits the `n`-th request (from 1) of one operation.
    pub fn nth(service: Service, operation: &str, n: u32, fault: Fault) -> Rule {
        Rule {
            skip: n.saturating_sub(1),
            ..Rule::next(service, operation, 1, fault)
        }
    }
}

/// Marks a response whose answer is lost; found in `response.extensions()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostAnswer;

/// Whether a response stands for an answer that never arrived.
pub fn answer_is_lost<B>(response: &http::Response<B>) -> bool {
    response.extensions().get::<LostAnswer>().is_some()
}

/// The faults that wait for requests. Rules are tried in the order they were
/// added; the first that is due takes the request.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Mutex<Vec<Rule>>,
}

impl Faults {
    /// Adds a rule.
    pub fn add(&self, rule: Rule) {
        self.lock().push(rule);
    }

    /// Forgets all rules.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Whether rules are left that have hits to give.
    pub fn is_spent(&self) -> bool {
        self.lock().is_empty()
    }

    /// The fault that hits this request, if any.
    pub(crate) fn take(&self, service: Service, operation: &str) -> Option<Fault> {
        let mut rules = self.lock();
        if rules.is_empty() {
            return None;
        }
        let mut hit = None;
        for rule in rules.iter_mut() {
            let matches = rule.service.is_none_or(|s| s == service)
                && rule.operation.as_deref().is_none_or(|o| o == operation);
            if !matches {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if rule.times > 0 && hit.is_none() {
                rule.times -= 1;
                hit = Some(rule.fault.clone());
            }
        }
        rules.retain(|rule| rule.times > 0);
        hit
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.rules
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
