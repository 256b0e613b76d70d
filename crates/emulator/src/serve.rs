//! The emulator behind a loopback listener, for other programs.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::emulator::Emulator;
use crate::faults::answer_is_lost;

/// The largest body that is read: 1 GiB, well above what a state needs.
const MAX_BODY: usize = 1 << 30;

/// How long open connections may take to finish after shutdown was asked for.
const GRACE: Duration = Duration::from_secs(5);

/// Serves all services on one listener (HTTP/1.1, keep-alive) until `shutdown`
/// is cancelled, then lets requests under way finish for up to five seconds.
///
/// # Errors
/// The listener breaks for good. Errors of single connections are logged.
pub async fn serve(
    emulator: Emulator,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let connections = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) if is_passing(&error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
                Err(error) => return Err(error),
            },
        };
        // Answers are small and waited for: no delay to fill packets.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        connections.spawn(connection(emulator.clone(), stream, shutdown.clone()));
    }
    connections.close();
    if tokio::time::timeout(GRACE, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!("connections were still open at shutdown");
    }
    Ok(())
}

/// Errors that concern one connection, or pass when others close.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    ) || error.raw_os_error().is_some_and(|code| {
        // Too many open files, in the process or the system.
        code == 24 || code == 23
    })
}

async fn connection(
    emulator: Emulator,
    stream: tokio::net::TcpStream,
    shutdown: CancellationToken,
) {
    let emulator = Arc::new(emulator);
    let service = service_fn(move |request: Request<Incoming>| {
        let emulator = Arc::clone(&emulator);
        async move { answer(&emulator, request).await }
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = shutdown.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}

/// The answer never comes: the connection is closed instead.
#[derive(Debug, thiserror::Error)]
#[error("the answer was dropped")]
struct Dropped;

async fn answer(
    emulator: &Emulator,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let (parts, body) = request.into_parts();
    let is_head = parts.method == http::Method::HEAD;
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(too_large()),
    };
    let answer = emulator.call(Request::from_parts(parts, body)).await;
    if answer_is_lost(&answer) {
        return Err(Dropped);
    }
    let (mut parts, mut body) = answer.into_parts();
    if is_head {
        // hyper would announce the length of an empty body over the real one.
        body = Bytes::new();
    } else {
        parts.headers.remove(http::header::CONTENT_LENGTH);
    }
    Ok(Response::from_parts(parts, Full::new(body)))
}

fn too_large() -> Response<Full<Bytes>> {
    let result: Result<_, Infallible> = Ok(Response::new(Full::new(Bytes::from_static(
        b"The request could not be read, or is too large.",
    ))));
    let Ok(mut answer) = result;
    *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    answer
}
