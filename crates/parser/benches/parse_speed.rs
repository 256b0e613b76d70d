//! How fast texts are read: files as people write them, and the large ones that generators write.

use trueup_diagnostics::SourceId;
use trueup_parser::{Start, parse_body, tokens};

fn main() {
    divan::main();
}

/// A configuration of so many tables, about 500 bytes each.
fn tables(count: usize) -> String {
    let table = |at: usize| {
        format!(
            "# Table {at}\nresource \"aws_dynamodb_table\" \"orders_{at}\" {{\n  name         = \"orders-{at}\"\n  \
             billing_mode = var.mode == \"fixed\" ? \"PROVISIONED\" : \"PAY_PER_REQUEST\"\n  hash_key     = \
             \"customer\"\n  range_key    = \"placed\"\n\n  attribute {{\n    name = \"customer\"\n    type = \"S\"\n  \
             }}\n\n  attribute {{\n    name = \"placed\"\n    type = \"N\"\n  }}\n\n  tags = merge(local.tags, {{ Name \
             = \"orders-${{var.stage}}-{at}\" }})\n}}\n\n"
        )
    };
    (0..count).map(table).collect()
}

/// One object of so many items.
fn object(count: usize) -> String {
    let items: String = (0..count)
        .map(|at| format!("  key_{at} = {{ n = {at}, s = \"value {at}\" }}\n"))
        .collect();
    format!("items = {{\n{items}}}\n")
}

/// One heredoc of so many lines with an interpolation in each.
fn heredoc(count: usize) -> String {
    let lines: String = (0..count)
        .map(|at| format!("    line {at} ${{local.x{at}}}\n"))
        .collect();
    format!("text = <<-EOT\n{lines}  EOT\n")
}

#[divan::bench(args = [10, 1_000])]
fn a_file_of_tables(bencher: divan::Bencher, count: usize) {
    let text = tables(count);
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| parse_body(SourceId(0), &text));
}

#[divan::bench(args = [2_000, 20_000])]
fn an_object_of_items(bencher: divan::Bencher, count: usize) {
    let text = object(count);
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| parse_body(SourceId(0), &text));
}

#[divan::bench(args = [10_000, 100_000])]
fn a_heredoc_of_interpolations(bencher: divan::Bencher, count: usize) {
    let text = heredoc(count);
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| parse_body(SourceId(0), &text));
}

#[divan::bench(args = [1_000])]
fn tokens_of_a_file_of_tables(bencher: divan::Bencher, count: usize) {
    let text = tables(count);
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| tokens(&text, Start::Main));
}
