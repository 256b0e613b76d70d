//! Logs: to standard error, or to the file that `TF_LOG_PATH` names, as `TRUEUP_LOG` or `TF_LOG` ask.
//!
//! What is logged are addresses, operations, durations and request ids, never values, headers or bodies.

use std::fs::OpenOptions;

use tracing_subscriber::filter::LevelFilter;

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
    let builder = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false);
    let file = std::env::var_os("TF_LOG_PATH")
        .and_then(|path| OpenOptions::new().create(true).append(true).open(path).ok());
    match file {
        Some(file) => builder.with_writer(std::sync::Mutex::new(file)).init(),
        None => builder.with_writer(std::io::stderr).init(),
    }
}
