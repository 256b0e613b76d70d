//! Folders of configuration as the loader reads them: what it finds and what it complains of, as goldens.

mod rendering;
mod test_files;
mod values;

use std::path::Path;

use trueup_config::{OnDisk, load};
use trueup_diagnostics::Sources;
use trueup_testkit::compare_golden;

#[test]
fn configurations_read_as_their_goldens_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    trueup_testkit::cases(&folder, |case| {
        let mut sources = Sources::new();
        let (config, diagnostics) = load(&OnDisk::new(&case.folder), &mut sources);
        let text = rendering::text(&config, &diagnostics, &sources);
        compare_golden(&case.folder.join("read.txt"), &text)
    });
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    let mut sources = Sources::new();
    let (config, diagnostics) = load(&OnDisk::new("/nowhere/at/all"), &mut sources);
    assert!(config.root.module.resources.is_empty());
    let said: Vec<_> = diagnostics.iter().map(|one| &*one.summary).collect();
    assert_eq!(said, ["Failed to read module directory"]);
}
