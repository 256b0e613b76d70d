//! Every kind of source, against a server and repositories of our own.

mod archives;
mod loopback;
mod registries;
mod repositories;

use std::collections::BTreeMap;
use std::path::Path;

use trueup_config::Constraints;
use trueup_modules::{Error, Fetch, Installed, Installer, Manifest, Source, Wanted};

/// What a server answers to a path: status, headers, body.
pub type Answers = BTreeMap<String, (u16, Vec<(String, String)>, Vec<u8>)>;

/// Runs what installing is made of.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// Installs one module into a folder, as `init` does.
pub fn install(
    root: &Path,
    fetch: &dyn Fetch,
    source: &str,
    version: Option<&str>,
) -> Result<Installed, Error> {
    let manifest = Manifest::read_file(&root.join("mods/modules.json")).expect("a record");
    let mut installer = Installer::new(root, "mods", manifest, false, fetch);
    let wanted = Wanted {
        key: "m".into(),
        source: Source::parse(source, version.is_some()).expect("an address"),
        version: version.map(|text| Constraints::parse(text).expect("constraints")),
    };
    let installed = block_on(async {
        let chosen = installer.choose(&wanted).await?;
        installer.install(&wanted, chosen).await
    })?;
    installer.save().expect("the record is written");
    assert_eq!(installer.settled(&wanted), Some(installed.dir.clone()));
    Ok(installed)
}

/// The text of a file.
pub fn text(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).expect("a file")
}
