//! Large states take time in proportion to their size (`cargo xtask bench state` says how much).

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

/// How long it takes to read, write and compare a state of so many instances.
fn times(instances: usize) -> [Duration; 3] {
    let text = large(instances);
    let indented = State::read(text.as_bytes()).expect("readable").write();
    let state = State::read(&indented).expect("readable");
    [
        best(|| assert!(State::read(&indented).is_ok())),
        best(|| assert_eq!(state.write().len(), indented.len())),
        best(|| assert!(state.same_content(&state.clone()))),
    ]
}

#[test]
fn ten_times_as_many_instances_take_about_ten_times_as_long() {
    let (few, many) = (times(1_000), times(10_000));
    for (few, many) in few.into_iter().zip(many) {
        // A pass that is quadratic takes a hundred times as long, whatever the machine.
        assert!(many < few * 40, "{few:?}, then {many:?}");
    }
}
