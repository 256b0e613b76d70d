//! The `local` backend: files, their lock, their recovery.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use trueup_backend::{Backend, Error, LocalBackend, LocalSettings, LockInfo, Place, Surroundings};

use crate::bed::{open, state_with};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn backend(&self) -> Arc<LocalBackend> {
        let place = Place {
            working_dir: self.0.path().to_owned(),
            journal_dir: self.path(".trueup/journal"),
            ..Place::default()
        };
        Arc::new(LocalBackend::new(LocalSettings::of_place(&place)))
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.0.path())
            .expect("the folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("text")
}

async fn write(folder: &Folder, content: &str) {
    let one = Surroundings::for_tests("one");
    let mut session = open(folder.backend(), &one).await.expect("a session");
    session
        .checkpoint(&state_with(content))
        .await
        .expect("written");
    session.close().await.expect("released");
}

#[tokio::test]
async fn the_lock_is_terraforms() {
    let folder = Folder::new();
    let one = Surroundings::for_tests("one");
    let session = open(folder.backend(), &one).await.expect("a session");
    assert_eq!(
        folder.names(),
        [".terraform.tfstate.lock.info", "terraform.tfstate"]
    );
    let info = text(&folder.path(".terraform.tfstate.lock.info"));
    assert!(
        info.starts_with("{\"ID\":\"") && info.ends_with("\"Path\":\"terraform.tfstate\"}"),
        "{info}"
    );
    assert_eq!(
        LockInfo::parse(&info).map(|info| info.to_json()),
        Some(info)
    );
    session.close().await.expect("released");
    // Nothing was written: nothing is left.
    assert!(folder.names().is_empty());
}

#[tokio::test]
async fn a_forgotten_session_lets_go() {
    let folder = Folder::new();
    let one = Surroundings::for_tests("one");
    drop(open(folder.backend(), &one).await.expect("a session"));
    let session = open(folder.backend(), &one)
        .await
        .expect("a stale info is no lock");
    session.close().await.expect("released");
}

