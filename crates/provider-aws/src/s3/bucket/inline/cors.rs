//! Inline `cors_rule`: which other sites may read a bucket in a browser.

use trueup_aws::s3::Said;
use trueup_aws::xml::Element;
use trueup_value::{Type, Value};

use super::super::schema::body;
use crate::members::{elements, texts};
use crate::s3::form::{Say, number_in};

const LISTS: [(&str, &str); 4] = [
    ("allowed_headers", "AllowedHeader"),
    ("allowed_methods", "AllowedMethod"),
    ("allowed_origins", "AllowedOrigin"),
    ("expose_headers", "ExposeHeader"),
];

pub(super) fn said(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let mut document = Element::new("CORSConfiguration");
    for rule in elements(wanted, "cors_rule") {
        let mut element = Element::new("CORSRule");
        for (member, name) in LISTS {
            for text in texts(rule, member) {
                element = element.leaf(name, text);
            }
        }
        document = document.with(element.say_number("MaxAgeSeconds", rule, "max_age_seconds"));
    }
    (!document.children.is_empty()).then(|| document.into())
}

pub(super) fn rules(document: Option<&Element>) -> Value {
    let list = |rule: &Element, name: &'static str| {
        let texts = rule.all(name).map(|element| Value::string(&element.text));
        Value::list(Type::String, texts.collect())
    };
    body().blocks(
        "cors_rule",
        document.into_iter().flat_map(|document| {
            document.all("CORSRule").map(|rule| {
                let [headers, methods, origins, exposed] = LISTS;
                [
                    (headers.0, list(rule, headers.1)),
                    (methods.0, list(rule, methods.1)),
                    (origins.0, list(rule, origins.1)),
                    (exposed.0, list(rule, exposed.1)),
                    ("max_age_seconds", number_in(rule, "MaxAgeSeconds")),
                ]
            })
        }),
    )
}
