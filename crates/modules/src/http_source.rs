//! Packages at `http` and `https` URLs: archives, and pages that say where the package is.

use std::path::Path;

use crate::archive::unpack;
use crate::archive_form::Form;
use crate::fetch::{self, LARGE, SMALL, percent_decoded, without_secret};
use crate::{Error, Fetch};

/// What was found at a URL.
pub(crate) enum Found {
    /// The archive was unpacked into the folder.
    Unpacked,
    /// The package is at another source.
    Elsewhere(String),
}

/// The options of a source's URL, and the URL without those that are ours.
pub(crate) struct Options {
    pub(crate) url: String,
    pub(crate) archive: Option<String>,
    pub(crate) checksum: Option<String>,
}

impl Options {
    pub(crate) fn of(url: &str) -> Self {
        let mut options = Self {
            url: url.to_owned(),
            archive: None,
            checksum: None,
        };
        let Some((path, query)) = url.split_once('?') else {
            return options;
        };
        let mut kept = Vec::new();
        for part in query.split('&') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = || String::from_utf8_lossy(&percent_decoded(value)).into_owned();
            match name {
                "archive" => options.archive = Some(value()),
                "checksum" => options.checksum = Some(value()),
                "filename" => {}
                _ => kept.push(part),
            }
        }
        options.url = match kept.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{}", kept.join("&")),
        };
        options
    }
}

/// The options of a URL by name and value, and the URL without them: for repositories.
pub(crate) fn split_query(url: &str) -> (String, Vec<(String, String)>) {
    let Some((path, query)) = url.split_once('?') else {
        return (url.to_owned(), Vec::new());
    };
    let decoded = |text: &str| String::from_utf8_lossy(&percent_decoded(text)).into_owned();
    let parts = query.split('&').filter(|part| !part.is_empty());
    let options = parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        })
        .collect();
    (path.to_owned(), options)
}

/// Fetches what a URL leads to.
pub(crate) async fn get(fetch: &dyn Fetch, url: &str, into: &Path) -> Result<Found, Error> {
    let options = Options::of(url);
    let path = options.url.split(['?', '#']).next().unwrap_or_default();
    let form = match options.archive.as_deref() {
        Some("false" | "0") => {
            return Err(Error::unsupported(format!(
                "{}: a module is a folder, so archive={} can't be used",
                without_secret(url),
                options.archive.as_deref().unwrap_or_default()
            )));
        }
        Some("true" | "1" | "") | None => Form::of_path(path),
        Some(name) => Some(Form::named(name).ok_or_else(|| {
            Error::unsupported(format!(
                "archives of the form {name:?} are not unpacked: there are zip, tar, tar.gz, tar.bz2 and tar.xz"
            ))
        })?),
    };
    let Some(form) = form else {
        return elsewhere(fetch, &options.url).await.map(Found::Elsewhere);
    };
    let (at, answer) = fetch::get(fetch, &options.url, None, LARGE).await?;
    let bytes = fetch::body(&at, answer)?;
    if let Some(wanted) = &options.checksum {
        check(fetch, wanted, path, &bytes).await?;
    }
    let name = without_secret(&options.url);
    let into = into.to_owned();
    let work = move || unpack(&name, &bytes, form, &into);
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Archive {
            name: without_secret(url),
            problem: error.to_string(),
        })??;
    Ok(Found::Unpacked)
}

/// Where a page says that the package is: in a header, or in its head.
async fn elsewhere(fetch: &dyn Fetch, url: &str) -> Result<String, Error> {
    let asked = match url.contains('?') {
        true => format!("{url}&terraform-get=1"),
        false => format!("{url}?terraform-get=1"),
    };
    let (at, mut answer) = fetch::get(fetch, &asked, None, SMALL).await?;
    let named = answer.headers.remove("x-terraform-get");
    let body = fetch::body(&at, answer)?;
    let found = named
        .filter(|text| !text.trim().is_empty())
        .or_else(|| of_page(&String::from_utf8_lossy(&body)));
    match found {
        Some(found) => {
            let found = found.trim();
            // A path is one on the same server.
            let is_path = ["/", "./", "../"].iter().any(|start| found.starts_with(start));
            Ok(match is_path {
                true => fetch::resolve(&at, found),
                false => found.to_owned(),
            })
        }
        None => Err(Error::Fetch {
            url: without_secret(url),
            problem: "no source URL was returned (neither a header X-Terraform-Get nor a meta tag), and the path has no ending of an archive".to_owned(),
        }),
    }
}

