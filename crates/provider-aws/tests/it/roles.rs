//! Roles, policies and attachments on the embedded AWS: created, read, changed, deleted, imported, recovered.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Object, Unheard};

use crate::bed::{Bed, bed, bed_with, over, to_json};
use crate::looks::{calls, imported, json_of, settled};
use crate::recovery::{intent, judge};

const ROLE: &str = "aws_iam_role";
const POLICY: &str = "aws_iam_policy";
const ATTACHMENT: &str = "aws_iam_role_policy_attachment";

fn trust(service: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    })
    .to_string()
}

fn rights(action: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Rights", "Effect": "Allow", "Action": action, "Resource": "arn:aws:dynamodb:*:*:table/orders"}],
    })
    .to_string()
}

fn role() -> Json {
    json!({"name": "worker", "assume_role_policy": trust("lambda.amazonaws.com"), "tags": {"team": "orders"}})
}

fn policy() -> Json {
    json!({"name": "worker-rights", "description": "what a worker may do", "policy": rights("dynamodb:GetItem")})
}

fn text(object: &Object, name: &str) -> String {
    to_json(&object.value)[name]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn replaced(bed: &Bed, kind: &str, object: &Object, config: &Json) -> Vec<String> {
    let planned = bed.plan(kind, Some(object), config);
    planned
        .requires_replace
        .iter()
        .map(|path| path.to_string().trim_start_matches('.').to_owned())
        .collect()
}

fn sent(bed: &Bed, operation: &str) -> u64 {
    calls(bed, "iam", operation)
}

#[tokio::test]
async fn a_role_stands_in_state_as_everybody_writes_it() {
    let bed = bed().await;
    let object = bed.apply(ROLE, None, &role()).await;
    let state = to_json(&object.value);
    assert!(text(&object, "unique_id").starts_with("AROA"));
    assert!(text(&object, "create_date").ends_with('Z'));
    assert_eq!(
        state,
        json!({
            "arn": "arn:aws:iam::123456789012:role/worker",
            "assume_role_policy": r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}],"Version":"2012-10-17"}"#,
            "create_date": state["create_date"],
            "description": "",
            "force_detach_policies": false,
            "id": "worker",
            "inline_policy": [],
            "managed_policy_arns": [],
            "max_session_duration": 3600,
            "name": "worker",
            "name_prefix": "",
            "path": "/",
            "permissions_boundary": "",
            "tags": {"team": "orders"},
            "tags_all": {"team": "orders"},
            "unique_id": state["unique_id"],
        })
    );
    assert_eq!(object.private.as_deref(), Some(&b"null"[..]));
    settled(&bed, ROLE, &object, &role()).await;
    assert_eq!(sent(&bed, "CreateRole"), 1);
}

#[tokio::test]
async fn the_settings_of_a_role_change_in_place() {
    let bed =
        bed_with(json!({"region": "eu-west-1", "default_tags": [{"tags": {"env": "test"}}]})).await;
    let object = bed.apply(ROLE, None, &role()).await;
    let bound = bed.apply(POLICY, None, &policy()).await;
    let two = json!({
        "name": "worker", "assume_role_policy": trust("ec2.amazonaws.com"), "description": "works",
        "max_session_duration": 7200, "permissions_boundary": text(&bound, "arn"),
        "managed_policy_arns": [text(&bound, "arn")],
        "inline_policy": [{"name": "own", "policy": rights("dynamodb:PutItem")}],
        "tags": {"team": "events"},
    });
    assert!(replaced(&bed, ROLE, &object, &two).is_empty());
    let changed = bed.apply(ROLE, Some(&object), &two).await;
    settled(&bed, ROLE, &changed, &two).await;
    let state = to_json(&changed.value);
    assert_eq!(state["tags_all"], json!({"env": "test", "team": "events"}));
    assert_eq!(state["inline_policy"][0]["name"], json!("own"));
    // The policies go with the role.
    bed.delete(ROLE, &changed).await;
    assert!(bed.read(ROLE, &changed).await.is_none());
    bed.delete(POLICY, &bound).await;
    bed.delete(ROLE, &changed).await;
}

