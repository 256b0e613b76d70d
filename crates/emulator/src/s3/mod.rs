//! S3: requests made plain, bucket settings kept as they were put, the rest through the S3 trait.

mod access;
mod attributes;
mod buckets;
mod checksums;
mod completion;
mod defaults;
mod deleting;
mod delivered;
mod guards;
mod kept;
mod listing;
mod multipart;
mod reading;
mod service;
mod settings;
mod store;
mod writing;

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::BodyExt as _;
use s3s::service::{S3Service, S3ServiceBuilder};

use crate::escapes::xml_escaped;
pub(crate) use delivered::{Delivery, Undelivered, md5_base64};
pub(crate) use store::S3Store;

/// Who asks, and where: handed to the S3 trait through the request's extensions.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// Region that the request was signed for.
    pub(crate) region: String,
    /// Twelve-digit account.
    pub(crate) account: String,
}

/// S3 of one account.
pub(crate) struct S3Front {
    account: String,
    store: Arc<S3Store>,
    service: S3Service,
}

impl S3Front {
    /// S3 over a store.
    pub(crate) fn new(store: Arc<S3Store>, account: &str) -> S3Front {
        let service = S3ServiceBuilder::new(service::S3Face::new(Arc::clone(&store))).build();
        S3Front {
            account: account.to_owned(),
            store,
            service,
        }
    }

    /// The store.
    pub(crate) fn store(&self) -> &S3Store {
        &self.store
    }

    /// Answers one path-style request. The store's work is done on the calling thread.
    pub(crate) async fn answer(
        &self,
        region: &str,
        mut parts: Parts,
        body: Bytes,
    ) -> Response<Bytes> {
        let scope = Scope {
            region: region.to_owned(),
            account: self.account.clone(),
        };
        let body = match plain(&mut parts, body) {
            Ok(body) => body,
            Err(message) => {
                return with_id(error(StatusCode::BAD_REQUEST, "IncompleteBody", message));
            }
        };
        if let Some(answer) = settings::answer(&self.store, &scope, &parts, &body) {
            return with_id(answer);
        }
        let is_head = parts.method == http::Method::HEAD;
        parts.extensions.insert(scope);
        let request = Request::from_parts(parts, s3s::Body::from(body));
        let answer = match self.service.call(request).await {
            Ok(answer) => answer,
            Err(problem) => {
                let problem: Box<dyn std::error::Error + Send + Sync> = problem.into();
                tracing::error!(%problem, "the embedded S3 failed");
                return with_id(error(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "InternalError",
                    "We encountered an internal error. Please try again.",
                ));
            }
        };
        let (parts, body) = answer.into_parts();
        let body = match body.collect().await {
            Ok(body) if !is_head => body.to_bytes(),
            Ok(_) => Bytes::new(),
            Err(problem) => {
                tracing::error!(%problem, "an answer of the embedded S3 could not be read");
                Bytes::new()
            }
        };
        with_id(Response::from_parts(parts, body))
    }
}

/// Takes signatures and transfer encodings off a request: who calls is known
/// by now, and every access key that gets this far is accepted.
fn plain(parts: &mut Parts, body: Bytes) -> Result<Bytes, &'static str> {
    let headers = &mut parts.headers;
    headers.remove(http::header::AUTHORIZATION);
    headers.remove("x-amz-security-token");
    headers.remove("x-amz-date");
    headers.remove(http::header::EXPECT);
    let streaming = headers
        .remove("x-amz-content-sha256")
        .is_some_and(|value| value.as_bytes().starts_with(b"STREAMING-"));
    let body = if streaming || is_aws_chunked(headers) {
        let decoded =
            crate::chunked::decode(&body).ok_or("The request body terminated unexpectedly")?;
        strip_aws_chunked(headers);
        headers.remove("x-amz-decoded-content-length");
        headers.remove("x-amz-trailer");
        for (name, value) in decoded.trailers {
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(&value),
            ) && name.as_str().starts_with("x-amz-checksum-")
            {
                headers.insert(name, value);
            }
        }
        decoded.body
    } else {
        body
    };
    headers.remove(http::header::TRANSFER_ENCODING);
    headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    strip_presigned(parts);
    Ok(body)
}

