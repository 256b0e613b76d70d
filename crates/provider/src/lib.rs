//! The seam to providers: the traits they implement and the plain structs that cross it.
//!
//! Batches cross here: whoever reads or applies hands over everything it has, and a resource type that
//! knows a cheaper way than one call each takes it. Values cross whole, marks removed; errors carry a
//! path into the value, never a place in a file. Nothing here knows AWS.

pub mod contract;
mod data_source;
mod functions;
pub mod mock;
mod moved;
mod problem;
mod provider;
mod registry;
mod request;
mod resource_type;
mod zero;

pub use data_source::{DataRequest, DataSource};
pub use functions::ProviderFunctions;
pub use moved::MovedObject;
pub use problem::{Problem, Problems};
pub use provider::{Configured, Provider, ProviderSchema, Sighting};
pub use registry::Registry;
pub use request::{
    Adoption, ApplyOutcome, Contents, Context, Imported, Intent, Object, Part, PlanRequest,
    Planned, Progress, ReadOutcome, ReadRequest, Step, StepKind, Unheard,
};
pub use resource_type::{Batching, ResourceType};
pub use zero::{is_zero, same_but_for_zero};

/// A future behind a pointer: what the object-safe traits of the seam return.
pub type BoxFuture<'a, T> = futures::future::BoxFuture<'a, T>;