#[tokio::test]
async fn a_policy_gets_versions_and_loses_the_oldest() {
    let bed = bed().await;
    let mut object = bed.apply(POLICY, None, &policy()).await;
    settled(&bed, POLICY, &object, &policy()).await;
    assert!(text(&object, "policy_id").starts_with("ANPA"));
    assert_eq!(
        text(&object, "id"),
        "arn:aws:iam::123456789012:policy/worker-rights"
    );
    for action in ["a", "b", "c", "d", "e", "f"] {
        let mut config = policy();
        config["policy"] = json!(rights(&format!("dynamodb:{action}")));
        assert!(replaced(&bed, POLICY, &object, &config).is_empty());
        object = bed.apply(POLICY, Some(&object), &config).await;
        settled(&bed, POLICY, &object, &config).await;
    }
    assert_eq!(sent(&bed, "CreatePolicyVersion"), 6);
    assert_eq!(sent(&bed, "DeletePolicyVersion"), 2);
    // The same in other words is no change.
    let mut other = policy();
    other["policy"] = json!(
        r#"{"Statement": {"Resource": ["arn:aws:dynamodb:*:*:table/orders"], "Action": ["dynamodb:f"], "Effect": "Allow", "Sid": "Rights"}, "Version": "2012-10-17"}"#
    );
    let planned = bed.plan(POLICY, Some(&object), &other);
    assert!(planned.value.raw_equals(&object.value));
    for (name, value) in [("name", "other"), ("path", "/a/"), ("description", "other")] {
        let mut config = policy();
        config[name] = json!(value);
        assert_eq!(replaced(&bed, POLICY, &object, &config), [name]);
    }
    bed.delete(POLICY, &object).await;
    assert!(bed.read(POLICY, &object).await.is_none());
}

#[tokio::test]
async fn a_policy_hangs_on_a_role_until_it_is_taken_off() {
    let bed = bed().await;
    let made = bed.apply(ROLE, None, &role()).await;
    let rights = bed.apply(POLICY, None, &policy()).await;
    let config = json!({"role": "worker", "policy_arn": text(&rights, "arn")});
    let object = bed.apply(ATTACHMENT, None, &config).await;
    assert!(text(&object, "id").starts_with("worker-20"));
    settled(&bed, ATTACHMENT, &object, &config).await;
    let other = json!({"role": "other", "policy_arn": text(&rights, "arn")});
    assert_eq!(replaced(&bed, ATTACHMENT, &object, &other), ["role"]);
    let found = imported(
        &bed,
        ATTACHMENT,
        &format!("worker/{}", text(&rights, "arn")),
    )
    .await;
    assert_eq!(json_of(found.expect("imported"))["role"], json!("worker"));
    let bad = imported(&bed, ATTACHMENT, "worker").await;
    assert!(bad.expect_err("no id").contains("unexpected format"));
    // Taken off outside, it is missed.
    let elsewhere = over(bed.emulator.clone(), json!({"region": "eu-west-1"})).await;
    elsewhere.delete(ATTACHMENT, &object).await;
    assert!(bed.read(ATTACHMENT, &object).await.is_none());
    bed.delete(ATTACHMENT, &object).await;
    bed.delete(ROLE, &made).await;
    bed.delete(POLICY, &rights).await;
}

#[tokio::test]
async fn what_changed_outside_is_read_and_imports_find_it() {
    let bed = bed().await;
    let made = bed.apply(ROLE, None, &role()).await;
    let rights_of = bed.apply(POLICY, None, &policy()).await;
    let elsewhere = over(bed.emulator.clone(), json!({"region": "eu-west-1"})).await;
    let mut other = role();
    other["description"] = json!("other");
    elsewhere.apply(ROLE, Some(&made), &other).await;
    let read = bed.read(ROLE, &made).await.expect("it is there");
    assert_eq!(text(&read, "description"), "other");
    let mut other = policy();
    other["policy"] = json!(rights("dynamodb:Query"));
    elsewhere.apply(POLICY, Some(&rights_of), &other).await;
    let read = bed.read(POLICY, &rights_of).await.expect("it is there");
    assert!(text(&read, "policy").contains("dynamodb:Query"));
    for (kind, id) in [
        (ROLE, "worker".to_owned()),
        (POLICY, text(&rights_of, "arn")),
    ] {
        let found = imported(&bed, kind, &id).await.expect("imported");
        assert_eq!(text(&found, "id"), id);
        let none = bed
            .kind(kind)
            .import(&bed.cx, "arn:aws:iam::123456789012:policy/none")
            .await;
        assert!(none.expect("no failure").is_empty());
    }
}

#[tokio::test]
async fn what_an_earlier_run_made_is_found_again() {
    let bed = bed().await;
    for (kind, operation, config) in [
        (ROLE, "CreateRole", role()),
        (POLICY, "CreatePolicy", policy()),
    ] {
        let drop = Rule::next(Service::Iam, operation, 1, Fault::DropAnswer);
        bed.emulator.faults().add(drop);
        let step = bed.step(kind, None, Some(&config));
        let open = intent(&bed, kind, &step, None);
        let (outcome, _) = bed.try_apply(kind, None, Some(&config)).await;
        assert!(matches!(outcome, ApplyOutcome::Unknown(_)), "{outcome:?}");
        let verdict = judge(&bed, kind, vec![open]).await.remove(0);
        let Adoption::Adopt(object) = verdict else {
            panic!("{kind} is there: {verdict:?}");
        };
        settled(&bed, kind, &object, &config).await;
    }
}

