//! Logs: to standard error, or to the file that `TF_LOG_PATH` names, as `TRUEUP_LOG` or `TF_LOG` ask.
//!
//! What is logged are addresses, operations, durations and request ids, never values, headers or bodies.
//! Libraries are not that careful: only what our own crates say is written.

use std::fs::OpenOptions;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Begins to log, where that is asked for.
pub fn begin() {
    let wanted = ["TRUEUP_LOG", "TF_LOG"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_default();
    let level = match wanted.to_uppercase().as_str() {
        "TRACE" | "JSON" => LevelFilter::TRACE,
        "DEBUG" => LevelFilter::DEBUG,
        "INFO" => LevelFilter::INFO,
        "WARN" => LevelFilter::WARN,
        "ERROR" => LevelFilter::ERROR,
        _ => return,
    };
    let ours = filter_fn(|metadata| metadata.target().starts_with("trueup"));
    let file = std::env::var_os("TF_LOG_PATH")
        .and_then(|path| OpenOptions::new().create(true).append(true).open(path).ok());
    let layer = tracing_subscriber::fmt::layer().with_ansi(false);
    let layer = match file {
        Some(file) => layer.with_writer(std::sync::Mutex::new(file)).boxed(),
        None => layer.with_writer(std::io::stderr).boxed(),
    };
    // A second subscriber can't be there: this is the start of the program.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(level).with_filter(ours))
        .try_init();
}
