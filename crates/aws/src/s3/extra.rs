//! What goes with a call of the SDK beside its members, and what comes back beside its answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::Headers;

/// Headers and a query for a call, put in before it is signed; keeps the headers that came back.
#[derive(Debug)]
pub(super) struct Extra {
    query: Option<&'static str>,
    headers: Headers,
    heard: Heard,
}

/// The headers that came back with the last answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Headers>>);

impl Heard {
    /// The headers, by their names in lower case.
    pub(super) fn taken(&self) -> Headers {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Extra {
    /// These headers.
    pub(super) fn new(headers: Headers) -> Self {
        Self {
            query: None,
            headers,
            heard: Heard::default(),
        }
    }

    /// The same with another query, and with a body that is XML where it has one.
    pub(super) fn named(mut self, query: &'static str) -> Self {
        self.query = Some(query);
        self
    }

    /// Where the headers that come back are kept.
    pub(super) fn heard(&self) -> Heard {
        self.heard.clone()
    }
}

impl Intercept for Extra {
    fn name(&self) -> &'static str {
        "Extra"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        if let Some(query) = self.query {
            let path = request.uri().split('?').next().unwrap_or_default();
            let uri = format!("{path}?{query}");
            request.set_uri(uri)?;
            let headers = request.headers_mut();
            if headers.get("content-type").is_some() {
                headers.try_insert("content-type", "application/xml")?;
            }
        }
        for (name, value) in &self.headers {
            request
                .headers_mut()
                .try_insert(name.clone(), value.clone())?;
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.response().headers().iter();
        let headers: BTreeMap<String, String> = headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        *self.heard.0.lock().unwrap_or_else(PoisonError::into_inner) = headers;
        Ok(())
    }
}
