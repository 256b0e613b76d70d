//! The page of a plan (`show -report=html`): it stands alone, nothing of a plan is markup in it, and a browser opens it.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use trueup_testkit::Project;

use crate::bed::trueup;

const CONFIGURATION: &str = r#"
variable "key" {
  default = "id"
}

variable "secret" {
  default   = "never-to-be-seen"
  sensitive = true
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = var.key

  attribute {
    name = var.key
    type = "S"
  }

  tags = {
    note   = "</script><script>document.title = 'broken'</script>"
    secret = var.secret
  }
}

resource "aws_dynamodb_table_item" "seed" {
  for_each   = toset(["one", "<img src=x onerror=\"document.title = 'broken'\">"])
  table_name = aws_dynamodb_table.orders.name
  hash_key   = aws_dynamodb_table.orders.hash_key
  item       = jsonencode({ (var.key) = { S = each.key } })
}

resource "terraform_data" "arn" {
  input = aws_dynamodb_table.orders.arn
}

output "secret" {
  value     = var.secret
  sensitive = true
}
"#;

/// The page of a plan that replaces a table and its items.
fn page(project: &Project) -> Result<String, String> {
    project.write("main.tf", CONFIGURATION);
    for arguments in [
        &["-local", "init"][..],
        &["-local", "apply", "-auto-approve"],
        &["-local", "plan", "-var", "key=order_id", "-out=saved.plan"],
    ] {
        trueup(project).run(arguments).with_code(0)?;
    }
    let shown = trueup(project).run(&["-local", "show", "-report=html", "saved.plan"]);
    Ok(shown.with_code(0)?.stdout)
}

#[test]
fn a_report_stands_alone_and_shows_no_secret() -> Result<(), String> {
    let page = page(&Project::new())?;
    for wanted in [
        "<!doctype html>",
        "default-src 'none'",
        "aws_dynamodb_table.orders is replaced, because hash_key can&#39;t be changed in place: about 2 items",
        "<details class=\"replace\" open>",
        "&lt;/script&gt;&lt;script&gt;",
        "(sensitive value)",
        "<svg role=\"img\"",
    ] {
        assert!(page.contains(wanted), "no {wanted:?} in\n{page}");
    }
    for unwanted in [
        "never-to-be-seen",
        "http:",
        "https:",
        "src=x onerror=\"",
        "@import",
        "url(h",
    ] {
        assert!(!page.contains(unwanted), "{unwanted:?} in\n{page}");
    }
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert_eq!(page.matches("</script").count(), 1, "{page}");
    Ok(())
}

#[test]
fn only_plans_are_reported_on() -> Result<(), String> {
    let project = Project::new();
    project.write("main.tf", CONFIGURATION);
    let refused = trueup(&project)
        .run(&["-local", "show", "-report=html"])
        .with_code(1)?;
    assert!(
        refused.stderr.contains("No plan to report on"),
        "{}",
        refused.stderr
    );
    Ok(())
}

/// Chromium or one of its kin, where there is one.
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "chrome-headless-shell",
    ];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

/// Says so past the test runner's capture, which swallows what printing macros write.
fn not_tested(why: &str) {
    let _ = writeln!(std::io::stdout().lock(), "\nNOT TESTED: {why}\n");
}

#[test]
fn a_browser_opens_the_report() -> Result<(), String> {
    let Some(browser) = browser() else {
        not_tested(
            "no Chromium on the PATH, so nobody opened the report; Debian's package is chromium",
        );
        return Ok(());
    };
    let project = Project::new();
    let page = page(&project)?;
    project.write("report.html", &page);
    let profile = Project::new();
    let opened = Command::new(&browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}/report.html", project.path().display()))
        .output()
        .map_err(|error| format!("{}: {error}", browser.display()))?;
    let document = String::from_utf8_lossy(&opened.stdout);
    if document.is_empty() {
        let told = String::from_utf8_lossy(&opened.stderr);
        not_tested(&format!("{} opens nothing here: {told}", browser.display()));
        return Ok(());
    }
    // The script ran, and what the plan says did not.
    assert!(
        document.contains("<p class=\"controls\"><button"),
        "{document}"
    );
    assert!(document.contains("<title>Plan</title>"), "{document}");
    assert!(!document.contains("broken</title>"), "{document}");
    Ok(())
}
