//! What is sent to services without an SDK here, and what their answers say where they say no.
use bytes::Bytes;
use serde_json::Value;

use crate::xml::Element;

/// What is sent, and how a refusal of it reads.
pub(crate) struct Message {
    pub(crate) content_type: &'static str,
    pub(crate) target: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) refusal: fn(&[u8]) -> Refusal,
}

/// What an answer that says no tells.
#[derive(Default)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) request_id: Option<String>,
}

pub(crate) fn json_refusal(answer: &[u8]) -> Refusal {
    let value = serde_json::from_slice::<Value>(answer).unwrap_or_default();
    let text = |names: [&str; 2]| {
        names
            .iter()
            .find_map(|n| value.get(n))
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let code = text(["__type", "code"]);
    Refusal {
        code: code.rsplit('#').next().unwrap_or_default().to_owned(),
        message: text(["message", "Message"]).to_owned(),
        request_id: None,
    }
}

/// `Response/Errors/Error` of EC2, `ErrorResponse/Error` of the others.
pub(crate) fn xml_refusal(answer: &[u8]) -> Refusal {
    let answer = Element::of_answer(answer);
    let nested = answer.list("Errors").first();
    let Some(error) = nested.or_else(|| answer.get("Error")) else {
        return Refusal::default();
    };
    Refusal {
        code: error.text("Code").unwrap_or_default(),
        message: error.text("Message").unwrap_or_default(),
        request_id: answer
            .text("RequestID")
            .or_else(|| answer.text("RequestId")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_answer_is_a_refusal(
            answer in prop::collection::vec(any::<u8>(), 0..60),
            json in "[{}\\[\\]:,\"_typecodmsag#1]{0,40}",
        ) {
            for answer in [answer.as_slice(), json.as_bytes()] {
                prop_assert!(xml_refusal(answer).code.len() <= answer.len());
                prop_assert!(json_refusal(answer).code.len() <= answer.len());
            }
        }
    }

    #[test]
    fn refusals_are_read_in_all_three_forms() {
        for (read, answer) in [
            (
                json_refusal as fn(&[u8]) -> Refusal,
                r##"{"__type": "a.b#C", "message": "no"}"##,
            ),
            (
                xml_refusal,
                "<Response><Errors><Error><Code>C</Code><Message>no</Message></Error></Errors><RequestID>r</RequestID></Response>",
            ),
            (
                xml_refusal,
                "<ErrorResponse><Error><Type>Sender</Type><Code>C</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>",
            ),
        ] {
            let said = read(answer.as_bytes());
            assert_eq!((said.code.as_str(), said.message.as_str()), ("C", "no"));
        }
        assert_eq!(xml_refusal(b"<html>").code, "");
    }
}
