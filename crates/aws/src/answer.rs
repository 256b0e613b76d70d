//! What every call of a service's trait gives back.
use futures::future::BoxFuture;

use crate::Error;

/// A call under way: boxed, so that the traits are object-safe and the SDK's futures are compiled in this
/// crate only. Its error is what the service refused, or why there was no answer.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, Error>>;
