//! Size and depth: nothing is quadratic, nothing overflows a 2 MiB stack.

use std::time::{Duration, Instant};

use trueup_value::{Type, Value, convert, json, ops, unify};

/// Generous for a loaded machine; a quadratic pass over these sizes takes minutes.
const LIMIT: Duration = Duration::from_secs(10);

fn wide(count: usize) -> Value {
    Value::object_from((0..count).map(|n| (format!("attribute_{n}"), Value::from(n))))
}

#[test]
fn wide_objects_are_quick() {
    let start = Instant::now();
    let value = wide(100_000);
    let other = wide(100_000);
    assert!(value.raw_equals(&other));
    assert_eq!(ops::equals(&value, &other).as_bool(), Some(true));
    let map = convert(&value, &Type::map(Type::String)).expect("fits");
    assert_eq!(map.length(), Some(100_000));
    let text = json::encode(&map).expect("known");
    let back = json::decode(&text).expect("own text");
    assert_eq!(convert(&back, &Type::map(Type::String)).expect("fits"), map);
    for _ in 0..100_000 {
        let copy = value.clone();
        assert!(copy.is_same(&value));
    }
    let list: Vec<Value> = (0..10_000_usize)
        .map(|n| {
            Value::object_from([
                ("id", Value::from(n)),
                ("name", Value::string(format!("n{n}"))),
            ])
        })
        .collect();
    let tuple = Value::tuple(list);
    let unified = convert(&tuple, &Type::list(Type::Dynamic)).expect("fits");
    assert_eq!(unified.length(), Some(10_000));
    let set = convert(&tuple, &Type::set(Type::Dynamic)).expect("fits");
    assert_eq!(set.length(), Some(10_000));
    let types: Vec<Type> = (0..10_000_usize)
        .map(|n| {
            if n % 2 == 0 {
                Type::Number
            } else {
                Type::String
            }
        })
        .collect();
    assert_eq!(unify(&types), Some(Type::String));
    assert!(start.elapsed() < LIMIT, "took {:?}", start.elapsed());
}

#[test]
fn deep_values_do_not_overflow_the_stack() {
    let run = || {
        let mut value = Value::string("core");
        for _ in 0..100_000 {
            value = Value::tuple(vec![value]);
        }
        let other = value.clone();
        assert!(value.raw_equals(&other));
        let _ = ops::equals(&value, &other);
        let _ = value.ty();
        let _ = value.unmark_deep();
        assert!(json::encode(&value).is_err() || value.depth() <= trueup_value::MAX_DEPTH);
        let mut deepest = Value::string("core");
        for _ in 0..480 {
            deepest = Value::object_from([("a", deepest)]);
        }
        assert!(convert(&deepest, &Type::map(Type::Dynamic)).is_err());
        assert!(json::encode(&deepest).is_err());
        assert_eq!(
            ops::equals(&deepest, &deepest.rebuilt(&mut Value::clone)).as_bool(),
            Some(true)
        );
        let notation = format!(
            "{}\"string\"{}",
            "[\"list\",".repeat(10_000),
            "]".repeat(10_000)
        );
        assert!(Type::from_json(&notation).is_err());
        let deep = format!("{}\"x\"{}", "[".repeat(249), "]".repeat(249));
        let deep = json::decode(&deep).expect("within the limit");
        let set = Value::set(deep.ty(), vec![deep.clone(), deep.clone()]);
        assert_eq!(set.length(), Some(1));
        let _ = convert(&deep, &Type::list(Type::Dynamic));
    };
    std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no overflow");
}
