//! What a table is made from: a backup, another table's past, objects in a bucket. It counts once, at creation.

use trueup_aws::dynamodb::{CreateTable, ImportTable, RestoreFrom, RestoreTable};
use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::create::encryption;
use super::model::{index_to_create, local_indexes_to_create, throughput};
use super::throughput::Limits;
use crate::members::{block, elements, filled, flag, member, text, texts};
use crate::rules::Draft;

/// The arguments that name what is restored; at most one of them is set.
pub(crate) const RESTORES: [&str; 3] = [
    "restore_source_name",
    "restore_source_table_arn",
    "restore_backup_arn",
];

/// Whether a block makes its table by a restore. An unknown source counts.
pub(crate) fn is_restored(value: &Value) -> bool {
    RESTORES
        .iter()
        .any(|name| member(value, name).is_some_and(|source| source.as_str() != Some("")))
}

/// Whether a block leaves keys and indexes to what is restored.
pub(crate) fn takes_all(config: &Value) -> bool {
    is_restored(config) && member(config, "hash_key").is_none()
}

/// Another source means another table. A source that goes means nothing: the table is there. Nor
/// does one that is new: a table that was not made from it is not thrown away for it.
pub(crate) fn replacement(draft: &mut Draft, prior: &Value) {
    for name in RESTORES.into_iter().chain(["restore_date_time"]) {
        let Some(before) = filled(prior, name) else {
            continue;
        };
        let planned = draft.get(name);
        let differs = !planned.is_known()
            || planned
                .as_str()
                .is_some_and(|after| !after.is_empty() && after != before);
        if differs {
            draft.replaces.push(Path::new().attr(name));
        }
    }
    let planned = Value::object(draft.members.clone());
    let of = |value: &Value| -> Option<Vec<Option<String>>> {
        let import = block(value, "import_table")?;
        let source = block(import, "s3_bucket_source")?;
        let said = |name: &str| filled(source, name).map(str::to_owned);
        Some(vec![
            said("bucket"),
            said("bucket_owner"),
            said("key_prefix"),
        ])
    };
    if let (Some(before), Some(after)) = (of(prior), of(&planned))
        && before != after
    {
        draft.replaces.push(Path::new().attr("import_table"));
    }
}

/// Says of a source that is new to a table which is there already that it has no effect.
pub(crate) fn without_effect(config: &Value, prior: &Value) -> Problems {
    let mut said = Problems::new();
    let had = is_restored(prior) || !elements(prior, "import_table").is_empty();
    if had {
        return said;
    }
    let mut names: Vec<&str> = RESTORES
        .into_iter()
        .filter(|name| filled(config, name).is_some())
        .collect();
    if !elements(config, "import_table").is_empty() {
        names.push("import_table");
    }
    if flag(prior, "restore_to_latest_time") != Some(true)
        && let Some(name) = names.first()
    {
        said.push(
            Problem::warning(
                format!("{name} has no effect on a table that exists"),
                "A table is restored or imported when it is created. To make this one anew from there, plan with -replace.",
            )
            .at(Path::new().attr(*name)),
        );
    }
    said
}

/// The restore that makes a planned table, if it is made by one.
pub(crate) fn restore(wanted: &Value) -> Option<RestoreTable> {
    let own = |name: &str| filled(wanted, name).map(str::to_owned);
    let from = match own("restore_backup_arn") {
        Some(backup) => RestoreFrom::Backup(backup),
        None if is_restored(wanted) => RestoreFrom::Table {
            name: own("restore_source_name"),
            arn: own("restore_source_table_arn"),
            at: own("restore_date_time")
                .filter(|_| flag(wanted, "restore_to_latest_time") != Some(true)),
        },
        None => return None,
    };
    let provisioned = filled(wanted, "billing_mode").unwrap_or("PROVISIONED") == "PROVISIONED";
    let units = throughput(wanted);
    let units = (provisioned && units.read > 0 && units.write > 0).then_some(units);
    // A provisioned table without capacity of its own is as its source is.
    let mode = (!provisioned || units.is_some())
        .then(|| own("billing_mode"))
        .flatten();
    // Indexes that are not written are left out: a local one could not be deleted afterwards.
    let known = |name: &str| member(wanted, name).is_none_or(Value::is_known);
    let indexes = elements(wanted, "global_secondary_index");
    let global = indexes
        .iter()
        .map(|index| index_to_create(index, units.is_some()))
        .collect::<Vec<_>>();
    let local = local_indexes_to_create(wanted);
    Some(RestoreTable {
        from,
        target: text(wanted, "name").unwrap_or_default().to_owned(),
        billing_mode: mode,
        throughput: units,
        on_demand: Limits::of(wanted).to_create().filter(|_| !provisioned),
        global_indexes: Some(global).filter(|_| known("global_secondary_index")),
        local_indexes: Some(local).filter(|_| known("local_secondary_index")),
        sse: encryption(wanted),
    })
}

/// The import that makes a planned table, if it is made by one. `table` is how it would be created.
pub(crate) fn import(wanted: &Value, table: CreateTable, token: &str) -> Option<ImportTable> {
    let import = block(wanted, "import_table")?;
    let source = block(import, "s3_bucket_source")?;
    let own = |value: &Value, name: &str| filled(value, name).map(str::to_owned);
    let csv = block(import, "input_format_options").and_then(|options| block(options, "csv"));
    Some(ImportTable {
        client_token: Some(token.to_owned()).filter(|token| !token.is_empty()),
        bucket: own(source, "bucket").unwrap_or_default(),
        bucket_owner: own(source, "bucket_owner"),
        key_prefix: own(source, "key_prefix"),
        format: own(import, "input_format").unwrap_or_default(),
        compression: own(import, "input_compression_type"),
        csv_delimiter: csv.and_then(|csv| own(csv, "delimiter")),
        csv_header: csv.map(|csv| texts(csv, "header_list")).unwrap_or_default(),
        table,
    })
}

/// What a restored table is to be: the plan, and what is there where the plan leaves it to the restore.
pub(crate) fn filled_in(wanted: &Value, there: &Value) -> Value {
    let (Some(members), Some(found)) = (wanted.as_members(), there.as_members()) else {
        return wanted.clone();
    };
    let mut whole = members.clone();
    for (name, value) in found {
        let open = whole.get(name).is_none_or(|wanted| !wanted.is_known());
        if open && &**name != "tags_all" {
            whole.insert(name.clone(), value.clone());
        }
    }
    Value::object(whole)
}
