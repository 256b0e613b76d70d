//! The functions that the provider brings along, called as `provider::aws::…`: values in, values out, no calls.

use trueup_functions::{Call, Function, FunctionError, Parameter, Shape, call_error};
use trueup_value::{Type, Value};

use crate::arn::Arn;

/// All of them, in the order of their names.
pub(crate) static FUNCTIONS: &[&Function] =
    &[&ARN_BUILD, &ARN_PARSE, &TRIM_IAM_ROLE_PATH, &USER_AGENT];

/// The parts of an ARN, as they are named here.
const PARTS: [&str; 5] = ["account_id", "partition", "region", "resource", "service"];

static ARN_PARSE: Function = Function::computed(
    "arn_parse",
    "The parts of an ARN: partition, service, region, account_id, resource.",
    &[Parameter::string("arn", "The ARN.")],
    |_| Ok(Type::object(PARTS.map(|part| (part, Type::String)))),
    arn_parse,
);

static ARN_BUILD: Function = Function::new(
    "arn_build",
    "The ARN of these parts.",
    &[
        Parameter::string("partition", "Partition, such as aws."),
        Parameter::string("service", "Service, such as dynamodb."),
        Parameter::string(
            "region",
            "Region; empty where the resource belongs to none.",
        ),
        Parameter::string(
            "account_id",
            "Account; empty where the resource belongs to none.",
        ),
        Parameter::string("resource", "The rest, such as table/orders."),
    ],
    Shape::String,
    |call| {
        let parts: Vec<&str> = call.args.iter().filter_map(Value::as_str).collect();
        Ok(Value::string(format!("arn:{}", parts.join(":"))))
    },
);

static TRIM_IAM_ROLE_PATH: Function = Function::new(
    "trim_iam_role_path",
    "The ARN of an IAM role without the role's path.",
    &[Parameter::string("arn", "The ARN of the role.")],
    Shape::String,
    trim_iam_role_path,
);

static USER_AGENT: Function = Function::new(
    "user_agent",
    "A product as it stands in the User-Agent header: name/version (comment).",
    &[
        Parameter::string("product_name", "Name of the product; not empty."),
        Parameter::string("product_version", "Version of the product, or empty."),
        Parameter::string("comment", "A comment, or empty."),
    ],
    Shape::String,
    user_agent,
);

fn text<'v>(call: &'v Call<'_>, at: usize) -> &'v str {
    call.args
        .get(at)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn arn_parse(call: &Call<'_>) -> Result<Value, FunctionError> {
    let arn = Arn::parse(text(call, 0)).map_err(call_error)?;
    let parts = [
        arn.account,
        arn.partition,
        arn.region,
        arn.resource,
        arn.service,
    ];
    Ok(Value::object_from(
        PARTS.into_iter().zip(parts.map(Value::string)),
    ))
}

fn trim_iam_role_path(call: &Call<'_>) -> Result<Value, FunctionError> {
    let arn = Arn::parse(text(call, 0)).map_err(call_error)?;
    if arn.service != "iam" {
        return Err(call_error("service must be \"iam\""));
    }
    if !arn.region.is_empty() {
        return Err(call_error("region must be empty"));
    }
    let Some(path) = arn.resource.strip_prefix("role/") else {
        return Err(call_error("resource must begin with \"role/\""));
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    Ok(Value::string(format!(
        "arn:{}:iam::{}:role/{name}",
        arn.partition, arn.account
    )))
}

fn user_agent(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (name, version, comment) = (text(call, 0), text(call, 1), text(call, 2));
    if name.is_empty() {
        return Err(call_error("product_name must be set"));
    }
    let mut product = name.to_owned();
    if !version.is_empty() {
        product.push('/');
        product.push_str(version);
    }
    if !comment.is_empty() {
        product.push_str(&format!(" ({comment})"));
    }
    Ok(Value::string(product))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use trueup_functions::{Context, NoFiles, call};

    use super::*;

    fn called(name: &str, args: &[&str]) -> Result<Value, String> {
        let function = FUNCTIONS.iter().find(|function| function.name == name);
        let function = function.expect("a function of that name");
        let args: Vec<Value> = args.iter().map(|arg| Value::string(*arg)).collect();
        let context = Context {
            files: &NoFiles,
            base_dir: Path::new("/project"),
            home: None,
            plan_timestamp: None,
            source: None,
        };
        call(function, &args, &context).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn arns_are_taken_apart_and_put_together() {
        let text = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2024:01";
        let parts = called("arn_parse", &[text]).expect("an ARN");
        let parts = parts.as_members().expect("an object").clone();
        let part = |name: &str| parts[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(part("resource"), "table/orders/stream/2024:01");
        let names = ["partition", "service", "region", "account_id", "resource"].map(part);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let again = called("arn_build", &names).expect("an ARN");
        assert_eq!(again.as_str(), Some(text));
        for bad in ["orders", "arn:aws:s3"] {
            assert!(called("arn_parse", &[bad]).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_role_loses_its_path() {
        for (role, want) in [
            (
                "arn:aws:iam::123456789012:role/a/b/worker",
                Some("arn:aws:iam::123456789012:role/worker"),
            ),
            (
                "arn:aws:iam::123456789012:role/worker",
                Some("arn:aws:iam::123456789012:role/worker"),
            ),
            ("arn:aws:s3:::orders", None),
            ("arn:aws:iam:eu-west-1:123456789012:role/worker", None),
            ("arn:aws:iam::123456789012:user/worker", None),
        ] {
            let found = called("trim_iam_role_path", &[role]).ok();
            assert_eq!(found.as_ref().and_then(Value::as_str), want, "{role}");
        }
    }

    #[test]
    fn a_product_has_a_name_and_perhaps_more() {
        for (args, want) in [
            (["tables", "1.0", "test"], Some("tables/1.0 (test)")),
            (["tables", "", "test"], Some("tables (test)")),
            (["tables", "1.0", ""], Some("tables/1.0")),
            (["tables", "", ""], Some("tables")),
            (["", "1.0", ""], None),
        ] {
            let found = called("user_agent", &args).ok();
            assert_eq!(found.as_ref().and_then(Value::as_str), want, "{args:?}");
        }
    }
}
