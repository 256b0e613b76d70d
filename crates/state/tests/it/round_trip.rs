//! A file that is read and written again is the same file.

use std::path::Path;

use trueup_state::State;

fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of recorded files")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).expect("text");
            (path.display().to_string(), text)
        })
        .collect();
    files.sort();
    files
}

fn written(state: &State) -> String {
    String::from_utf8(state.write()).expect("text")
}

#[test]
fn recorded_files_are_written_as_they_were() {
    let files = files();
    assert!(files.len() >= 2);
    for (name, text) in files {
        let state = State::read(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        if written(&state) != text {
            let at = written(&state)
                .lines()
                .zip(text.lines())
                .position(|(a, b)| a != b);
            panic!(
                "{name} differs at line {:?}:\n{}",
                at.map(|n| n + 1),
                written(&state)
            );
        }
    }
}

#[test]
fn a_file_on_one_line_means_the_same() {
    for (name, text) in files() {
        let compact = trueup_value::json::compact(&text) + "\n";
        let state =
            State::read(compact.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(written(&state), text, "{name}");
        let original = State::read(text.as_bytes()).expect("readable");
        assert!(state.same_content(&original), "{name}");
    }
}

#[test]
fn the_empty_state_is_that_of_a_new_workspace() {
    let mut state = State::new("3cb60714-030a-a0a2-3f28-929ab0963d0c");
    state.serial = 1;
    assert!(state.is_empty());
    assert_eq!(
        written(&state),
        "{\n  \"version\": 4,\n  \"terraform_version\": \"1.11.4\",\n  \"serial\": 1,\n  \
         \"lineage\": \"3cb60714-030a-a0a2-3f28-929ab0963d0c\",\n  \"outputs\": {},\n  \
         \"resources\": [],\n  \"check_results\": null\n}\n"
    );
    assert_eq!(
        State::read(b"{\"version\":4}").map(|state| state.is_empty()),
        Ok(true)
    );
}

#[test]
fn check_results_are_compared_in_any_order() {
    let (_, text) = files().remove(1);
    let state = State::read(text.as_bytes()).expect("readable");
    let mut other = state.clone();
    other.serial += 1;
    other.terraform_version = "9.9.9".into();
    if let Some(checks) = &mut other.check_results {
        checks.reverse();
        for check in checks {
            if let Some(objects) = &mut check.objects {
                objects.reverse();
            }
        }
    }
    assert_ne!(state, other);
    assert!(state.same_content(&other));
    other.outputs.clear();
    assert!(!state.same_content(&other));
}