#[tokio::test]
async fn what_was_made_under_a_made_up_name_is_found_again() {
    let bed = bed().await;
    for (kind, operation, mut config) in [
        (ROLE, "CreateRole", role()),
        (POLICY, "CreatePolicy", policy()),
    ] {
        config["name"] = Json::Null;
        config["name_prefix"] = json!("worker-");
        // Another of the same prefix is none of ours.
        bed.apply(kind, None, &config).await;
        let drop = Rule::next(Service::Iam, operation, 1, Fault::DropAnswer);
        bed.emulator.faults().add(drop);
        let step = bed.step(kind, None, Some(&config));
        let open = intent(&bed, kind, &step, None);
        let outcome = bed.kind(kind).apply(&bed.cx, step, &Unheard).await;
        assert!(matches!(outcome, ApplyOutcome::Unknown(_)), "{outcome:?}");
        let name = open.identity["name"].clone();
        assert!(name.starts_with("worker-20"), "{name}");
        let verdict = judge(&bed, kind, vec![open]).await.remove(0);
        let Adoption::Adopt(object) = verdict else {
            panic!("{kind} is there: {verdict:?}");
        };
        assert_eq!(text(&object, "name"), name);
        settled(&bed, kind, &object, &config).await;
    }
}

#[tokio::test]
async fn blocks_are_checked_without_aws() {
    let bed = bed().await;
    for (kind, config, want) in [
        (ROLE, json!({"assume_role_policy": "no"}), "invalid JSON"),
        (
            ROLE,
            json!({"assume_role_policy": "{}", "name": "a", "name_prefix": "b"}),
            "Conflicting configuration arguments",
        ),
        (
            ROLE,
            json!({"assume_role_policy": "{}", "name": "a b"}),
            "must only contain",
        ),
        (
            ROLE,
            json!({"assume_role_policy": "{}", "max_session_duration": 60}),
            "in the range (3600 - 43200)",
        ),
        (POLICY, json!({"policy": "no"}), "invalid JSON"),
    ] {
        let found = bed.provider_problems(kind, &config);
        assert!(
            found.iter().any(|said| said.contains(want)),
            "{config}: {found:?}"
        );
    }
    // Without a name, one is made up.
    let object = bed
        .apply(
            POLICY,
            None,
            &json!({"name_prefix": "orders-", "policy": rights("dynamodb:Scan")}),
        )
        .await;
    assert!(text(&object, "name").starts_with("orders-20"));
    assert_eq!(text(&object, "name_prefix"), "orders-");
}

#[tokio::test]
async fn another_name_or_path_makes_another_role_and_what_hangs_on_it_follows() {
    let bed = bed().await;
    let rights_of = bed.apply(POLICY, None, &policy()).await;
    let arn = text(&rights_of, "arn");
    let mut config = role();
    config["inline_policy"] = json!([{"name": "own", "policy": rights("dynamodb:PutItem")}]);
    let mut made = bed.apply(ROLE, None, &config).await;
    let hangs = |role: &Object| json!({"role": text(role, "name"), "policy_arn": arn.as_str()});
    let mut hanging = bed.apply(ATTACHMENT, None, &hangs(&made)).await;
    for (member, value) in [("name", "runner"), ("path", "/jobs/")] {
        let mut next = config.clone();
        next[member] = json!(value);
        assert_eq!(replaced(&bed, ROLE, &made, &next), [member]);
        // What the service gives is another one then.
        let planned = to_json(&bed.plan(ROLE, None, &next).value);
        assert_eq!(planned["unique_id"], json!({"$unknown": true}));
        // Nothing that hangs on it is lost unasked: it is taken off first.
        bed.delete(ATTACHMENT, &hanging).await;
        bed.delete(ROLE, &made).await;
        let after = bed.apply(ROLE, None, &next).await;
        settled(&bed, ROLE, &after, &next).await;
        assert_ne!(text(&made, "unique_id"), text(&after, "unique_id"));
        hanging = bed.apply(ATTACHMENT, None, &hangs(&after)).await;
        settled(&bed, ATTACHMENT, &hanging, &hangs(&after)).await;
        // The policy in the role came along, the one beside it was not touched.
        assert_eq!(
            to_json(&after.value)["inline_policy"][0]["name"],
            json!("own")
        );
        let beside = bed.read(POLICY, &rights_of).await.expect("it is there");
        assert_eq!(to_json(&beside.value)["attachment_count"], json!(1));
        (config, made) = (next, after);
    }
    assert_eq!(
        text(&made, "arn"),
        "arn:aws:iam::123456789012:role/jobs/runner"
    );
    assert!(bed.read(ROLE, &made).await.is_some());
    assert_eq!(
        (sent(&bed, "CreateRole"), sent(&bed, "CreatePolicy")),
        (3, 1)
    );
}
