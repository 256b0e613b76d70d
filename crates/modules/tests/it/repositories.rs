//! Git repositories and folders, by the `git` program; what is installed stays as long as it fits.

use std::path::Path;
use std::process::Command;

use trueup_config::Constraints;
use trueup_modules::{Error, Installer, Manifest, Source, Wanted};

use crate::loopback::Loopback;
use crate::{Answers, block_on, install, text};

fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=n", "-c", "user.email=n@example.com"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git is installed");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{arguments:?}: {said}");
}

/// A repository with the tag `v1` and a later commit.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    std::fs::create_dir_all(at.join("sub")).expect("a folder");
    std::fs::write(at.join("sub/main.tf"), "# one\n").expect("a file");
    git(at, &["init", "-q", "-b", "main", "."]);
    git(at, &["add", "-A"]);
    git(at, &["commit", "-q", "-m", "one"]);
    git(at, &["tag", "v1"]);
    std::fs::write(at.join("sub/main.tf"), "# two\n").expect("a file");
    git(at, &["commit", "-q", "-a", "-m", "two"]);
    folder
}

fn nothing() -> Loopback {
    Loopback::serve(Answers::new())
}

#[test]
fn refs_depths_and_folders_are_minded() {
    let repository = repository();
    let at = repository.path().display().to_string();
    for (options, wanted) in [
        ("", "# two\n"),
        ("?ref=v1", "# one\n"),
        ("?ref=v1&depth=1", "# one\n"),
        ("?depth=1", "# two\n"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let source = format!("git::file://{at}//sub{options}");
        let installed = install(folder.path(), &nothing(), &source, None).expect(&source);
        assert_eq!(installed.dir, "mods/m/sub");
        let main = text(folder.path().join("mods/m/sub/main.tf"));
        assert_eq!(main, wanted, "{source}");
    }
}

#[test]
fn what_git_refuses_is_said_in_its_words() {
    let repository = repository();
    let at = repository.path().display().to_string();
    let folder = tempfile::tempdir().expect("a folder");
    for source in [
        format!("git::file://{at}?ref=nosuch"),
        format!("git::file://{at}/nosuch"),
        "git::ext://sh -c true".to_owned(),
    ] {
        let found = install(folder.path(), &nothing(), &source, None);
        assert!(
            matches!(found, Err(Error::Git { .. })),
            "{source}: {found:?}"
        );
        assert!(!folder.path().join("mods/m").exists(), "{source}");
    }
    for option in ["ref=--upload-pack", "depth=0", "sshkey=abc"] {
        let source = format!("git::file://{at}?{option}");
        let found = install(folder.path(), &nothing(), &source, None);
        assert!(
            matches!(found, Err(Error::Unsupported { .. })),
            "{source}: {found:?}"
        );
    }
}

#[test]
fn a_folder_is_linked_to() {
    let there = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(there.path().join("sub")).expect("a folder");
    std::fs::write(there.path().join("sub/main.tf"), "# here\n").expect("a file");
    let folder = tempfile::tempdir().expect("a folder");
    let source = format!("{}//sub", there.path().display());
    let installed = install(folder.path(), &nothing(), &source, None).expect("installed");
    let main = text(folder.path().join(installed.dir).join("main.tf"));
    assert_eq!(main, "# here\n");
    let gone = install(folder.path(), &nothing(), "/nonexistent/folder", None);
    assert!(matches!(gone, Err(Error::Io { .. })), "{gone:?}");
}

#[test]
fn what_is_installed_stays_until_it_no_longer_fits() {
    let server = nothing();
    let folder = tempfile::tempdir().expect("a folder");
    let record = r#"{"Modules":[{"Key":"m","Source":"reg.example/acme/orders/aws","Version":"1.2.0","Dir":"mods/m"},{"Key":"m.n","Source":"./n","Dir":"mods/m/n"}]}"#;
    std::fs::create_dir_all(folder.path().join("mods/m/n")).expect("folders");
    let stays = |source: &str, version: &str, upgrade: bool| {
        let wanted = Wanted {
            key: "m".into(),
            source: Source::parse(source, true).expect("an address"),
            version: Constraints::parse(version),
        };
        let manifest = Manifest::read(record.as_bytes()).expect("a record");
        let mut installer = Installer::new(folder.path(), "mods", manifest, upgrade, &server);
        let dir = installer.settled(&wanted);
        let below = installer.manifest().records.contains_key("m.n");
        assert_eq!(dir.is_some(), below, "what is below a module goes with it");
        below
    };
    let orders = "reg.example/acme/orders/aws";
    assert!(stays(orders, "~> 1.0", false));
    assert!(!stays(orders, "~> 1.0", true));
    assert!(!stays(orders, "~> 2.0", false));
    assert!(!stays("reg.example/acme/events/aws", "~> 1.0", false));
}

#[test]
fn one_package_for_two_modules_is_fetched_once() {
    let repository = repository();
    let server = nothing();
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("git::file://{}//sub", repository.path().display());
    let mut installer = Installer::new(folder.path(), "mods", Manifest::default(), false, &server);
    for key in ["a", "b"] {
        let wanted = Wanted {
            key: key.into(),
            source: Source::parse(&address, false).expect("an address"),
            version: None,
        };
        block_on(installer.install(&wanted, None)).expect("installed");
    }
    assert_eq!(text(folder.path().join("mods/b/sub/main.tf")), "# two\n");
    // The copy comes without what is hidden: only one of the two was cloned.
    assert!(folder.path().join("mods/a/.git").exists());
    assert!(!folder.path().join("mods/b/.git").exists());
}
