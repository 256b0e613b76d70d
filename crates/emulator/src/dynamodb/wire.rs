//! The JSON protocol of DynamoDB: requests read, answers and errors written.

use bytes::Bytes;
use dynoxide::DynoxideError;
use http::{HeaderValue, Response, StatusCode};
use s3s::crypto::Checksum as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const MODEL: &str = "com.amazonaws.dynamodb.v20120810#";

/// An answer that is an error: HTTP status and JSON body.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    status: u16,
    body: String,
}

impl Failure {
    /// An error of the service's model, for example `ResourceInUseException`.
    pub(crate) fn model(code: &str, message: impl Into<String>) -> Failure {
        Failure::typed(400, &format!("{MODEL}{code}"), message)
    }

    /// A `ValidationException`.
    pub(crate) fn validation(message: impl Into<String>) -> Failure {
        Failure::typed(
            400,
            "com.amazon.coral.validate#ValidationException",
            message,
        )
    }

    /// The table does not exist, in the words of a control-plane call.
    pub(crate) fn no_table(name: &str) -> Failure {
        Failure::model(
            "ResourceNotFoundException",
            format!("Requested resource not found: Table: {name} not found"),
        )
    }

    /// The table does not exist, in the words of a call on items.
    pub(crate) fn no_resource() -> Failure {
        Failure::model("ResourceNotFoundException", "Requested resource not found")
    }

    /// Something broke in here.
    pub(crate) fn internal(message: impl std::fmt::Display) -> Failure {
        tracing::error!(%message, "the embedded DynamoDB failed");
        Failure::typed(
            500,
            &format!("{MODEL}InternalServerError"),
            // The cause is said: whoever reads it owns the disk it is on.
            format!("Internal server error: {message}"),
        )
    }

    /// A `TransactionCanceledException` with these reasons, one an action.
    pub(crate) fn cancelled(reasons: &[&str]) -> Failure {
        let details: Vec<Value> = reasons
            .iter()
            .map(|code| match *code {
                "None" => json!({"Code": "None"}),
                code => json!({
                    "Code": code,
                    "Message": "Transaction is ongoing for the item",
                }),
            })
            .collect();
        let message = format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            reasons.join(", ")
        );
        Failure {
            status: 400,
            body: json!({
                "__type": format!("{MODEL}TransactionCanceledException"),
                "Message": message,
                "CancellationReasons": details,
            })
            .to_string(),
        }
    }

    /// An error with its full type text.
    pub(crate) fn typed(status: u16, kind: &str, message: impl Into<String>) -> Failure {
        let message: String = message.into();
        Failure {
            status,
            body: json!({"__type": kind, "message": message}).to_string(),
        }
    }

    /// Whether the request is at fault, not the store.
    pub(crate) fn is_refusal(&self) -> bool {
        self.status < 500
    }

    /// The operation is not known to the service.
    pub(crate) fn unknown_operation() -> Failure {
        Failure {
            status: 400,
            body: json!({"__type": "com.amazon.coral.service#UnknownOperationException"})
                .to_string(),
        }
    }

    /// The body is not a JSON object.
    pub(crate) fn not_json() -> Failure {
        Failure {
            status: 400,
            body: json!({"__type": "com.amazon.coral.service#SerializationException"}).to_string(),
        }
    }

    /// The same error with its text changed, for ARNs.
    pub(crate) fn map_text(self, change: impl FnOnce(&str) -> String) -> Failure {
        Failure {
            status: self.status,
            body: change(&self.body),
        }
    }

    /// The answer.
    pub(crate) fn response(self) -> Response<Bytes> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        response(status, self.body.into())
    }
}

impl From<DynoxideError> for Failure {
    fn from(error: DynoxideError) -> Failure {
        let status = error.status_code();
        if status >= 500 {
            return match error {
                // The engine says so where a feature is missing, not broken.
                DynoxideError::UnsupportedCapability(_) => Failure::unknown_operation(),
                other => Failure::internal(other),
            };
        }
        Failure {
            status,
            body: error.to_json(),
        }
    }
}

/// An answer with the headers of the service: request id and checksum.
pub(crate) fn response(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut crc = s3s::crypto::Crc32::new();
    crc.update(&body);
    let sum = u32::from_be_bytes(crc.finalize());
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static(CONTENT_TYPE),
    );
    headers.insert("x-amz-crc32", HeaderValue::from(sum));
    if let Ok(id) = HeaderValue::from_str(&request_id()) {
        headers.insert("x-amzn-requestid", id);
    }
    answer
}

/// A request id as DynamoDB makes them: 52 upper-case letters and digits.
fn request_id() -> String {
    let mut text = format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    );
    text.truncate(52);
    text.make_ascii_uppercase();
    text
}

/// Reads a request into the engine's type, with the engine's error markers
/// turned into the errors that they stand for.
pub(crate) fn read<T: DeserializeOwned>(operation: &str, body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| read_failure(operation, &error.to_string()))
}

/// As [`read`], from a value that was changed on the way.
pub(crate) fn read_value<T: DeserializeOwned>(operation: &str, value: Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|error| read_failure(operation, &error.to_string()))
}

/// Writes an answer of the engine.
pub(crate) fn write<T: Serialize>(answer: &T) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(answer).map_err(Failure::internal)
}

const ENVELOPE: &str = "1 validation error detected: ";

fn read_failure(operation: &str, message: &str) -> Failure {
    let serialization =
        |text: &str| Failure::typed(400, "com.amazon.coral.service#SerializationException", text);
    let bare = without_position(message);
    // The engine marks what it refuses while it reads; the longer marks first.
    if let Some(text) = message.strip_prefix("SERIALIZATION_AS_READ:") {
        return serialization(text);
    }
    if let Some(text) = message.strip_prefix("VALIDATION_AS_READ:") {
        return Failure::validation(text);
    }
    if let Some(text) = bare.strip_prefix("SERIALIZATION:") {
        return serialization(text);
    }
    if let Some(text) = bare.strip_prefix("VALIDATION_REQUEST:") {
        let single_write = matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem");
        return if single_write && !text.starts_with(ENVELOPE) {
            Failure::validation(format!("{ENVELOPE}{text}"))
        } else {
            Failure::validation(text)
        };
    }
    if let Some(text) = bare.strip_prefix("VALIDATION:") {
        return Failure::validation(text);
    }
    if bare.contains("empty AttributeValue") {
        return Failure::validation(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        );
    }
    if bare.contains("Supplied AttributeValue")
        || bare.contains("unknown variant")
        || bare.contains("invalid type: null")
    {
        return Failure::validation(bare);
    }
    if let Some(field) = bare.strip_prefix("missing field `") {
        let field = field.trim_end_matches('`');
        let mut name = field.to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        return Failure::validation(format!(
            "{ENVELOPE}Value null at '{name}' failed to satisfy constraint: Member must not be null"
        ));
    }
    serialization(bare)
}

/// The message without the ` at line 1 column 2` of the JSON reader.
fn without_position(message: &str) -> &str {
    match message.rfind(" at line ") {
        Some(at) => message.get(..at).unwrap_or(message),
        None => message,
    }
}
