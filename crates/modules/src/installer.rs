//! Installing one module after the other: what is recorded and still fits is used, the rest is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use trueup_config::{Constraints, Version};

use crate::http_source::{self, Found, split_query};
use crate::registry::{self, Chosen};
use crate::{Error, Fetch, Manifest, Record, RemoteSource, Source, folders, git};

/// How often a source may lead to another one.
const DETOURS: usize = 10;

/// A module that a configuration calls.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The calls that lead to it, joined by dots.
    pub key: String,
    /// Its source.
    pub source: Source,
    /// The versions that will do.
    pub version: Option<Constraints>,
}

/// A module that was just installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Its folder, relative to the root module.
    pub dir: String,
    /// Its version, where it came from a registry.
    pub version: Option<String>,
}

/// Installs modules of one configuration.
pub struct Installer<'a> {
    /// The folder of the root module.
    root: PathBuf,
    /// The folder of installed modules, relative to the root module, such as `.terraform/modules`.
    store: String,
    manifest: Manifest,
    /// Whether everything is fetched again.
    upgrade: bool,
    /// Keys that were dealt with in this run.
    settled: BTreeSet<String>,
    /// Packages that were fetched in this run, with their folders.
    fetched: BTreeMap<String, PathBuf>,
    fetch: &'a dyn Fetch,
}

impl<'a> Installer<'a> {
    /// An installer that goes on from what is recorded.
    pub fn new(
        root: impl Into<PathBuf>,
        store: impl Into<String>,
        manifest: Manifest,
        upgrade: bool,
        fetch: &'a dyn Fetch,
    ) -> Self {
        Self {
            root: root.into(),
            store: store.into(),
            manifest,
            upgrade,
            settled: BTreeSet::new(),
            fetched: BTreeMap::new(),
            fetch,
        }
    }

    /// The record as it is now.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The folder of a module that is installed and still fits. What no longer fits is forgotten.
    pub fn settled(&mut self, wanted: &Wanted) -> Option<String> {
        let key = &wanted.key;
        if !self.settled.contains(key) {
            self.settled.insert(key.clone());
            if self.upgrade || !self.fits(wanted) {
                self.manifest.forget(key);
            }
        }
        let record = self.manifest.records.get(key)?;
        let is_there = !record.dir.is_empty() && self.root.join(&record.dir).is_dir();
        is_there.then(|| record.dir.clone())
    }

    fn fits(&self, wanted: &Wanted) -> bool {
        let Some(record) = self.manifest.records.get(&wanted.key) else {
            return false;
        };
        let version = record.version.as_deref().and_then(Version::parse);
        record.source == wanted.source.to_string()
            && match (&wanted.version, version) {
                (Some(constraints), Some(version)) => constraints.allow(&version),
                (Some(_), None) => false,
                (None, _) => true,
            }
    }

    /// Records a module in a folder that is there already: one named by a relative path.
    pub fn record_local(&mut self, wanted: &Wanted, dir: &str) {
        let record = Record {
            key: wanted.key.clone(),
            source: wanted.source.to_string(),
            version: None,
            dir: dir.to_owned(),
        };
        self.manifest.records.insert(wanted.key.clone(), record);
    }

