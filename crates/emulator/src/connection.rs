//! A connection to the embedded AWS without a port: an answer arrives, or the connection is said to have broken.

use std::io;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};

use crate::emulator::Emulator;
use crate::faults::answer_is_lost;

/// What arrives of a response at a client.
///
/// # Errors
/// [`io::ErrorKind::ConnectionReset`] where the answer is lost.
pub fn arrived<B>(response: Response<B>) -> io::Result<Response<B>> {
    if answer_is_lost(&response) {
        let why = "the answer never came";
        return Err(io::Error::new(io::ErrorKind::ConnectionReset, why));
    }
    Ok(response)
}

impl Emulator {
    /// A function that sends a request and answers what [`arrived`].
    pub fn connection(
        &self,
    ) -> impl Fn(Request<Bytes>) -> BoxFuture<'static, io::Result<Response<Bytes>>>
    + Send
    + Sync
    + 'static
    + use<> {
        let emulator = self.clone();
        move |request| {
            let emulator = emulator.clone();
            Box::pin(async move { arrived(emulator.call(request).await) })
        }
    }
}