fn is_aws_chunked(headers: &HeaderMap) -> bool {
    headers
        .get_all(http::header::CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(',').any(|part| part.trim() == "aws-chunked"))
}

fn strip_aws_chunked(headers: &mut HeaderMap) {
    let kept: Vec<String> = headers
        .get_all(http::header::CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty() && part != "aws-chunked")
        .collect();
    headers.remove(http::header::CONTENT_ENCODING);
    if let Ok(value) = HeaderValue::from_str(&kept.join(","))
        && !kept.is_empty()
    {
        headers.insert(http::header::CONTENT_ENCODING, value);
    }
}

/// Takes the parameters of a presigned address out of it.
fn strip_presigned(parts: &mut Parts) {
    let Some(query) = parts.uri.query() else {
        return;
    };
    if !query.contains("X-Amz-") && !query.contains("AWSAccessKeyId=") {
        return;
    }
    let kept: Vec<&str> = query
        .split('&')
        .filter(|part| {
            ![
                "AWSAccessKeyId",
                "Expires",
                "Signature",
                "X-Amz-Algorithm",
                "X-Amz-Credential",
                "X-Amz-Date",
                "X-Amz-Expires",
                "X-Amz-SignedHeaders",
                "X-Amz-Signature",
                "X-Amz-Security-Token",
            ]
            .iter()
            .any(|name| part.split('=').next() == Some(name))
        })
        .collect();
    let path = parts.uri.path().to_owned();
    let text = if kept.is_empty() {
        path
    } else {
        format!("{path}?{}", kept.join("&"))
    };
    if let Ok(uri) = text.parse() {
        parts.uri = uri;
    }
}

/// Turns a virtual-hosted request (`bucket.s3.us-east-1.amazonaws.com`,
/// `bucket.localhost`) into a path-style one, and an absolute address into its path.
pub(crate) fn to_path_style(parts: &mut Parts) {
    let host = parts
        .headers
        .get(http::header::HOST)
        .and_then(|v| v.to_str().ok())
        .or_else(|| parts.uri.host())
        .unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let bucket = bucket_of_host(host).map(str::to_owned);
    let is_absolute = parts.uri.authority().is_some();
    if bucket.is_none() && !is_absolute {
        return;
    }
    let path = parts
        .uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let path = match bucket {
        Some(bucket) => format!("/{bucket}{path}"),
        None => path.to_owned(),
    };
    if let Ok(uri) = path.parse::<Uri>() {
        parts.uri = uri;
    }
}

fn bucket_of_host(host: &str) -> Option<&str> {
    let bucket = if host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") {
        let at = host.find(".s3.").or_else(|| host.find(".s3-"))?;
        host.get(..at)?
    } else {
        let bucket = host.strip_suffix(".localhost")?;
        bucket.strip_suffix(".s3").unwrap_or(bucket)
    };
    (bucket != "s3" && s3s::path::check_bucket_name(bucket)).then_some(bucket)
}

/// An error of S3.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{}</Message></Error>",
        xml_escaped(message)
    );
    xml(status, body)
}

/// An XML answer.
pub(crate) fn xml(status: StatusCode, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/xml"),
    );
    answer
}

/// Adds the ids that S3 gives to every answer.
fn with_id(mut answer: Response<Bytes>) -> Response<Bytes> {
    let id = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
    let short = id.get(..16).unwrap_or(&id);
    if let Ok(value) = HeaderValue::from_str(short) {
        answer.headers_mut().insert("x-amz-request-id", value);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert("x-amz-id-2", value);
    }
    answer
}
