//! Archives unpacked into a folder of their own: nothing leads out of it, and nothing grows without bound.

use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use crate::archive_form::Form;
use crate::{Error, folders};

/// The most bytes that an archive may unpack to.
const UNPACKED: u64 = 4 << 30;

/// The most entries of an archive.
const ENTRIES: u64 = 200_000;

/// Unpacks an archive into a folder that is made for it.
///
/// # Errors
/// [`Error::Archive`], [`Error::Io`].
pub(crate) fn unpack(name: &str, bytes: &[u8], form: Form, into: &Path) -> Result<(), Error> {
    folders::make(into)?;
    let mut target = Target {
        name,
        into,
        left: UNPACKED,
        entries: ENTRIES,
        links: Vec::new(),
    };
    match form {
        Form::Zip => target.zip(bytes)?,
        Form::Tar => target.tar(bytes)?,
        Form::TarGz => target.tar(flate2::read::MultiGzDecoder::new(bytes))?,
        Form::TarBz2 => target.tar(bzip2_rs::DecoderReader::new(bytes))?,
        Form::TarXz => {
            let mut plain = Bounded(Vec::new());
            lzma_rs::xz_decompress(&mut std::io::Cursor::new(bytes), &mut plain)
                .map_err(|error| target.broken(format!("{error:?}")))?;
            target.tar(plain.0.as_slice())?;
        }
    }
    target.make_links()
}

/// A buffer that takes no more than an archive may unpack to.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if (self.0.len() + bytes.len()) as u64 > UNPACKED {
            return Err(std::io::Error::other("it unpacks to too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Target<'a> {
    name: &'a str,
    into: &'a Path,
    /// How many bytes may still come.
    left: u64,
    /// How many entries may still come.
    entries: u64,
    /// Links, made when all files are there, so that nothing is written through one: place and aim.
    links: Vec<(PathBuf, PathBuf)>,
}

impl Target<'_> {
    fn broken(&self, problem: impl Into<String>) -> Error {
        Error::Archive {
            name: self.name.to_owned(),
            problem: problem.into(),
        }
    }

    fn count(&mut self) -> Result<(), Error> {
        match self.entries.checked_sub(1) {
            Some(left) => self.entries = left,
            None => return Err(self.broken(format!("it has more than {ENTRIES} entries"))),
        }
        Ok(())
    }

    /// The place of an entry within the folder.
    fn place(&self, path: &Path) -> Result<Option<PathBuf>, Error> {
        let mut place = PathBuf::new();
        for part in path.components() {
            match part {
                Component::Normal(part) => place.push(part),
                Component::CurDir => {}
                _ => {
                    return Err(self.broken(format!(
                        "the entry {} would lie outside of its folder",
                        path.display()
                    )));
                }
            }
        }
        Ok((!place.as_os_str().is_empty()).then_some(place))
    }

    fn file(
        &mut self,
        place: &Path,
        mut content: impl Read,
        executable: bool,
    ) -> Result<(), Error> {
        let path = self.into.join(place);
        if let Some(folder) = path.parent() {
            folders::make(folder)?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(
            &mut options,
            if executable { 0o755 } else { 0o644 },
        );
        #[cfg(not(unix))]
        let _ = executable;
        let mut file = options
            .open(&path)
            .map_err(|error| Error::io(&path, &error))?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = content
                .read(&mut buffer)
                .map_err(|error| self.broken(error.to_string()))?;
            if count == 0 {
                return Ok(());
            }
            match self.left.checked_sub(count as u64) {
                Some(left) => self.left = left,
                None => {
                    return Err(self.broken(format!("it unpacks to more than {UNPACKED} bytes")));
                }
            }
            file.write_all(&buffer[..count])
                .map_err(|error| Error::io(&path, &error))?;
        }
    }

    /// Remembers a link whose aim lies within the folder.
    fn link(&mut self, place: PathBuf, aim: &Path) -> Result<(), Error> {
        let mut depth = place.components().count().saturating_sub(1);
        let mut descended = false;
        for part in aim.components() {
            let inside = match part {
                Component::Normal(_) => {
                    descended = true;
                    depth += 1;
                    true
                }
                Component::CurDir => true,
                // Up again after a name: what that leads to depends on other links.
                Component::ParentDir if descended => false,
                Component::ParentDir => {
                    let above = depth.checked_sub(1);
                    depth = above.unwrap_or_default();
                    above.is_some()
                }
                _ => false,
            };
            if !inside {
                return Err(self.broken(format!(
                    "the link {} leads outside of its folder ({})",
                    place.display(),
                    aim.display()
                )));
            }
        }
        self.links.push((place, aim.to_owned()));
        Ok(())
    }

    fn make_links(self) -> Result<(), Error> {
        // A link below another one could lead out although each alone does not.
        for (place, aim) in &self.links {
            let under = |path: &Path| {
                let others = self.links.iter().filter(|(other, _)| other != place);
                others.into_iter().any(|(other, _)| path.starts_with(other))
            };
            let leads_to = place.parent().unwrap_or(Path::new("")).join(aim);
            if under(place) || under(&normal(&leads_to)) {
                return Err(self.broken(format!(
                    "the link {} leads over another link",
                    place.display()
                )));
            }
        }
        for (place, aim) in &self.links {
            let path = self.into.join(place);
            if let Some(folder) = path.parent() {
                folders::make(folder)?;
            }
            folders::remove(&path)?;
            folders::link(aim, &path)?;
        }
        Ok(())
    }

    fn zip(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes))
            .map_err(|error| self.broken(error.to_string()))?;
        for at in 0..archive.len() {
            self.count()?;
            let mut entry = archive
                .by_index(at)
                .map_err(|error| self.broken(error.to_string()))?;
            let name = entry.name().replace('\\', "/");
            let Some(place) = self.place(Path::new(&name))? else {
                continue;
            };
            if entry.is_dir() {
                folders::make(&self.into.join(place))?;
                continue;
            }
            let mode = entry.unix_mode().unwrap_or(0o644);
            if mode & 0o170_000 == 0o120_000 {
                let mut aim = String::new();
                (&mut entry)
                    .take(4096)
                    .read_to_string(&mut aim)
                    .map_err(|error| self.broken(error.to_string()))?;
                self.link(place, Path::new(&aim))?;
                continue;
            }
            self.file(&place, entry, mode & 0o111 != 0)?;
        }
        Ok(())
    }

    fn tar(&mut self, bytes: impl Read) -> Result<(), Error> {
        let mut archive = tar::Archive::new(bytes);
        let broken = |this: &Self, error: std::io::Error| this.broken(error.to_string());
        for entry in archive.entries().map_err(|error| broken(self, error))? {
            self.count()?;
            let entry = entry.map_err(|error| broken(self, error))?;
            let kind = entry.header().entry_type();
            if kind.is_pax_global_extensions() || kind.is_pax_local_extensions() {
                continue;
            }
            let path = entry
                .path()
                .map_err(|error| broken(self, error))?
                .into_owned();
            let Some(place) = self.place(&path)? else {
                continue;
            };
            if kind.is_dir() {
                folders::make(&self.into.join(place))?;
            } else if kind.is_symlink() {
                let aim = entry
                    .link_name()
                    .map_err(|error| broken(self, error))?
                    .ok_or_else(|| self.broken("a link without an aim"))?
                    .into_owned();
                self.link(place, &aim)?;
            } else if kind.is_file() {
                let executable = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
                self.file(&place, entry, executable)?;
            } else {
                return Err(self.broken(format!(
                    "the entry {} is neither file, folder nor symbolic link",
                    path.display()
                )));
            }
        }
        Ok(())
    }
}

