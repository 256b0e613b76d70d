//! Traversals to references: the subject, how much of the traversal it takes, and what is refused.

use trueup_addrs::Reference;
use trueup_diagnostics::Sources;
use trueup_parser::parse_traversal;

fn read(text: &str) -> Result<(String, usize, String), String> {
    let mut sources = Sources::new();
    let id = sources.add("a.tf", text);
    let (traversal, diagnostics) = parse_traversal(id, text, 0);
    assert!(!diagnostics.has_errors(), "{text}: {diagnostics:?}");
    let traversal = traversal.expect(text);
    match Reference::read(&traversal) {
        Ok(reference) => {
            let written = sources.get(id).slice(reference.span);
            let subject = reference.subject.to_string();
            Ok((subject, reference.consumed, written.to_owned()))
        }
        Err(diagnostic) => Err(format!("{}: {}", diagnostic.summary, diagnostic.detail)),
    }
}

#[test]
fn each_kind_of_subject_is_read() {
    for (text, subject, consumed, written) in [
        ("var.size", "var.size", 1, "var.size"),
        ("var.size.a[0]", "var.size", 1, "var.size"),
        ("local.a", "local.a", 1, "local.a"),
        ("count.index", "count.index", 1, "count.index"),
        ("each.value.name", "each.value", 1, "each.value"),
        ("path.module", "path.module", 1, "path.module"),
        (
            "terraform.workspace",
            "terraform.workspace",
            1,
            "terraform.workspace",
        ),
        ("module.m.id", "module.m", 1, "module.m.id"),
        ("self.id", "self", 0, "self"),
        ("lab.a", "lab.a", 1, "lab.a"),
        ("lab.a.id", "lab.a", 1, "lab.a"),
        ("lab.a[0].id", "lab.a", 1, "lab.a[0]"),
        ("lab.a[\"k\"]", "lab.a", 1, "lab.a[\"k\"]"),
        ("data.lab.a.id", "data.lab.a", 2, "data.lab.a"),
        ("data.lab.a[0].id", "data.lab.a", 2, "data.lab.a[0]"),
        ("resource.data.a.id", "data.a", 2, "resource.data.a"),
    ] {
        let wanted = (subject.to_owned(), consumed, written.to_owned());
        assert_eq!(read(text), Ok(wanted), "{text}");
    }
}

#[test]
fn what_points_at_nothing_is_refused() {
    for (text, wanted) in [
        ("var", "cannot be accessed directly"),
        ("local", "cannot be accessed directly"),
        ("var[0]", "does not support this operation"),
        ("lab", "must be followed by at least one attribute access"),
        (
            "lab[0]",
            "must be followed by at least one attribute access",
        ),
        ("data", "must be followed by two attribute names"),
        ("data.lab", "must be followed by two attribute names"),
        ("data.lab[0]", "A data name is required"),
        ("data[0].a", "does not support this operation"),
        ("resource.lab", "must be followed by two attribute names"),
        ("template.a", "Reserved symbol name"),
        ("lazy.a", "Reserved symbol name"),
        ("arg.a", "Reserved symbol name"),
    ] {
        let said = read(text).expect_err(text);
        assert!(said.contains(wanted), "{text}: {said}");
    }
}
