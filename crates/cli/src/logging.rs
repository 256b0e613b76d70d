//! Logs: to standard error, or to the file that `TF_LOG_PATH` names, as `TF_LOG` asks; `TF_LOG_PROVIDER` for what goes
//! out to AWS, `TF_LOG_CORE` for the rest. `TRUEUP_` is as good a beginning of these names as `TF_`.
//!
//! What is logged are addresses, operations, durations and request ids, never values, headers or bodies.
//! Libraries are not that careful: only what our own crates say is written.

use std::fs::OpenOptions;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::environment;

/// The level that a variable asks for.
fn level(name: &str) -> Option<LevelFilter> {
    Some(match environment::text(name)?.to_uppercase().as_str() {
        "TRACE" | "JSON" => LevelFilter::TRACE,
        "DEBUG" => LevelFilter::DEBUG,
        "INFO" => LevelFilter::INFO,
        "WARN" => LevelFilter::WARN,
        "ERROR" => LevelFilter::ERROR,
        _ => LevelFilter::OFF,
    })
}

/// Begins to log, where that is asked for.
pub fn begin() {
    let all = level("LOG");
    let core = level("LOG_CORE").or(all).unwrap_or(LevelFilter::OFF);
    let provider = level("LOG_PROVIDER").or(all).unwrap_or(LevelFilter::OFF);
    if core.max(provider) == LevelFilter::OFF {
        return;
    }
    let ours = filter_fn(move |metadata| {
        let target = metadata.target();
        let to_aws = ["trueup_aws", "trueup_provider_aws"];
        let wanted = match to_aws.iter().any(|name| target.starts_with(name)) {
            true => provider,
            false => core,
        };
        target.starts_with("trueup") && *metadata.level() <= wanted
    });
    let file = environment::raw("LOG_PATH")
        .and_then(|path| OpenOptions::new().create(true).append(true).open(path).ok());
    let layer = tracing_subscriber::fmt::layer().with_ansi(false);
    let layer = match file {
        Some(file) => layer.with_writer(std::sync::Mutex::new(file)).boxed(),
        None => layer.with_writer(std::io::stderr).boxed(),
    };
    // A second subscriber can't be there: this is the start of the program.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(ours))
        .try_init();
}
