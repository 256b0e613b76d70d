//! One change under way: how long it may take, what it has made, who is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::{Context, Object, Problem, Problems, Progress};
use trueup_value::Value;

use crate::connection::Connection;
use crate::dynamodb::table::is_busy;
use crate::patience::patiently;

/// One change under way.
pub(crate) struct Run<'a> {
    pub(crate) cx: &'a Context,
    /// The same on every try of this step.
    pub(crate) token: &'a str,
    /// How long it may take.
    pub(crate) limit: Duration,
    progress: &'a dyn Progress,
    private: Option<Arc<[u8]>>,
    made: Mutex<Option<Object>>,
    said: Mutex<String>,
    warnings: Mutex<Problems>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Run<'a> {
    /// A change that may take so long. `private` are the bytes beside what it makes.
    pub(super) fn begun(
        cx: &'a Context,
        token: &'a str,
        limit: Duration,
        progress: &'a dyn Progress,
        private: Option<Arc<[u8]>>,
    ) -> Self {
        Run {
            cx,
            token,
            limit,
            progress,
            private,
            made: Mutex::default(),
            said: Mutex::default(),
            warnings: Mutex::default(),
        }
    }

    /// What was there before the change ended, as last told.
    pub(super) fn made(&self) -> Option<Object> {
        locked(&self.made).take()
    }

    /// What there is to tell beside success or failure.
    pub(super) fn warnings(&self) -> Problems {
        std::mem::take(&mut *locked(&self.warnings))
    }

    /// It is there from now on: kept before the next call is made.
    pub(crate) async fn created(&self, value: Value) {
        let object = Object {
            value,
            private: self.private.clone(),
        };
        *locked(&self.made) = Some(object.clone());
        self.progress.created(object).await;
    }

    /// Something to tell that is no failure.
    pub(crate) fn warn(&self, problem: Problem) {
        locked(&self.warnings).push(problem);
    }

    /// Who is told of what is waited for.
    pub(crate) fn progress(&self) -> &dyn Progress {
        self.progress
    }

    /// Looks until it is done; says what is waited for, once each time that it changes.
    pub(crate) async fn wait<'w, T: Send + 'w>(
        &'w self,
        aws: &Connection,
        what: String,
        mut look: impl FnMut() -> BoxFuture<'w, Result<Poll<T>, Error>> + Send,
    ) -> Result<T, Error> {
        let settings = PollSettings {
            min_pause: aws.first_pause,
            ..PollSettings::new(what.clone(), self.limit)
        };
        poll_until(&settings, &self.cx.cancel, || {
            let (look, what) = (look(), what.clone());
            Box::pin(async move {
                let found = look.await?;
                if let Poll::Pending(state) = &found {
                    self.say(format!("waiting for {what} ({state})"));
                }
                Ok(found)
            })
        })
        .await
    }

    fn say(&self, on: String) {
        let mut said = locked(&self.said);
        if *said != on {
            self.progress.waiting(&on);
            *said = on;
        }
    }

    /// Makes a call, again while another change has to finish first.
    pub(crate) async fn patiently<'w, T: Send + 'w>(
        &self,
        aws: &Connection,
        what: &str,
        call: impl FnMut() -> BoxFuture<'w, Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        patiently(aws, self.cx, what, self.limit, is_busy, call).await
    }
}
