//! Kinesis: the data streams that changes of tables go to.

pub(crate) mod stream;
