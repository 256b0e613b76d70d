//! Calls of the services that speak the Query protocol: what is asked in a form, answered in XML.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};

use crate::caller::Where;
use crate::dynamodb::wire::Failure;
use crate::escapes::{self, xml_escaped};
use crate::records::{Open, Records};

/// What one service has of its own in the protocol.
pub(crate) struct Dialect {
    /// The namespace of its answers.
    pub(crate) namespace: &'static str,
    /// Whether its documents are those of EC2, which are older than those of all others.
    pub(crate) of_ec2: bool,
    /// The code of what broke inside.
    pub(crate) broken: &'static str,
    /// The refusal of a call without this parameter, named as the service's model has it: `vpcId`.
    pub(crate) lacks: fn(&str) -> Refusal,
}

/// The parameters of a call, decoded.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// The parameters of a request: those of its address, then those of its body.
    pub(crate) fn of(parts: &Parts, body: &[u8]) -> Form {
        let query = parts.uri.query().unwrap_or_default();
        let body = std::str::from_utf8(body).unwrap_or_default();
        Form(escapes::form(query).chain(escapes::form(body)).collect())
    }

    /// A parameter that is said, if only to be empty.
    pub(crate) fn said(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(said, _)| said == name)
            .map(|(_, value)| value.as_str())
    }
}

/// One call: where it goes and what it stands on.
pub(crate) struct Call<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) records: Open<'a>,
    pub(crate) form: &'a Form,
    lacks: fn(&str) -> Refusal,
}

impl Call<'_> {
    /// A parameter that is said and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.form.said(name).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(crate) fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| {
            let mut member = name.to_owned();
            if let Some(first) = member.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            (self.lacks)(&member)
        })
    }

    /// `Name.1`, `Name.2`, … as long as they go on.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        (1..)
            .map_while(|n| self.text(&format!("{name}.{n}")))
            .collect()
    }

    /// `Name.1.Key`, `Name.1.Value`, …; a value that is not said is empty.
    pub(crate) fn tags(&self, name: &str) -> Vec<(String, String)> {
        (1..)
            .map_while(|n| {
                let key = self.text(&format!("{name}.{n}.Key"))?;
                let value = self.text(&format!("{name}.{n}.Value"));
                Some((key.to_owned(), value.unwrap_or_default().to_owned()))
            })
            .collect()
    }
}

/// An answer that says no.
pub(crate) enum Refusal {
    /// What the service says to a call that it does not take.
    Said {
        /// The answer's status.
        status: StatusCode,
        /// The error's code.
        code: &'static str,
        /// The error's message.
        message: String,
    },
    /// What broke inside.
    Broken(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal::Broken(failure)
    }
}

/// A refusal in the service's words.
pub(crate) fn refused(
    status: StatusCode,
    code: &'static str,
    message: impl Into<String>,
) -> Refusal {
    Refusal::Said {
        status,
        code,
        message: message.into(),
    }
}

/// Answers one call by what `dispatch` makes of it.
pub(crate) fn answer(
    dialect: &Dialect,
    records: &Records,
    at: Where<'_>,
    action: &str,
    form: &Form,
    dispatch: impl FnOnce(&Call<'_>) -> Result<String, Refusal>,
) -> Response<Bytes> {
    let done = records.open().map_err(Refusal::from).and_then(|records| {
        let call = Call {
            account: at.account,
            region: at.region,
            records,
            form,
            lacks: dialect.lacks,
        };
        let done = dispatch(&call);
        // Of a refused call too: what it counted on the way stays.
        call.records.keep()?;
        done
    });
    told(dialect, action, done)
}

/// What was done, or why not, as the service answers it; `done` is XML.
pub(crate) fn told(
    dialect: &Dialect,
    action: &str,
    done: Result<String, Refusal>,
) -> Response<Bytes> {
    let body = match done {
        Ok(body) => body,
        Err(Refusal::Said {
            status,
            code,
            message,
        }) => return error(dialect, status, code, &message),
        Err(Refusal::Broken(failure)) => {
            let message = format!("{failure:?}");
            return error(
                dialect,
                StatusCode::INTERNAL_SERVER_ERROR,
                dialect.broken,
                &message,
            );
        }
    };
    let id = uuid::Uuid::new_v4();
    let namespace = dialect.namespace;
    let document = match dialect.of_ec2 {
        true => format!(
            "{HEAD}<{action}Response xmlns=\"{namespace}\"><requestId>{id}</requestId>{body}</{action}Response>"
        ),
        false => format!(
            "<{action}Response xmlns=\"{namespace}\"><{action}Result>{body}</{action}Result>\
             <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{action}Response>"
        ),
    };
    xml(StatusCode::OK, &id, document)
}

/// What EC2's documents begin with.
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// An error of the service.
pub(crate) fn error(
    dialect: &Dialect,
    status: StatusCode,
    code: &str,
    message: &str,
) -> Response<Bytes> {
    let id = uuid::Uuid::new_v4();
    let message = xml_escaped(message);
    if dialect.of_ec2 {
        return xml(
            status,
            &id,
            format!(
                "{HEAD}<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>{id}</RequestID></Response>"
            ),
        );
    }
    let kind = match status.is_server_error() {
        true => "Receiver",
        false => "Sender",
    };
    xml(
        status,
        &id,
        format!(
            "<ErrorResponse xmlns=\"{}\"><Error><Type>{kind}</Type><Code>{code}</Code>\
             <Message>{message}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>",
            dialect.namespace
        ),
    )
}

/// An XML answer with its request id.
fn xml(status: StatusCode, id: &uuid::Uuid, body: String) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("text/xml"),
    );
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert("x-amzn-requestid", id);
    }
    answer
}

/// An element with this text.
pub(crate) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", xml_escaped(text))
}

/// Tags as the elements of a list, by the names of an element, of a key in it and of a value.
pub(crate) fn tag_elements(
    tags: &BTreeMap<String, String>,
    [item, key, value]: [&str; 3],
) -> String {
    tags.iter()
        .map(|(k, v)| format!("<{item}>{}{}</{item}>", element(key, k), element(value, v)))
        .collect()
}
