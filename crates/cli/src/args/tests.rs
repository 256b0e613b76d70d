//! Every flag that Terraform's users type, by command: each is read, or refused by name with a reason.

use clap::{CommandFactory, Parser};

use super::{Cli, Line, read};

/// Commands with the flags that users of Terraform and OpenTofu type, each in one of its spellings.
const TYPED: &[(&str, &str)] = &[
    (
        "init",
        "-backend=false -backend-config=bucket=b -backend-config=f.tfbackend -reconfigure -migrate-state -force-copy \
         -from-module=./m -get=false -upgrade -lockfile=readonly -plugin-dir=p -json -input=false -lock=false \
         -lock-timeout=3s -no-color -test-directory=t -ignore-remote-version -var=a=b -var-file=f",
    ),
    ("get", "-update -no-color -test-directory=t -var=a=b"),
    ("validate", "-json -no-tests -test-directory=t -no-color"),
    (
        "plan",
        "-out=p -destroy -refresh=false -replace=a.b -target=a.b -detailed-exitcode -generate-config-out=g.tf -json \
         -parallelism=3 -state=s -state-out=o -backup=- -var=a=b -var-file=f -input=false -compact-warnings -lock=0 \
         -lock-timeout=1m -no-color",
    ),
    (
        "plan",
        "-refresh-only -exclude=a.b -target-file=f -exclude-file=f -concise -show-sensitive -json-into=f \
         -deprecation=module:all -consolidate-warnings=false -consolidate-errors -fold=0",
    ),
    (
        "apply",
        "-auto-approve -backup=b -state=s -state-out=o -destroy -refresh-only -target=a.b -replace=a.b -var=a=b \
         -json -input=0 -lock=f -lock-timeout=0s -parallelism=1 -compact-warnings -no-color -concise -show-sensitive \
         -json-into=f plan-file",
    ),
    (
        "destroy",
        "-auto-approve -target=a.b -var-file=f -lock=true -refresh=true",
    ),
    (
        "refresh",
        "-target=a.b -var=a=b -state=s -state-out=o -backup=b -lock=false -no-color -input=true",
    ),
    (
        "show",
        "-json -no-color -fold=1 -show-sensitive -report=html file",
    ),
    ("output", "-json -raw -no-color -state=s name"),
    ("state list", "-id=x -state=s a.b c.d"),
    ("state show", "-state=s a.b"),
    (
        "state mv",
        "-dry-run -lock=false -lock-timeout=1s -state=s -state-out=o -backup=b -backup-out=b -ignore-remote-version a.b c.d",
    ),
    (
        "state rm",
        "-dry-run -lock=false -state=s -backup=b -ignore-remote-version a.b",
    ),
    ("state pull", ""),
    (
        "state push",
        "-force -lock=false -lock-timeout=1s -ignore-remote-version -",
    ),
    (
        "state replace-provider",
        "-auto-approve -lock=false -state=s -backup=b -ignore-remote-version a b",
    ),
    (
        "import",
        "-config=d -input=false -lock=false -lock-timeout=1s -no-color -parallelism=2 -var=a=b -var-file=f -state=s \
         -state-out=o -backup=b -ignore-remote-version a.b id",
    ),
    (
        "taint",
        "-allow-missing -lock=false -state=s -state-out=o -backup=b -ignore-remote-version a.b",
    ),
    ("untaint", "-allow-missing -lock=false -lock-timeout=2s a.b"),
    (
        "graph",
        "-type=plan -plan=p -draw-cycles -module-depth=-1 -verbose -no-color -format=svg",
    ),
    (
        "console",
        "-plan -var=a=b -var-file=f -state=s -lock=false -lock-timeout=1s",
    ),
    ("force-unlock", "-force 1234"),
    ("workspace list", "-no-color"),
    ("workspace show", ""),
    ("workspace new", "-lock=false -lock-timeout=1s -state=s dev"),
    ("workspace select", "-or-create dev"),
    (
        "workspace delete",
        "-force -lock=false -lock-timeout=1s dev",
    ),
    (
        "fmt",
        "-list=false -write=false -diff -check -recursive -no-color a b",
    ),
    ("providers", "-no-color -test-directory=t"),
    ("providers schema", "-json"),
    ("providers lock", "-platform=linux_amd64 -fs-mirror=d"),
    ("providers mirror", "-platform=linux_amd64 d"),
    ("version", "-json"),
    ("modules", "-json"),
    ("metadata functions", "-json"),
    ("login", "example.com"),
    ("logout", "example.com"),
    (
        "test",
        "-filter=a -json -no-color -test-directory=t -var=a=b -var-file=f -verbose -junit-xml=f -parallelism=2 \
         -cloud-run=x -compact-warnings",
    ),
    ("completions", "zsh"),
    ("man", "-page=plan"),
];

fn parsed(typed: &str) -> Result<Cli, String> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_owned).collect();
    match read(&words, &Cli::command(), &|_| None) {
        Line::Run(words) => Cli::try_parse_from(words).map_err(|error| error.to_string()),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn every_flag_of_the_table_is_read() {
    for (command, flags) in TYPED {
        for dashes in ["-", "--"] {
            let flags: Vec<String> = flags
                .split_whitespace()
                .map(
                    |word| match word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                        Some(rest) => format!("{dashes}{rest}"),
                        None => word.to_owned(),
                    },
                )
                .collect();
            let typed = format!("trueup -chdir=d -local {command} {}", flags.join(" "));
            if let Err(error) = parsed(&typed) {
                panic!("{typed}\n{error}");
            }
        }
    }
}

#[test]
fn every_flag_can_be_typed_alone_and_with_a_space() {
    for (command, flags) in TYPED.iter().filter(|(command, _)| *command != "login") {
        for flag in flags
            .split_whitespace()
            .filter(|word| word.starts_with('-') && word.len() > 1)
        {
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            let is_boolean = ["true", "false", "0", "f", ""].contains(&value);
            let typed = match is_boolean {
                true => format!("trueup {command} {flag}"),
                false => format!("trueup {command} {name} {value}"),
            };
            // Some need an argument besides, which is another matter.
            if let Err(error) = parsed(&typed)
                && !error.contains("required arguments")
            {
                panic!("{typed}\n{error}");
            }
        }
    }
}

#[test]
fn flags_that_there_are_not_are_refused_by_name() {
    for typed in [
        "plan -bogus",
        "state list -json",
        "validate -var=a=b",
        "version -lock=false",
    ] {
        let error = parsed(&format!("trueup {typed}")).expect_err("there is no such flag");
        let flag = typed.split('-').next_back().unwrap_or_default();
        let name = flag.split('=').next().unwrap_or_default();
        assert!(error.contains(name), "{typed}: {error}");
    }
}

#[test]
fn values_that_a_flag_can_not_have_are_refused() {
    for typed in [
        "plan -lock=maybe",
        "plan -parallelism=many",
        "plan -lock-timeout=5",
        "graph -format=png",
        "show -report=pdf",
        "completions csh",
        "plan -deprecation=everything",
    ] {
        assert!(parsed(&format!("trueup {typed}")).is_err(), "{typed}");
    }
}
