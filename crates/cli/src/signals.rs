//! Ctrl-C and termination: once, the run drains and saves; twice, it ends at once.

use tokio_util::sync::CancellationToken;

/// Cancels the token on the first SIGINT or SIGTERM, and exits with 1 on the second.
pub fn listen() -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        let mut count = 0;
        loop {
            if wait().await.is_err() {
                return;
            }
            count += 1;
            if count == 1 {
                cancel.cancel();
                crate::output::error_line(
                    "\nInterrupt received.\nPlease wait for trueup to exit or data loss may occur.\nGracefully shutting down...\n\nStopping operation...",
                );
                crate::prompt::stop();
            } else {
                crate::output::error_line(
                    "\nTwo interrupts received. Exiting immediately. What was under way is in the journal: the next run looks at it.\n\nError: operation canceled",
                );
                #[expect(
                    clippy::exit,
                    reason = "a second interrupt ends the program wherever it is"
                )]
                std::process::exit(1);
            }
        }
    });
    token
}

#[cfg(unix)]
async fn wait() -> std::io::Result<()> {
    use std::sync::Mutex;
    use tokio::signal::unix::{Signal, SignalKind, signal};
    static TERMINATE: Mutex<Option<Signal>> = Mutex::new(None);
    let taken = TERMINATE.lock().ok().and_then(|mut slot| slot.take());
    let mut terminate = match taken {
        Some(signal) => signal,
        None => signal(SignalKind::terminate())?,
    };
    let got = tokio::select! {
        got = tokio::signal::ctrl_c() => got,
        _ = terminate.recv() => Ok(()),
    };
    if let Ok(mut slot) = TERMINATE.lock() {
        *slot = Some(terminate);
    }
    got
}

#[cfg(not(unix))]
async fn wait() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// A write beyond a file size limit shall fail with an error instead of ending the process.
pub fn ignore_file_size_signal() {
    #[cfg(unix)]
    #[expect(unsafe_code, reason = "the standard library sets no dispositions")]
    // SAFETY: the signal is given its standard "ignore" disposition before any other thread runs.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}
