//! The manual: a page for each command, as `man` reads them, and all commands on one page of Markdown.

#[cfg(test)]
pub mod markdown;
pub mod roff;

/// Variables of the environment, with what they do. Each has also a name that begins with `TRUEUP_` in the place of
/// `TF_`; that one comes first.
pub const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "TF_VAR_name",
        "The value of the variable name, where nothing else gives it one.",
    ),
    (
        "TF_CLI_ARGS",
        "More flags for every command, put in before those that are typed. TF_CLI_ARGS_plan is for one command; spaces and dashes of its name become underscores.",
    ),
    ("TF_INPUT", "0 or false: nothing is asked for."),
    (
        "TF_IN_AUTOMATION",
        "Anything: hints at what to type next are left out.",
    ),
    (
        "TF_DATA_DIR",
        "The folder that takes the place of .terraform.",
    ),
    ("TF_WORKSPACE", "The workspace, whatever is selected."),
    (
        "TF_LOG",
        "What is logged to standard error: trace, debug, info, warn or error. TF_LOG_CORE and TF_LOG_PROVIDER are for all but what goes to AWS, and for that.",
    ),
    ("TF_LOG_PATH", "The file that gets the log instead."),
    (
        "TF_TOKEN_host",
        "The token for a host with modules, its dots written as underscores and its dashes as two.",
    ),
    ("NO_COLOR", "Anything: no colours, as -no-color."),
    (
        "TRUEUP_REQUESTS",
        "A file that gets the number of requests that were made, by service and operation.",
    ),
    (
        "AWS_…",
        "Credentials, profile, region and endpoints, as the AWS command line reads them.",
    ),
];

/// Variables that other programs read and this one does not, with the reason.
#[cfg(test)]
pub const WITHOUT_EFFECT: &[(&str, &str)] = &[
    (
        "TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR, TF_REATTACH_PROVIDERS, TF_REGISTRY_DISCOVERY_RETRY",
        "providers are built in: there are no plugins to find, fetch or attach",
    ),
    (
        "TF_STATE_PERSIST_INTERVAL",
        "the state is written at most every 20 seconds, at once on an interrupt and at the end",
    ),
    (
        "TF_IGNORE, CHECKPOINT_DISABLE, TF_APPEND_USER_AGENT",
        "nothing is uploaded, and nobody is asked for newer versions",
    ),
];
