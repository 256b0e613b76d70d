//! Who calls, and where: access key id, region and service by the signature, which is read but not verified.

use http::request::Parts;

use crate::escapes::fields;

/// What the credential scope of a request says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Access key id; `None` for an unsigned request.
    pub(crate) access_key: Option<String>,
    /// Region of the credential scope.
    pub(crate) region: Option<String>,
    /// Service of the credential scope, for example `s3`.
    pub(crate) service: Option<String>,
}

impl Caller {
    /// Reads `Authorization: AWS4-HMAC-SHA256 Credential=…`, or the
    /// `X-Amz-Credential` of a presigned address.
    pub(crate) fn of(parts: &Parts) -> Caller {
        let header = parts
            .headers
            .get(http::header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok());
        if let Some(text) = header {
            if let Some(at) = text.find("Credential=") {
                let scope = text.get(at + "Credential=".len()..).unwrap_or_default();
                let end = scope.find([',', ' ']).unwrap_or(scope.len());
                return Caller::of_scope(scope.get(..end).unwrap_or_default());
            }
            // The older signature: `AWS key:signature`.
            if let Some(rest) = text.strip_prefix("AWS ") {
                return Caller {
                    access_key: rest.split(':').next().map(str::to_owned),
                    ..Caller::default()
                };
            }
        }
        let query = parts.uri.query().unwrap_or_default();
        let said = |name: &str| fields(query).find(|(said, _)| *said == name);
        match said("X-Amz-Credential") {
            Some((_, scope)) => Caller::of_scope(&scope.replace("%2F", "/").replace("%2f", "/")),
            // An address presigned with the older signature.
            None => Caller {
                access_key: said("AWSAccessKeyId").map(|(_, key)| key.to_owned()),
                ..Caller::default()
            },
        }
    }

    fn of_scope(scope: &str) -> Caller {
        // An access key may not hold a slash; date, region, service follow.
        let mut fields = scope.split('/');
        let access_key = fields.next().filter(|k| !k.is_empty()).map(str::to_owned);
        let _date = fields.next();
        let region = fields.next().filter(|r| is_region(r)).map(str::to_owned);
        let service = fields.next().map(str::to_owned);
        Caller {
            access_key,
            region,
            service,
        }
    }
}

/// Whether a text may be a region. It becomes a file name, so nothing else may pass.
pub(crate) fn is_region(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The partition a region belongs to, as it stands in ARNs.
pub(crate) fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// Where a request is made: an account in a region.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Where<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
}

impl Where<'_> {
    /// What the ARNs of a service begin with: `arn:aws:<service>:<region>:<account>:`.
    pub(crate) fn prefix(&self, service: &str) -> String {
        let Where { account, region } = self;
        format!("arn:{}:{service}:{region}:{account}:", partition(region))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn caller(query: &str, authorization: &str) -> Option<Caller> {
        let request = http::Request::get(format!("/?{query}"))
            .header(http::header::AUTHORIZATION, authorization)
            .body(())
            .ok()?;
        Some(Caller::of(&request.into_parts().0))
    }

    #[test]
    fn signatures_of_all_kinds_name_their_caller() {
        let (v4, presigned) = (
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/s3/aws4_request, Signature=0",
            "X-Amz-Credential=AKIA%2F20260101%2Feu-west-1%2fs3%2faws4_request&X-Amz-Signature=0",
        );
        for (query, authorization, region) in [
            ("", v4, Some("eu-west-1")),
            (presigned, "", Some("eu-west-1")),
            ("", "AWS AKIA:c2ln", None),
            ("AWSAccessKeyId=AKIA&Signature=0", "", None),
        ] {
            let caller = caller(query, authorization).expect("a request");
            assert_eq!(caller.access_key.as_deref(), Some("AKIA"));
            assert_eq!(caller.region.as_deref(), region);
        }
    }

    proptest! {
        #[test]
        fn a_region_is_never_a_path(
            query in "(X-Amz-Credential=|AWSAccessKeyId=)?[a-z0-9./%&=-]{0,40}",
            scope in "(AWS4-HMAC-SHA256 Credential=|AWS )?[ -~]{0,40}",
        ) {
            if let Some(region) = caller(&query, &scope).and_then(|caller| caller.region) {
                prop_assert!(!region.contains(['.', '/', '\\']));
            }
        }
    }
}
