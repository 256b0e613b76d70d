//! What happens during a run, shown while it happens: lines, and on a terminal a live line below them.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use trueup_plan::{Action, Event, Observer};

use crate::output;
use crate::report::{Report, now};
use crate::views::{human, json};

/// Shows events as the command reports.
pub struct Shown {
    report: Report,
    quiet: bool,
    concise: bool,
    bar: Mutex<Option<ProgressBar>>,
    done: AtomicU64,
}

impl Shown {
    /// Shows events this way.
    pub fn new(report: Report) -> Self {
        Self {
            report,
            quiet: false,
            concise: false,
            bar: Mutex::default(),
            done: AtomicU64::new(0),
        }
    }

    /// Shows nothing of what happens.
    pub fn quiet(report: Report) -> Self {
        Self {
            quiet: true,
            ..Self::new(report)
        }
    }

    /// Shows of what goes on only what was done.
    pub fn concise(self, concise: bool) -> Self {
        Self { concise, ..self }
    }

    /// From now on changes are made, so many in all: on a terminal a live line counts them.
    pub fn expect(&self, total: usize) {
        if self.report.json || total < 2 || !std::io::stderr().is_terminal() {
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {pos} of {len} changes made, {elapsed}")
        {
            bar.set_style(style);
        }
        if let Ok(mut slot) = self.bar.lock() {
            *slot = Some(bar);
        }
    }

    /// Nothing more happens.
    pub fn end(&self) {
        if let Ok(mut slot) = self.bar.lock()
            && let Some(bar) = slot.take()
        {
            bar.finish_and_clear();
        }
    }

    fn line(&self, line: &str) {
        match self.bar.lock().ok().and_then(|slot| slot.clone()) {
            Some(bar) => bar.suspend(|| output::line(line)),
            None => output::line(line),
        }
    }

    fn count(&self, event: &Event) {
        let Event::Done(subject, _) = event else {
            return;
        };
        if subject.action == Action::Read {
            return;
        }
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Ok(slot) = self.bar.lock()
            && let Some(bar) = &*slot
        {
            bar.set_position(done);
        }
    }
}

impl Observer for Shown {
    fn observe(&self, event: Event) {
        self.count(&event);
        if self.quiet {
            return;
        }
        if self.report.has_stream()
            && let Some(line) = json::stream::event(&event, &now())
        {
            self.report.event(&line);
        }
        let going_on = matches!(
            event,
            Event::RefreshStarted(_)
                | Event::RefreshDone(_)
                | Event::Started(_)
                | Event::StillGoing(..)
        );
        if self.report.json || (self.concise && going_on) {
            return;
        }
        if let Some(line) = human::progress::render(&event, self.report.style) {
            self.line(&line);
        }
    }
}
