//! IAM, asked as AWS clients ask it: roles, what hangs on them, policies in versions.

use trueup_emulator::Emulator;

use crate::bed::{Answer, ask, memory, query};

const TRUST: &str = "%7B%22Statement%22%3A%5B%5D%7D";

async fn call(emulator: &Emulator, form: &str) -> Answer {
    let form = format!("Version=2010-05-08&Action={form}");
    ask(emulator, &query("us-east-1", "iam", &form)).await
}

async fn good(emulator: &Emulator, form: &str) -> Answer {
    let answer = call(emulator, form).await;
    assert_eq!(answer.status, 200, "{form}: {}", answer.text());
    answer
}

async fn refused(emulator: &Emulator, form: &str, status: u16, code: &str) {
    let answer = call(emulator, form).await;
    let (said, text) = (answer.element("Code"), answer.text());
    assert_eq!((answer.status, &*said), (status, code), "{form}: {text}");
}

#[tokio::test]
async fn a_role_goes_when_nothing_hangs_on_it() {
    let emulator = memory(0);
    let create = format!(
        "CreateRole&RoleName=orders&Path=%2Fapp%2F&AssumeRolePolicyDocument={TRUST}\
         &Tags.member.1.Key=team&Tags.member.1.Value=a%26b"
    );
    let made = good(&emulator, &create).await;
    assert_eq!(
        made.element("Arn"),
        "arn:aws:iam::123456789012:role/app/orders"
    );
    assert!(made.text().contains("<CreateRoleResult><Role>"));
    assert_eq!(made.element("AssumeRolePolicyDocument"), TRUST);
    assert_eq!(made.element("Value"), "a&amp;b");
    refused(&emulator, &create, 409, "EntityAlreadyExists").await;
    let inline = format!("PutRolePolicy&RoleName=orders&PolicyName=read&PolicyDocument={TRUST}");
    good(&emulator, &inline).await;
    let delete = "DeleteRole&RoleName=orders";
    refused(&emulator, delete, 409, "DeleteConflict").await;
    good(
        &emulator,
        "DeleteRolePolicy&RoleName=orders&PolicyName=read",
    )
    .await;
    let arn = "arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess";
    let attach = |operation: &str| format!("{operation}&RoleName=orders&PolicyArn={arn}");
    good(&emulator, &attach("AttachRolePolicy")).await;
    refused(&emulator, delete, 409, "DeleteConflict").await;
    good(&emulator, &attach("DetachRolePolicy")).await;
    let untag = "UntagRole&RoleName=orders&TagKeys.member.1=team";
    good(&emulator, untag).await;
    let left = good(&emulator, "GetRole&RoleName=orders").await;
    assert!(left.text().contains("<Tags></Tags>"), "{}", left.text());
    good(&emulator, delete).await;
    refused(&emulator, delete, 404, "NoSuchEntity").await;
}

#[tokio::test]
async fn a_policy_has_five_versions_and_one_that_counts() {
    let emulator = memory(0);
    let create = format!("CreatePolicy&PolicyName=orders&PolicyDocument={TRUST}");
    good(&emulator, &create).await;
    let arn = "arn%3Aaws%3Aiam%3A%3A123456789012%3Apolicy%2Forders";
    let version =
        format!("CreatePolicyVersion&PolicyArn={arn}&PolicyDocument={TRUST}&SetAsDefault=true");
    for n in 2..=5 {
        let made = good(&emulator, &version).await;
        assert_eq!(made.element("VersionId"), format!("v{n}"));
    }
    refused(&emulator, &version, 409, "LimitExceeded").await;
    let delete = |id: &str| format!("DeletePolicyVersion&PolicyArn={arn}&VersionId={id}");
    refused(&emulator, &delete("v5"), 409, "DeleteConflict").await;
    good(&emulator, &delete("v1")).await;
    refused(&emulator, &delete("v1"), 404, "NoSuchEntity").await;
    let listed = good(&emulator, &format!("ListPolicyVersions&PolicyArn={arn}")).await;
    assert_eq!(listed.text().matches("<member>").count(), 4);
    assert_eq!(listed.element("IsTruncated"), "false");
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_code() {
    let emulator = memory(0);
    for (form, status, code) in [
        ("CreateRole", 400, "ValidationError"),
        ("CreateRole&RoleName=a%20b", 400, "ValidationError"),
        (
            "CreateRole&RoleName=orders&AssumeRolePolicyDocument=x",
            400,
            "MalformedPolicyDocument",
        ),
        ("GetRole&RoleName=none", 404, "NoSuchEntity"),
        ("MakeCoffee", 400, "InvalidAction"),
    ] {
        refused(&emulator, form, status, code).await;
    }
}
