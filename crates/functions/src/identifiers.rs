//! UUIDs.

use sha1::{Digest, Sha1};
use trueup_value::{Type, Value};
use uuid::{Builder, Uuid};

use crate::function::{Call, Function, FunctionError, Parameter, Shape, argument_error};

/// `uuid`
pub static UUID: Function = Function::new(
    "uuid",
    "A new random UUID; known when it is applied.",
    &[],
    Shape::String,
    |call| {
        Ok(match call.cx.source {
            Some(source) => Value::string(
                Builder::from_random_bytes(source.chance())
                    .into_uuid()
                    .to_string(),
            ),
            None => Value::unknown(Type::String),
        })
    },
)
.impure();

/// `uuidv5`
pub static UUIDV5: Function = Function::new(
    "uuidv5",
    "The UUID that belongs to a name in a namespace.",
    &[
        Parameter::string("namespace", "dns, url, oid, x500 or a UUID."),
        Parameter::string("name", "The name."),
    ],
    Shape::String,
    uuidv5,
);

fn uuidv5(call: &Call<'_>) -> Result<Value, FunctionError> {
    let given = call.text(0);
    let namespace = match given {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other).map_err(|_| {
            argument_error(
                0,
                format!("uuidv5() doesn't support namespace {other} (invalid UUID)"),
            )
        })?,
    };
    let digest = Sha1::new()
        .chain_update(namespace.as_bytes())
        .chain_update(call.text(1).as_bytes())
        .finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    let uuid = Builder::from_sha1_bytes(bytes).into_uuid();
    Ok(Value::string(uuid.to_string()))
}
