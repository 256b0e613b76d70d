//! Large states take time in proportion to their size, and not much of it.

use std::time::{Duration, Instant};

use trueup_state::State;

fn large(instances: usize) -> String {
    let mut text = String::from(
        "{\"version\":4,\"serial\":1,\"lineage\":\"l\",\"outputs\":{},\"resources\":[{\"mode\":\"managed\",\"type\":\"aws_dynamodb_table_item\",\"name\":\"rows\",\"provider\":\"provider[\\\"registry.terraform.io/hashicorp/aws\\\"]\",\"instances\":[",
    );
    for n in 0..instances {
        if n > 0 {
            text.push(',');
        }
        text.push_str(&format!(
            "{{\"index_key\":\"row-{n:06}\",\"schema_version\":1,\"attributes\":{{\"hash_key\":\"id\",\"id\":\"orders|id|row-{n}||\",\"item\":\"{{\\\"id\\\":{{\\\"S\\\":\\\"row-{n}\\\"}},\\\"status\\\":{{\\\"S\\\":\\\"open\\\"}},\\\"amount\\\":{{\\\"N\\\":\\\"{n}\\\"}}}}\",\"range_key\":null,\"table_name\":\"orders\"}},\"sensitive_attributes\":[],\"private\":\"eyJzY2hlbWFfdmVyc2lvbiI6IjEifQ==\",\"dependencies\":[\"aws_dynamodb_table.orders\",\"data.aws_region.here\"]}}"
        ));
    }
    text.push_str("]}],\"check_results\":null}");
    text
}

/// The fastest of a few: other tests run beside this one.
fn best(mut work: impl FnMut()) -> Duration {
    (0..5)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

#[test]
fn ten_thousand_instances_are_read_and_written_at_once() {
    let text = large(10_000);
    let indented = State::read(text.as_bytes()).expect("readable").write();
    let state = State::read(&indented).expect("readable");
    let read = best(|| assert!(State::read(&indented).is_ok()));
    let write = best(|| assert_eq!(state.write().len(), indented.len()));
    let same = best(|| assert!(state.same_content(&state.clone())));
    let report = format!("read {read:?}, write {write:?}, compare {same:?}");
    if cfg!(debug_assertions) {
        return;
    }
    assert!(read < Duration::from_millis(400), "{report}");
    assert!(write < Duration::from_millis(400), "{report}");
    assert!(same < Duration::from_millis(400), "{report}");
}
