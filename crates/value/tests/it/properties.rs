//! Properties that hold for all values: codecs come back, orders are total, printing reads back.

use proptest::prelude::*;
use trueup_value::{Marks, Number, Type, Value, convert, json, ops};

fn any_number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        (proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO)
            .prop_map(Number::from),
        ("-?[0-9]{1,60}(\\.[0-9]{1,60})?(e-?[0-9]{1,3})?")
            .prop_map(|text| Number::parse(&text).expect("decimal text")),
        (any::<i64>(), 1..i64::MAX).prop_map(|(a, b)| {
            Number::parse(&a.to_string())
                .and_then(|a| a.divide(&Number::from(b)))
                .expect("no zero")
        }),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::dynamic_null()),
        any::<bool>().prop_map(Value::bool),
        any_number().prop_map(Value::number),
        ".{0,12}".prop_map(Value::string),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::tuple),
            prop::collection::btree_map("\\PC{0,6}", inner, 0..6)
                .prop_map(Value::object_from::<String>),
        ]
    })
}

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::Dynamic),
        Just(Type::Bool),
        Just(Type::Number),
        Just(Type::String),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Type::tuple),
            prop::collection::btree_map("[a-c]", (inner, any::<bool>()), 0..4).prop_map(|attrs| {
                let optional: Vec<String> = attrs
                    .iter()
                    .filter(|(_, (_, optional))| *optional)
                    .map(|(name, _)| name.clone())
                    .collect();
                Type::object_with_optional(
                    attrs.into_iter().map(|(name, (ty, _))| (name, ty)),
                    optional,
                )
            }),
        ]
    })
}

proptest! {
    #[test]
    fn printed_numbers_read_back(number in any_number()) {
        let full = number.with_precision(512);
        prop_assert_eq!(&Number::parse(&full.to_string()).expect("own text"), &full);
        if number.precision() == 53 {
            let text = number.to_string();
            prop_assert_eq!(text.parse::<f64>().expect("decimal"), number.to_f64());
        }
    }

    #[test]
    fn floats_print_as_short_as_the_standard_library_does(value in proptest::num::f64::NORMAL) {
        // Subnormal floats have fewer bits than the 53 this number remembers.
        let text = Number::from(value).to_string();
        prop_assert_eq!(text.parse::<f64>().expect("decimal"), value);
        prop_assert_eq!(text.len(), value.to_string().len());
    }

    #[test]
    fn small_integers_agree_with_machine_arithmetic(a in any::<i32>(), b in any::<i32>()) {
        let (x, y) = (Number::from(a), Number::from(b));
        let (a, b) = (i64::from(a), i64::from(b));
        prop_assert_eq!(x.add(&y).expect("sum"), Number::from(a + b));
        prop_assert_eq!(x.subtract(&y).expect("difference"), Number::from(a - b));
        prop_assert_eq!(x.multiply(&y).expect("product"), Number::from(a * b));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        if b != 0 {
            prop_assert_eq!(x.remainder(&y).expect("rest"), Number::from(a % b));
        }
    }

    #[test]
    fn order_of_numbers_is_total(a in any_number(), b in any_number(), c in any_number()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, a.cmp(&b).is_eq());
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        let difference = a.subtract(&b).expect("finite");
        prop_assert_eq!(difference.signum() > 0, a > b);
    }

    #[test]
    fn types_in_notation_come_back(ty in any_type()) {
        prop_assert_eq!(Type::from_json(&ty.to_json()).expect("own text"), ty);
    }

    #[test]
    fn values_in_json_come_back(value in any_value()) {
        let text = json::encode(&value).expect("known");
        let value = json::decode(&text).expect("own text");
        prop_assert_eq!(json::encode(&value).expect("known"), text);
        let wrapped = json::marshal(&value, &Type::Dynamic).expect("known");
        let back = json::unmarshal(&wrapped, &Type::Dynamic).expect("own text");
        prop_assert_eq!(&back, &value);
        let typed = json::marshal(&value, &value.ty()).expect("known");
        prop_assert_eq!(json::unmarshal(&typed, &value.ty()).expect("own text"), value);
    }

    #[test]
    fn reading_any_text_ends(text in "[\\[\\]{}\",:0-9eE.+a-z\\\\ -]{0,40}") {
        if let Ok(value) = json::decode(&text) {
            prop_assert!(json::encode(&value).is_ok());
        }
        let _ = Number::parse(&text);
        let _ = Type::from_json(&text);
    }

    #[test]
    fn conversion_gives_the_type_and_is_stable(value in any_value(), ty in any_type()) {
        if let Ok(converted) = convert(&value, &ty) {
            if !ty.has_dynamic() {
                prop_assert_eq!(converted.ty(), ty.without_optional());
            }
            prop_assert_eq!(convert(&converted, &ty).expect("again"), converted.clone());
            prop_assert!(trueup_value::conversion_exists(&value.ty(), &ty));
            let _ = json::marshal(&converted, &ty);
        }
        let unknown = Value::unknown(value.ty());
        if let Ok(converted) = convert(&unknown, &ty) {
            prop_assert!(!converted.is_wholly_known() || converted.length() == Some(0));
        }
    }

    #[test]
    fn equality_is_an_equivalence(a in any_value(), b in any_value()) {
        prop_assert_eq!(ops::equals(&a, &a).as_bool(), Some(true));
        prop_assert_eq!(ops::equals(&a, &b), ops::equals(&b, &a));
        if a == b {
            prop_assert_eq!(ops::equals(&a, &b).as_bool(), Some(true));
        }
    }

    #[test]
    fn sets_do_not_depend_on_the_order_given(values in prop::collection::vec(any_number(), 0..8)) {
        let elements: Vec<Value> = values.iter().cloned().map(Value::number).collect();
        let mut turned = elements.clone();
        turned.reverse();
        prop_assert_eq!(Value::set(Type::Number, elements), Value::set(Type::Number, turned));
    }

    #[test]
    fn marks_come_off_and_go_back(value in any_value(), position in 0..6_usize) {
        let marked = Value::tuple(vec![value.clone(); 6]);
        let path = trueup_value::Path::new().position(position);
        let marked = marked.mark_paths(&[(path, Marks::SENSITIVE)]);
        let (plain, marks) = marked.unmark_deep();
        prop_assert!(!plain.contains_marked());
        prop_assert_eq!(plain.mark_paths(&marks), marked);
    }
}
