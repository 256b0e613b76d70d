//! Archives at URLs: every form, options of the address, pages that lead to others, and what is refused.

use std::io::Write;

use base64::Engine;
use trueup_modules::Error;

use crate::loopback::Loopback;
use crate::{Answers, install, text};

const MAIN: &[u8] = b"output \"table\" { value = \"orders\" }\n";

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("a file");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("an archive").into_inner()
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder
            .append_data(&mut header, name, *bytes)
            .expect("appended");
    }
    builder.into_inner().expect("an archive")
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("compressed")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    lzma_rs::xz_compress(&mut std::io::Cursor::new(bytes), &mut out).expect("compressed");
    out
}

/// `orders/main.tf` in a tar archive, compressed by bzip2: there is no encoder among our packages.
const BZIP2: &str = "QlpoOTFBWSZTWYEDK3QAAHvbgMqQUAH3AhAAdyffCggIIAB1DQo0AADEBiaBJSNAGhAw0AjymNZPFCBqQhjEkEvF9AypswhDAh67a+GBJ9xDkSrYyFBgg1CC5GYBq5ZqTF7op0sRg8KU83QZZGieA8cOKdP0t8I1e1ckg/i7kinChIQIGVug";

type Answer<'a> = (&'a str, u16, &'a [(&'a str, &'a str)], Vec<u8>);

fn serve(answers: &[Answer<'_>]) -> Loopback {
    let mut all = Answers::new();
    for (path, status, headers, body) in answers {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        all.insert((*path).to_owned(), (*status, headers, body.clone()));
    }
    Loopback::serve(all)
}

#[test]
fn every_form_of_archive_is_unpacked() {
    let files: &[(&str, &[u8])] = &[("orders/main.tf", MAIN)];
    let bzip2 = base64::engine::general_purpose::STANDARD.decode(BZIP2);
    let server = serve(&[
        ("/m.zip", 200, &[], zipped(files)),
        ("/m.tar", 200, &[], tarred(files)),
        ("/m.tar.gz", 200, &[], gzipped(&tarred(files))),
        ("/m.tgz", 200, &[], gzipped(&tarred(files))),
        ("/m.tar.xz", 200, &[], xz(&tarred(files))),
        ("/m.tar.bz2", 200, &[], bzip2.expect("base64")),
        ("/plain?q=1", 200, &[], zipped(files)),
    ]);
    for source in [
        "https://files.example/m.zip//orders",
        "https://files.example/m.tar//orders",
        "https://files.example/m.tar.gz//orders",
        "https://files.example/m.tgz//orders",
        "https://files.example/m.tar.xz//orders",
        "https://files.example/m.tar.bz2//orders",
        "https://files.example/plain//orders?archive=zip&q=1",
        "https://files.example/m.zip//*",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let installed = install(folder.path(), &server, source, None).expect(source);
        assert_eq!(installed.dir, "mods/m/orders", "{source}");
        let main = text(folder.path().join("mods/m/orders/main.tf"));
        assert_eq!(main.as_bytes(), MAIN, "{source}");
    }
}

#[test]
fn pages_lead_to_packages() {
    let page = b"<html><head><meta name=\"terraform-get\" content=\"https://files.example/m.zip//a\"></head></html>";
    let elsewhere = |place| [("X-Terraform-Get", place)];
    let server = serve(&[
        ("/m.zip", 200, &[], zipped(&[("a/b/main.tf", MAIN)])),
        (
            "/head?terraform-get=1",
            204,
            &elsewhere("/m.zip//a"),
            Vec::new(),
        ),
        ("/page?x=1&terraform-get=1", 200, &[], page.to_vec()),
        (
            "/moved.zip",
            302,
            &[("Location", "https://other.example/m.zip")],
            Vec::new(),
        ),
        (
            "/round?terraform-get=1",
            200,
            &elsewhere("https://files.example/round"),
            Vec::new(),
        ),
        ("/nothing?terraform-get=1", 200, &[], b"hello".to_vec()),
    ]);
    let at = |path: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let source = format!("https://files.example/{path}");
        install(folder.path(), &server, &source, None).map(|installed| installed.dir)
    };
    for path in ["head//b", "page//b?x=1", "moved.zip//a/b"] {
        assert_eq!(at(path), Ok("mods/m/a/b".into()), "{path}");
    }
    for path in ["round", "nothing", "none.zip"] {
        assert!(matches!(at(path), Err(Error::Fetch { .. })), "{path}");
    }
    assert!(matches!(at("m.zip//c"), Err(Error::NoSubdir { .. })));
}

#[test]
fn what_does_not_fit_its_checksum_is_left_out() {
    let bytes = zipped(&[("main.tf", MAIN)]);
    let sum: String = {
        use sha2::Digest;
        let digest = sha2::Sha256::digest(&bytes);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let list = format!("{sum}  m.zip\n");
    let server = serve(&[
        ("/m.zip", 200, &[], bytes),
        ("/sums", 200, &[], list.into_bytes()),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let at = |checksum: &str| {
        let source = format!("https://files.example/m.zip?checksum={checksum}");
        install(folder.path(), &server, &source, None).map(|installed| installed.dir)
    };
    assert_eq!(at(&format!("sha256:{sum}")), Ok("mods/m".into()));
    assert_eq!(at("file:https://files.example/sums"), Ok("mods/m".into()));
    assert!(matches!(at(&"0".repeat(64)), Err(Error::Checksum { .. })));
    assert!(!folder.path().join("mods/m").exists());
}

#[test]
fn nothing_leads_out_of_its_folder() {
    let server = serve(&[
        ("/up.zip", 200, &[], zipped(&[("../../out.tf", MAIN)])),
        ("/root.zip", 200, &[], zipped(&[("/tmp/out.tf", MAIN)])),
        ("/back.zip", 200, &[], zipped(&[("..\\out.tf", MAIN)])),
        ("/broken.zip", 200, &[], b"PK\x03\x04 and no more".to_vec()),
        ("/broken.tar.gz", 200, &[], gzipped(&[7; 700])),
    ]);
    for name in [
        "up.zip",
        "root.zip",
        "back.zip",
        "broken.zip",
        "broken.tar.gz",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let source = format!("https://files.example/{name}");
        let found = install(folder.path(), &server, &source, None);
        assert!(
            matches!(found, Err(Error::Archive { .. })),
            "{name}: {found:?}"
        );
        assert!(!folder.path().join("out.tf").exists(), "{name}");
        assert!(!folder.path().join("mods/m").exists(), "{name}");
    }
}

#[test]
fn kinds_that_are_not_fetched_are_refused_by_name() {
    let server = serve(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    for source in [
        "s3::https://s3.amazonaws.com/b/k.zip",
        "gcs::https://www.googleapis.com/storage/v1/b/k.zip",
        "hg::https://hg.example/r",
        "https://files.example/m?archive=tar.zst",
    ] {
        let found = install(folder.path(), &server, source, None);
        assert!(
            matches!(found, Err(Error::Unsupported { .. })),
            "{source}: {found:?}"
        );
    }
    assert!(server.seen.lock().expect("no panic").is_empty());
}
