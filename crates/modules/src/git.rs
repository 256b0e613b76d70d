//! Repositories, fetched by the `git` program.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Error, folders};

/// Clones a repository and checks out what the source asks for. `query` are the options of the source.
pub(crate) async fn clone(
    url: &str,
    query: Vec<(String, String)>,
    into: &Path,
) -> Result<(), Error> {
    let mut reference = None;
    let mut depth = None;
    let mut rest = Vec::new();
    for (name, value) in query {
        match name.as_str() {
            "ref" if !value.is_empty() => reference = Some(value),
            "ref" => {}
            "depth" => match value.parse::<u32>() {
                Ok(number) if number > 0 => depth = Some(number),
                _ => {
                    return Err(Error::unsupported(format!(
                        "the depth of a git source must be a whole number above 0, not {value:?}"
                    )));
                }
            },
            "sshkey" => {
                return Err(Error::unsupported(
                    "git sources with an sshkey are not fetched: let ssh find the key (ssh-agent, ~/.ssh/config)",
                ));
            }
            _ => rest.push(format!("{name}={value}")),
        }
    }
    if reference.as_ref().is_some_and(|name| name.starts_with('-')) {
        return Err(Error::unsupported("a ref may not begin with a dash"));
    }
    let url = match rest.is_empty() {
        true => url.to_owned(),
        false => format!("{url}?{}", rest.join("&")),
    };
    let into = into.to_owned();
    let work = move || run(&url, reference.as_deref(), depth, &into);
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Git {
            what: "clone",
            problem: error.to_string(),
        })?
}

fn run(url: &str, reference: Option<&str>, depth: Option<u32>, into: &Path) -> Result<(), Error> {
    if let Some(above) = into.parent() {
        folders::make(above)?;
    }
    let target = into.display().to_string();
    let depth = depth.map(|depth| depth.to_string());
    let mut arguments = vec!["clone", "-q"];
    if let Some(depth) = &depth {
        arguments.extend(["--depth", depth]);
        // A clone without history has one branch or tag only.
        arguments.extend(reference.iter().flat_map(|name| ["--branch", name]));
    }
    arguments.extend(["--", url, &target]);
    git("clone", &arguments, None)?;
    if let Some(reference) = reference.filter(|_| depth.is_none()) {
        git("checkout", &["checkout", "-q", reference, "--"], Some(into))?;
    }
    if into.join(".gitmodules").exists() {
        let mut arguments = vec!["submodule", "update", "--init", "--recursive", "-q"];
        if let Some(depth) = &depth {
            arguments.extend(["--depth", depth]);
        }
        git("submodule update", &arguments, Some(into))?;
    }
    Ok(())
}

fn git(what: &'static str, arguments: &[&str], folder: Option<&Path>) -> Result<(), Error> {
    let mut command = Command::new("git");
    command
        .args(arguments)
        .stdin(Stdio::null())
        // Transports that run programs named by a URL are not for sources of modules.
        .env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE");
    if let Some(folder) = folder {
        command.current_dir(folder);
    }
    let failed = |problem: String| Error::Git { what, problem };
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => failed("the program git is not installed".to_owned()),
        _ => failed(error.to_string()),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(failed(match said.is_empty() {
        true => output.status.to_string(),
        false => said,
    }))
}
