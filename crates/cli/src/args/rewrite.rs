//! One-dash long flags, as Terraform's users type them, to the two-dash form.

/// Turns `-auto-approve` into `--auto-approve`; leaves values of flags, single dashes and `--` as they are.
pub fn rewrite(args: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut rewritten = Vec::new();
    let mut only_values = false;
    let mut value_follows = false;
    for arg in args {
        let is_flag = !only_values && !value_follows && arg.starts_with('-') && arg.len() > 1;
        value_follows = false;
        if !is_flag {
            rewritten.push(arg);
            continue;
        }
        if arg == "--" {
            only_values = true;
            rewritten.push(arg);
            continue;
        }
        let name = arg.trim_start_matches('-');
        value_follows = TAKES_VALUE.contains(&name);
        rewritten.push(match name {
            "h" | "help" => "--help".to_string(),
            "v" | "version" => "--version".to_string(),
            name => format!("--{name}"),
        });
    }
    rewritten
}

/// Flags whose value is the next argument when no `=` joins it. A value may begin with a dash.
const TAKES_VALUE: [&str; 14] = [
    "var",
    "var-file",
    "target",
    "replace",
    "out",
    "parallelism",
    "lock-timeout",
    "chdir",
    "port",
    "backend-config",
    "state",
    "id",
    "lockfile",
    "exclude",
];
