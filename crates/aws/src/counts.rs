//! How many requests were really sent, by service and operation.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts requests, one for every attempt that went out: a call that needed
/// three attempts counts three. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct RequestCounts {
    sent: Arc<Mutex<BTreeMap<String, BTreeMap<String, u64>>>>,
}

impl RequestCounts {
    /// Counts from zero.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one request, for example of `dynamodb` and `BatchGetItem`.
    pub fn add(&self, service: &str, operation: &str) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let operations = match sent.get_mut(service) {
            Some(found) => found,
            None => sent.entry(service.to_owned()).or_default(),
        };
        match operations.get_mut(operation) {
            Some(count) => *count += 1,
            None => {
                operations.insert(operation.to_owned(), 1);
            }
        }
    }

    /// The counts so far: service (`dynamodb`, `s3`, `sts`) to operation to requests.
    pub fn snapshot(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