/// A relative path without detours; one that leads out keeps its leading `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if parts.file_name().is_some() => {
                parts.pop();
            }
            Component::CurDir => {}
            part => parts.push(part),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tarred(build: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        build(&mut builder);
        builder.into_inner().expect("an archive in memory")
    }

    fn header(kind: tar::EntryType, size: u64, path: &str) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        // Written by hand: the builder refuses what is to be refused here.
        let name = &mut header.as_old_mut().name;
        name[..path.len()].copy_from_slice(path.as_bytes());
        header
    }

    fn file(builder: &mut tar::Builder<Vec<u8>>, path: &str) {
        let mut header = header(tar::EntryType::Regular, 2, path);
        header.set_cksum();
        builder.append(&header, &b"x\n"[..]).expect("appended");
    }

    fn link(builder: &mut tar::Builder<Vec<u8>>, path: &str, aim: &str) {
        let mut header = header(tar::EntryType::Symlink, 0, path);
        header.as_old_mut().linkname[..aim.len()].copy_from_slice(aim.as_bytes());
        header.set_cksum();
        builder.append(&header, &b""[..]).expect("appended");
    }

    fn unpacked(bytes: &[u8]) -> Result<tempfile::TempDir, Error> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        unpack("x.tar", bytes, Form::Tar, &folder.path().join("in")).map(|()| folder)
    }

    #[test]
    fn files_folders_and_links_within_come_out() {
        let bytes = tarred(|builder| {
            file(builder, "./a/main.tf");
            link(builder, "b", "a");
            link(builder, "a/up", "../a/main.tf");
        });
        let folder = unpacked(&bytes).expect("unpacked");
        assert!(folder.path().join("in/b/main.tf").is_file());
        assert!(folder.path().join("in/a/up").is_file());
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        type Build<'a> = &'a dyn Fn(&mut tar::Builder<Vec<u8>>);
        let cases: [Build<'_>; 6] = [
            &|builder| file(builder, "../out"),
            &|builder| file(builder, "/tmp/out"),
            &|builder| file(builder, "a/../../out"),
            &|builder| link(builder, "a", "../.."),
            &|builder| link(builder, "a", "/etc"),
            &|builder| {
                link(builder, "a/b/c", "../../a");
                link(builder, "d", "a/b/c/../..");
            },
        ];
        for (at, case) in cases.iter().enumerate() {
            let found = unpacked(&tarred(|builder| case(builder)));
            assert!(matches!(found, Err(Error::Archive { .. })), "case {at}");
        }
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let bytes = tarred(|builder| {
            link(builder, "a", "b");
            file(builder, "a/main.tf");
            file(builder, "b/other.tf");
        });
        // The link comes last and finds a folder in its place.
        let folder = unpacked(&bytes);
        assert!(folder.is_ok_and(|folder| !folder.path().join("in/b/main.tf").exists()));
    }
}