#[tokio::test]
async fn files_are_private_and_the_last_run_is_backed_up() {
    let folder = Folder::new();
    write(&folder, "a").await;
    assert_eq!(folder.names(), ["terraform.tfstate"]);
    let first = text(&folder.path("terraform.tfstate"));
    let one = Surroundings::for_tests("one");
    let mut session = open(folder.backend(), &one).await.expect("a session");
    session.checkpoint(&state_with("b")).await.expect("written");
    session.checkpoint(&state_with("c")).await.expect("written");
    session.close().await.expect("released");
    assert_eq!(
        folder.names(),
        ["terraform.tfstate", "terraform.tfstate.backup"]
    );
    // The state that the run found, not one of its own.
    assert_eq!(text(&folder.path("terraform.tfstate.backup")), first);
    for name in folder.names() {
        let mode = fs::metadata(folder.path(&name))
            .expect("data")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn an_interrupted_write_is_finished_by_the_next_run() {
    let folder = Folder::new();
    write(&folder, "a").await;
    let old = text(&folder.path("terraform.tfstate"));
    write(&folder, "b").await;
    let new = text(&folder.path("terraform.tfstate"));
    let side = folder.path(".terraform.tfstate.trueup-new");
    // (what stands in place, what stands in the side file, which one counts)
    let torn = &new[..new.len() / 2];
    for (place, beside, recovered) in [
        (torn, &*new, true),
        ("", &*new, true),
        (&*old, &*new, true),
        (&*new, &*old, false),
        (&*new, &*new, false),
        (&*new, torn, false),
    ] {
        fs::write(folder.path("terraform.tfstate"), place).expect("written");
        fs::write(&side, beside).expect("written");
        let one = Surroundings::for_tests("one");
        // Seen without a lock, nothing is changed.
        let seen = folder.backend().read("default").await.expect("readable");
        assert_eq!(seen.state.map(|state| state.serial), Some(2));
        assert_eq!(text(&folder.path("terraform.tfstate")), place);
        let mut session = open(folder.backend(), &one).await.expect("a session");
        assert_eq!(session.state().serial, 2);
        assert_eq!(!session.take_notices().is_empty(), recovered);
        assert_eq!(
            session.checkpoint(&state_with("c")).await.expect("written"),
            3
        );
        session.close().await.expect("released");
        assert!(!side.exists());
    }
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_alone() {
    let folder = Folder::new();
    for (content, wanted) in [
        ("{\n  \"version\": 4,\n", "damaged at line 3, column"),
        (
            "{\"version\": 5, \"terraform_version\": \"2.0.0\"}",
            "format version 5",
        ),
    ] {
        fs::write(folder.path("terraform.tfstate"), content).expect("written");
        let one = Surroundings::for_tests("one");
        let Err(error) = open(folder.backend(), &one).await else {
            panic!("opened {content}");
        };
        let message = error.to_string();
        assert!(
            message.contains("terraform.tfstate") && message.contains(wanted),
            "{message}"
        );
        assert_eq!(text(&folder.path("terraform.tfstate")), content);
        assert_eq!(folder.names(), ["terraform.tfstate"]);
    }
}

#[tokio::test]
async fn a_full_disk_loses_nothing() {
    let folder = Folder::new();
    write(&folder, "a").await;
    let before = text(&folder.path("terraform.tfstate"));
    let one = Surroundings::for_tests("one");
    let side = folder.path(".terraform.tfstate.trueup-new");
    std::os::unix::fs::symlink("/dev/full", &side).expect("a link");
    let mut session = open(folder.backend(), &one).await.expect("a session");
    let error = session
        .checkpoint(&state_with("b"))
        .await
        .expect_err("no space");
    assert!(
        matches!(&error, Error::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull),
        "{error}"
    );
    assert!(error.to_string().contains("free some space"), "{error}");
    assert_eq!(text(&folder.path("terraform.tfstate")), before);
    // The link is gone with the failed write: there is space again.
    assert_eq!(
        session.checkpoint(&state_with("b")).await.expect("written"),
        2
    );
    session.close().await.expect("released");
}

#[tokio::test]
async fn a_journal_leaves_no_trace() {
    let folder = Folder::new();
    let one = Surroundings::for_tests("one");
    let session = open(folder.backend(), &one).await.expect("a session");
    session.journal().begin(Vec::new()).await.expect("durable");
    assert!(folder.names().contains(&".trueup".to_owned()));
    session.journal().clear_run().await.expect("cleared");
    session.close().await.expect("released");
    assert!(folder.names().is_empty());
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    fs::write(folder.path("file"), "").expect("written");
    let place = Place {
        working_dir: folder.path("file"),
        journal_dir: folder.path("journal"),
        ..Place::default()
    };
    let backend = Arc::new(LocalBackend::new(LocalSettings::of_place(&place)));
    let one = Surroundings::for_tests("one");
    let Err(error) = open(backend, &one).await else {
        panic!("opened");
    };
    assert!(error.to_string().contains("/file"), "{error}");
}

#[tokio::test]
async fn names_of_workspaces_stay_in_their_folder() {
    let folder = Folder::new();
    for name in ["", "..", "a/b", "a b", "ä"] {
        let error = folder.backend().read(name).await;
        assert!(matches!(error, Err(Error::WorkspaceName { .. })), "{name}");
    }
}

#[tokio::test]
async fn force_unlock_wants_the_right_id() {
    let folder = Folder::new();
    let one = Surroundings::for_tests("one");
    let backend = folder.backend();
    assert!(matches!(
        backend.force_unlock("default", "x").await,
        Err(Error::NotLocked { .. })
    ));
    drop(open(folder.backend(), &one).await.expect("a session"));
    let holder = backend
        .holder("default")
        .await
        .expect("an answer")
        .expect("a stale info");
    assert!(matches!(
        backend.force_unlock("default", "x").await,
        Err(Error::OtherLock { .. })
    ));
    backend
        .force_unlock("default", &holder.id)
        .await
        .expect("removed");
    let session = open(folder.backend(), &one).await.expect("a session");
    let running = backend
        .holder("default")
        .await
        .expect("an answer")
        .expect("a holder");
    assert!(matches!(
        backend.force_unlock("default", &running.id).await,
        Err(Error::Locked { .. })
    ));
    session.close().await.expect("released");
}