/// The `terraform-get` entry of a page's head.
fn of_page(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let head = &page[..lower
        .find("</head")
        .or_else(|| lower.find("<body"))
        .unwrap_or(page.len())];
    let mut rest = head;
    while let Some(at) = rest.to_ascii_lowercase().find("<meta") {
        rest = &rest[at + 5..];
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        if attribute(tag, "name").as_deref() == Some("terraform-get") {
            return attribute(tag, "content").map(|text| text.replace("&amp;", "&"));
        }
    }
    None
}

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower.get(from..)?.find(name) {
        let start = from + at;
        from = start + name.len();
        let before = lower[..start].chars().next_back();
        let rest = tag.get(from..)?.trim_start();
        if before.is_none_or(char::is_whitespace)
            && let Some(value) = rest.strip_prefix('=')
        {
            let value = value.trim_start();
            let quote = value.chars().next()?;
            return match quote {
                '"' | '\'' => value[1..].split(quote).next().map(str::to_owned),
                _ => value.split_whitespace().next().map(str::to_owned),
            };
        }
    }
    None
}

/// Holds the bytes against the checksum that the source gives.
async fn check(fetch: &dyn Fetch, wanted: &str, path: &str, bytes: &[u8]) -> Result<(), Error> {
    if let Some(url) = wanted.strip_prefix("file:") {
        let (at, answer) = fetch::get(fetch, url, None, SMALL).await?;
        let text = String::from_utf8_lossy(&fetch::body(&at, answer)?).into_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        let of_line = |line: &str| {
            let mut parts = line.split_whitespace();
            let sum = parts.next()?;
            let file = parts.next().map(|file| file.trim_start_matches('*'));
            let same = |file: &str| file.rsplit('/').next() == Some(name);
            file.is_none_or(same).then(|| sum.to_owned())
        };
        let sum = text.lines().find_map(of_line).ok_or_else(|| {
            Error::unsupported(format!("the checksum file {url} has no line for {name}"))
        })?;
        return compare(&sum, bytes);
    }
    compare(wanted, bytes)
}

fn compare(wanted: &str, bytes: &[u8]) -> Result<(), Error> {
    use sha2::Digest;
    let (kind, sum) = match wanted.split_once(':') {
        Some((kind, sum)) => (kind, sum),
        None => {
            let kind = match wanted.len() {
                32 => "md5",
                40 => "sha1",
                64 => "sha256",
                128 => "sha512",
                _ => "",
            };
            (kind, wanted)
        }
    };
    let found = match kind {
        "md5" => hex(&md5::Md5::digest(bytes)),
        "sha1" => hex(&sha1::Sha1::digest(bytes)),
        "sha256" => hex(&sha2::Sha256::digest(bytes)),
        "sha512" => hex(&sha2::Sha512::digest(bytes)),
        _ => {
            return Err(Error::unsupported(format!(
                "unsupported checksum type: {kind:?} (there are md5, sha1, sha256 and sha512)"
            )));
        }
    };
    if found == sum.to_ascii_lowercase() {
        return Ok(());
    }
    Err(Error::Checksum {
        wanted: format!("{kind}:{sum}"),
        found: format!("{kind}:{found}"),
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_name_packages_in_their_head() {
        for (page, wanted) in [
            (
                "<html><HEAD><META Name=\"terraform-get\" content='https://x/a.zip?a=1&amp;b=2'/></head>",
                Some("https://x/a.zip?a=1&b=2"),
            ),
            (
                "<head><meta name=other content=y><meta content=z name=terraform-get></head>",
                Some("z"),
            ),
            (
                "<head></head><body><meta name=\"terraform-get\" content=\"x\"></body>",
                None,
            ),
            ("<meta name", None),
            ("", None),
        ] {
            assert_eq!(of_page(page).as_deref(), wanted, "{page}");
        }
    }

    #[test]
    fn checksums_are_of_the_kind_that_is_named_or_that_fits() {
        let sum = "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7";
        assert_eq!(compare(&format!("sha256:{sum}"), b"world"), Ok(()));
        assert_eq!(compare(sum, b"world"), Ok(()));
        assert_eq!(
            compare("7d793037a0760186574b0282f2f435e7", b"world"),
            Ok(())
        );
        assert!(matches!(
            compare(sum, b"other"),
            Err(Error::Checksum { .. })
        ));
        assert!(matches!(
            compare("crc:12", b"x"),
            Err(Error::Unsupported { .. })
        ));
    }
}
