//! What an earlier run left open is judged by what is there.

use serde_json::json;
use trueup_provider::{Adoption, Intent, Object, Step, StepKind};

use crate::bed::{Bed, to_json};
use crate::items::{KIND, item, numbered, orders, with_table};

const TABLE: &str = "aws_dynamodb_table";

/// The intent that a journal keeps of a step.
pub fn intent(bed: &Bed, kind: &str, step: &Step, in_state: Option<&Object>) -> Intent {
    let ty = bed.kind(kind);
    let of = |value| ty.digest(value);
    let planned = step.planned.as_ref();
    let named = planned.and_then(|planned| ty.with_name(planned, &step.token));
    let planned = named.as_ref().or(planned);
    let prior = step.prior.as_ref().map(|prior| &prior.value);
    let subject = planned.or(prior).expect("a planned or prior value");
    Intent {
        address: step.address.clone(),
        kind: step.kind,
        identity: ty.identity(subject),
        at_ms: 1_000,
        planned_digest: planned.map(of),
        prior_digest: prior.map(of),
        in_state: in_state.cloned(),
        made: None,
    }
}

pub async fn judge(bed: &Bed, kind: &str, intents: Vec<Intent>) -> Vec<Adoption> {
    bed.kind(kind).recover(&bed.cx, intents).await
}

#[tokio::test]
async fn items_are_adopted_forgotten_or_gone() {
    let bed = with_table(orders()).await;
    let made = bed.step(KIND, None, Some(&numbered(1)));
    let never = bed.step(KIND, None, Some(&numbered(2)));
    let foreign = bed.step(KIND, None, Some(&numbered(3)));
    bed.apply(KIND, None, &numbered(1)).await;
    let other = json!({"pk": {"S": "item-00003"}, "n": {"N": "8"}});
    bed.apply(KIND, None, &item(other)).await;
    let kept = bed.apply(KIND, None, &numbered(4)).await;
    let deleted = bed.apply(KIND, None, &numbered(5)).await;
    bed.delete(KIND, &deleted).await;
    let changed = item(json!({"pk": {"S": "item-00004"}, "n": {"N": "44"}}));
    let intents = vec![
        intent(&bed, KIND, &made, None),
        intent(&bed, KIND, &never, None),
        intent(&bed, KIND, &foreign, None),
        intent(&bed, KIND, &bed.step(KIND, Some(&kept), None), Some(&kept)),
        intent(
            &bed,
            KIND,
            &bed.step(KIND, Some(&deleted), None),
            Some(&deleted),
        ),
        intent(
            &bed,
            KIND,
            &bed.step(KIND, Some(&kept), Some(&changed)),
            Some(&kept),
        ),
    ];
    let judged = judge(&bed, KIND, intents).await;
    let Adoption::Adopt(object) = &judged[0] else {
        panic!("{judged:?}");
    };
    assert_eq!(
        to_json(&object.value)["id"],
        json!("orders|pk||item-00001|")
    );
    assert!(
        bed.plan(KIND, Some(object), &numbered(1))
            .value
            .raw_equals(&object.value)
    );
    assert!(matches!(judged[1], Adoption::Forget), "{judged:?}");
    assert!(matches!(judged[2], Adoption::Drifted), "{judged:?}");
    assert!(matches!(judged[3], Adoption::Forget), "{judged:?}");
    assert!(matches!(judged[4], Adoption::Gone), "{judged:?}");
    assert!(matches!(judged[5], Adoption::Forget), "{judged:?}");
    let update = bed.step(KIND, Some(&kept), Some(&changed));
    let open = intent(&bed, KIND, &update, Some(&kept));
    bed.apply(KIND, Some(&kept), &changed).await;
    let judged = judge(&bed, KIND, vec![open]).await;
    assert!(matches!(judged[0], Adoption::Adopt(_)), "{judged:?}");
}

#[tokio::test]
async fn a_table_is_adopted_only_if_it_is_ours() {
    let bed = crate::bed::bed().await;
    let step = bed.step(TABLE, None, Some(&orders()));
    let open = |at_ms| Intent {
        at_ms,
        ..intent(&bed, TABLE, &step, None)
    };
    let judged = judge(&bed, TABLE, vec![open(1_000)]).await;
    assert!(matches!(judged[0], Adoption::Forget), "{judged:?}");
    bed.apply(TABLE, None, &orders()).await;
    let judged = judge(&bed, TABLE, vec![open(1_000), open(i64::MAX / 2)]).await;
    let Adoption::Adopt(object) = &judged[0] else {
        panic!("{judged:?}");
    };
    assert!(
        bed.plan(TABLE, Some(object), &orders())
            .value
            .raw_equals(&object.value)
    );
    let Adoption::Unclear(problem) = &judged[1] else {
        panic!("{judged:?}");
    };
    assert!(problem.detail.contains("\"orders\""), "{problem:?}");
    let mut keys = orders();
    keys["hash_key"] = json!("id");
    keys["attribute"][0]["name"] = json!("id");
    let other = bed.step(TABLE, None, Some(&keys));
    let judged = judge(&bed, TABLE, vec![intent(&bed, TABLE, &other, None)]).await;
    assert!(matches!(judged[0], Adoption::Unclear(_)), "{judged:?}");
    let gone = Intent {
        kind: StepKind::Delete,
        ..open(1_000)
    };
    let judged = judge(&bed, TABLE, vec![gone.clone()]).await;
    assert!(matches!(judged[0], Adoption::Forget), "{judged:?}");
    bed.dynamodb.delete_table("orders").await.expect("deleted");
    let judged = judge(&bed, TABLE, vec![gone]).await;
    assert!(matches!(judged[0], Adoption::Gone), "{judged:?}");
}
