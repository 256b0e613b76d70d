//! A service that is reached by signed calls: operations, changes, lists in pages, in the protocol of its dialect.

use bytes::Bytes;

use crate::message::Message;
use crate::signed::{Repeat, Signed};
use crate::{Answer, Error};

/// A protocol, and what one service adds to it.
pub(crate) trait Dialect: Send + Sync + 'static {
    /// What a call says.
    type Said: Clone + Send + Sync;
    /// What an answer tells, and each element of a list in it.
    type Told: Send;

    /// What is sent.
    fn message(&self, operation: &str, said: &Self::Said) -> Message;

    /// What came back.
    fn told(&self, operation: &str, answer: &Bytes) -> Self::Told;

    /// The token of the page behind this one; `None` where there is none.
    fn next(&self, answer: &Self::Told) -> Option<String>;

    /// Asks for the page behind a token.
    fn go_on(&self, said: &mut Self::Said, token: String);

    /// The elements of a list in an answer.
    fn elements(answer: Self::Told, list: &str) -> Vec<Self::Told>;
}

/// A service that speaks a dialect.
pub(crate) struct Service<D> {
    signed: Signed,
    dialect: D,
}

impl<D: Dialect> Service<D> {
    pub(crate) fn new(signed: Signed, dialect: D) -> Self {
        Self { signed, dialect }
    }

    async fn sent(
        &self,
        operation: &'static str,
        said: &D::Said,
        repeat: Repeat,
    ) -> Result<D::Told, Error> {
        let message = self.dialect.message(operation, said);
        let answer = self.signed.repeated(operation, &message, repeat).await?;
        Ok(self.dialect.told(operation, &answer))
    }

    /// One operation, sent again as long as that may help; answers what the service has to tell.
    pub(crate) async fn call(
        &self,
        operation: &'static str,
        said: impl Into<D::Said>,
    ) -> Result<D::Told, Error> {
        self.sent(operation, &said.into(), Repeat::Always).await
    }

    /// One operation that is not sent again where its answer was lost: a second one would have an effect
    /// of its own, or might be refused for what the first did.
    pub(crate) async fn once(
        &self,
        operation: &'static str,
        said: impl Into<D::Said>,
    ) -> Result<D::Told, Error> {
        self.sent(operation, &said.into(), Repeat::IfNotReached)
            .await
    }

    /// [`Service::call`] of a change that has nothing to tell.
    pub(crate) fn done<'a>(
        &'a self,
        operation: &'static str,
        said: impl Into<D::Said>,
    ) -> Answer<'a, ()> {
        let said = said.into();
        Box::pin(async move { self.call(operation, said).await.map(drop) })
    }

    /// [`Service::once`] of a change that has nothing to tell.
    pub(crate) fn done_once<'a>(
        &'a self,
        operation: &'static str,
        said: impl Into<D::Said>,
    ) -> Answer<'a, ()> {
        let said = said.into();
        Box::pin(async move { self.once(operation, said).await.map(drop) })
    }

    /// All elements of a list that comes in pages.
    pub(crate) async fn all(
        &self,
        operation: &'static str,
        said: impl Into<D::Said>,
        list: &str,
    ) -> Result<Vec<D::Told>, Error> {
        let first = said.into();
        let mut page = first.clone();
        let mut all = Vec::new();
        loop {
            let answer = self.sent(operation, &page, Repeat::Always).await?;
            let next = self.dialect.next(&answer);
            all.append(&mut D::elements(answer, list));
            let Some(token) = next else {
                return Ok(all);
            };
            page = first.clone();
            self.dialect.go_on(&mut page, token);
        }
    }
}