    /// Records the root module and writes the record, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn save(&mut self) -> Result<(), Error> {
        let root = Record {
            key: String::new(),
            source: String::new(),
            version: None,
            dir: ".".to_owned(),
        };
        self.manifest.records.insert(String::new(), root);
        let folder = self.root.join(&self.store);
        folders::make(&folder)?;
        let path = folder.join("modules.json");
        let side = folder.join("modules.json.new");
        std::fs::write(&side, self.manifest.write())
            .and_then(|()| std::fs::rename(&side, &path))
            .map_err(|error| Error::io(&path, &error))
    }

    /// Brings the files of a module's package into a folder, without recording anything.
    ///
    /// # Errors
    /// Why it could not be fetched.
    pub async fn copy_to(&mut self, source: &Source, folder: &Path) -> Result<(), Error> {
        let wanted = Wanted {
            key: "from-module".to_owned(),
            source: source.clone(),
            version: None,
        };
        let from = match source {
            Source::Local(path) => self.root.join(path),
            _ => {
                let chosen = self.choose(&wanted).await?;
                let installed = self.install(&wanted, chosen).await?;
                self.manifest.forget(&wanted.key);
                self.root.join(installed.dir)
            }
        };
        if !from.is_dir() {
            return Err(Error::Io {
                path: from.display().to_string(),
                problem: "there is no such folder".to_owned(),
            });
        }
        let copied = folders::copy(&from, folder);
        folders::remove(&self.root.join(&self.store).join(&wanted.key))?;
        copied
    }

    /// Chooses the version of a registry's module, for messages; `None` for what has no versions.
    ///
    /// # Errors
    /// What the registry answers.
    pub async fn choose(&self, wanted: &Wanted) -> Result<Option<ChosenVersion>, Error> {
        match &wanted.source {
            Source::Registry(source) => {
                let chosen = registry::choose(self.fetch, source, wanted.version.as_ref()).await?;
                Ok(Some(ChosenVersion { chosen }))
            }
            _ => Ok(None),
        }
    }

    /// Fetches a module and records it. `chosen` is what [`Installer::choose`] answered.
    ///
    /// # Errors
    /// Why it could not be fetched; then nothing of it is left behind.
    pub async fn install(
        &mut self,
        wanted: &Wanted,
        chosen: Option<ChosenVersion>,
    ) -> Result<Installed, Error> {
        let relative = format!("{}/{}", self.store, wanted.key);
        let folder = self.root.join(&relative);
        folders::remove(&folder)?;
        let (remote, version, below) = match (&wanted.source, chosen) {
            (Source::Registry(source), Some(version)) => {
                let location = registry::location(self.fetch, source, &version.chosen).await?;
                let remote = self.remote_of(&location)?;
                let text = version.chosen.version.to_string();
                (remote, Some(text), source.subdir.clone())
            }
            (Source::Remote(source), _) => (source.clone(), None, String::new()),
            (source, _) => {
                return Err(Error::unsupported(format!("{source} is not fetched")));
            }
        };
        let fetched = self.package(&remote, &folder).await;
        let subdir = match fetched {
            Ok(subdir) => subdir,
            Err(error) => {
                folders::remove(&folder)?;
                return Err(error);
            }
        };
        let parts = [subdir, remote.subdir.clone(), below];
        let subdir: Vec<&str> = parts
            .iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        let subdir = folders::expanded(&folder, &subdir.join("/"))?;
        let dir = match subdir.is_empty() {
            true => relative,
            false => format!("{relative}/{subdir}"),
        };
        let record = Record {
            key: wanted.key.clone(),
            source: wanted.source.to_string(),
            version: version.clone(),
            dir: dir.clone(),
        };
        self.manifest.records.insert(wanted.key.clone(), record);
        Ok(Installed { dir, version })
    }

    fn remote_of(&self, location: &str) -> Result<RemoteSource, Error> {
        match Source::parse(location, false) {
            Ok(Source::Remote(remote)) => Ok(remote),
            _ => Err(Error::Registry {
                problem: format!("{location:?} is no address of a package"),
            }),
        }
    }

    /// Brings a package into a folder. Answers the folder in it that the way there added.
    async fn package(&mut self, source: &RemoteSource, folder: &Path) -> Result<String, Error> {
        let name = source.package();
        if let Some(there) = self.fetched.get(&name).filter(|there| there.is_dir()) {
            // A package that several modules come from is fetched once.
            folders::copy(there, folder)?;
            return Ok(String::new());
        }
        let mut source = source.clone();
        let mut below: Vec<String> = Vec::new();
        for _ in 0..DETOURS {
            let Some(next) = self.fetch_into(&source, folder).await? else {
                if below.is_empty() {
                    self.fetched.insert(name, folder.to_owned());
                }
                return Ok(below.join("/"));
            };
            source = self.remote_of(&next)?;
            if !source.subdir.is_empty() {
                below.push(source.subdir.clone());
            }
        }
        Err(Error::Fetch {
            url: fetch_name(&name),
            problem: format!("more than {DETOURS} sources that lead to others"),
        })
    }

    /// Fetches one package; answers another source where it is said to be there.
    async fn fetch_into(
        &self,
        source: &RemoteSource,
        folder: &Path,
    ) -> Result<Option<String>, Error> {
        let scheme = source.url.split("://").next().unwrap_or_default();
        match source.getter.as_deref().unwrap_or(scheme) {
            "git" => {
                let (url, query) = split_query(&source.url);
                git::clone(&url, query, folder).await.map(|()| None)
            }
            "file" => {
                let path = source.url.strip_prefix("file://").unwrap_or(&source.url);
                let path = Path::new(path.split('?').next().unwrap_or_default());
                if !path.is_dir() {
                    return Err(Error::Io {
                        path: path.display().to_string(),
                        problem: "there is no such folder".to_owned(),
                    });
                }
                if let Some(above) = folder.parent() {
                    folders::make(above)?;
                }
                folders::link(path, folder).map(|()| None)
            }
            "http" | "https" if source.url.starts_with("http") => {
                match http_source::get(self.fetch, &source.url, folder).await? {
                    Found::Unpacked => Ok(None),
                    Found::Elsewhere(next) => Ok(Some(next)),
                }
            }
            getter @ ("s3" | "gcs" | "hg") => Err(Error::unsupported(format!(
                "sources of the kind {getter:?} are not fetched by trueup: there are registries, git, and archives over http and https"
            ))),
            other => Err(Error::unsupported(format!(
                "download not supported for scheme {other:?}"
            ))),
        }
    }
}

/// A version that a registry has, chosen for a module.
pub struct ChosenVersion {
    chosen: Chosen,
}

impl ChosenVersion {
    /// The version.
    pub fn text(&self) -> String {
        self.chosen.version.to_string()
    }
}

fn fetch_name(name: &str) -> String {
    crate::fetch::without_secret(name)
}
