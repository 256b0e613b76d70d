//! The protocol of registries: found, asked for versions, asked for the package.

use trueup_modules::{Error, Manifest};

use crate::loopback::Loopback;
use crate::{Answers, install, text};

const VERSIONS: &str = r#"{"modules":[{"versions":[{"version":"1.0.0"},{"version":"1.2.0"},{"version":"1.10.1"},{"version":"2.0.0-rc1"},{"version":"1.9.0"}]}]}"#;

fn archive() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let bytes: &[u8] = b"output \"o\" { value = 1 }\n";
    for name in ["top/main.tf", "top/sub/main.tf"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder
            .append_data(&mut header, name, bytes)
            .expect("appended");
    }
    builder.into_inner().expect("an archive")
}

fn registry() -> Loopback {
    let mut answers = Answers::new();
    let mut add = |path: &str, status: u16, elsewhere: &str, body: &[u8]| {
        let named = !elsewhere.is_empty();
        let headers = named.then(|| ("X-Terraform-Get".to_owned(), elsewhere.to_owned()));
        let headers = headers.into_iter().collect();
        answers.insert(path.to_owned(), (status, headers, body.to_vec()));
    };
    let service = br#"{"modules.v1":"/api/modules"}"#;
    add("/.well-known/terraform.json", 200, "", service);
    let orders = "/api/modules/acme/orders/aws";
    add(&format!("{orders}/versions"), 200, "", VERSIONS.as_bytes());
    for version in ["1.2.0", "1.10.1", "2.0.0-rc1"] {
        let package = format!("./archive-{version}.tar//top");
        add(&format!("{orders}/{version}/download"), 204, &package, b"");
        let path = format!("{orders}/{version}/archive-{version}.tar");
        add(&path, 200, "", &archive());
    }
    let json = "/api/modules/acme/json/aws";
    let versions = br#"{"modules":[{"versions":[{"version":"0.1.0"}]}]}"#;
    add(&format!("{json}/versions"), 200, "", versions);
    let location = br#"{"location":"https://reg.example/api/modules/acme/orders/aws/1.2.0/archive-1.2.0.tar//top"}"#;
    add(&format!("{json}/0.1.0/download"), 200, "", location);
    add("/api/modules/acme/locked/aws/versions", 401, "", b"");
    add("/api/modules/acme/odd/aws/versions", 200, "", b"not JSON");
    Loopback::serve(answers)
}

#[test]
fn the_newest_version_that_is_allowed_is_fetched() {
    let server = registry();
    let source = "reg.example/acme/orders/aws//sub";
    for (version, wanted) in [
        (None, "1.10.1"),
        (Some("~> 1.2.0"), "1.2.0"),
        (Some(">= 1.1, != 1.10.1, < 1.9"), "1.2.0"),
        (Some("2.0.0-rc1"), "2.0.0-rc1"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let installed = install(folder.path(), &server, source, version).expect("installed");
        assert_eq!(installed.version.as_deref(), Some(wanted), "{version:?}");
        assert_eq!(installed.dir, "mods/m/top/sub");
        let record = text(folder.path().join("mods/modules.json"));
        let record = Manifest::read(record.as_bytes()).expect("a record");
        assert_eq!(record.records["m"].source, source);
        assert_eq!(record.records["m"].version.as_deref(), Some(wanted));
    }
}

#[test]
fn a_registry_may_answer_in_the_body() {
    let folder = tempfile::tempdir().expect("a folder");
    let installed = install(
        folder.path(),
        &registry(),
        "reg.example/acme/json/aws",
        None,
    );
    let dir = installed.map(|installed| installed.dir);
    assert_eq!(dir, Ok("mods/m/top".into()));
}

#[test]
fn the_token_goes_to_the_registry_only() {
    let mut server = registry();
    server.token = Some("s3cret".into());
    let folder = tempfile::tempdir().expect("a folder");
    let source = "reg.example/acme/orders/aws";
    install(folder.path(), &server, source, Some("1.2.0")).expect("installed");
    for (path, headers) in server.seen.lock().expect("no panic").iter() {
        let token = "authorization: Bearer s3cret";
        let told = headers.iter().any(|header| header == token);
        assert_eq!(told, !path.ends_with(".tar"), "{path}");
    }
}

#[test]
fn what_a_registry_does_not_have_is_said() {
    let server = registry();
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str, version: Option<&str>| {
        let source = format!("reg.example/acme/{name}/aws");
        install(folder.path(), &server, &source, version).expect_err("refused")
    };
    let none = at("orders", Some("> 3"));
    let said = none.to_string();
    assert!(matches!(none, Error::NoVersion { .. }), "{said}");
    assert!(said.contains("> 3") && said.contains("2.0.0-rc1"), "{said}");
    let said = at("missing", None).to_string();
    assert!(said.contains("cannot be found"), "{said}");
    let said = at("locked", None).to_string();
    assert!(said.contains("TF_TOKEN_reg_example"), "{said}");
    let odd = at("odd", None);
    assert!(matches!(odd, Error::Registry { .. }), "{odd}");
}

#[test]
fn a_host_without_a_registry_is_said() {
    let server = Loopback::serve(Answers::new());
    let folder = tempfile::tempdir().expect("a folder");
    let found = install(folder.path(), &server, "reg.example/acme/orders/aws", None);
    let found = found.expect_err("refused").to_string();
    assert!(found.contains("does not provide"), "{found}");
}
