//! `try` and `can`: expressions whose errors are caught.

use trueup_diagnostics::Diagnostics;
use trueup_functions::FunctionError;
use trueup_value::{Type, Value};

use super::calls::{Argument, Site};
use super::walker::{Frame, Walker};

impl Walker<'_> {
    fn tried(&mut self, arg: &Argument<'_>, frame: &Frame<'_>) -> (Value, Diagnostics) {
        match arg {
            Argument::Expanded(value, _) => (value.clone(), Diagnostics::new()),
            Argument::Written(expr) => self.apart(|walker| walker.eval(expr, frame)),
        }
    }

    /// The value of the first argument without errors. What holds something unknown may still fail once it is
    /// known: nothing is said of the result then.
    #[inline(never)]
    pub(super) fn attempt(&mut self, site: &Site<'_>, frame: &Frame<'_>) -> Value {
        let mut collected = Diagnostics::new();
        for arg in &site.args {
            let (value, diagnostics) = self.tried(arg, frame);
            if !diagnostics.has_errors() {
                return if value.is_wholly_known() {
                    value
                } else {
                    Value::dynamic_unknown().with_marks(value.marks_inside())
                };
            }
            collected.extend(diagnostics);
        }
        let message = if site.args.is_empty() {
            "at least one argument is required".to_owned()
        } else {
            let mut message = String::from("no expression succeeded:\n");
            for diagnostic in &collected {
                let place = diagnostic
                    .subject
                    .zip(self.scope.sources())
                    .map(|(span, sources)| format!(" (at {})", sources.place(span)))
                    .unwrap_or_default();
                message.push_str(&format!(
                    "- {}{place}\n  {}\n",
                    diagnostic.summary, diagnostic.detail
                ));
            }
            message.push_str("\nAt least one expression must produce a successful result");
            message
        };
        let error = FunctionError {
            argument: None,
            message,
        };
        self.call_failed(site, error, frame);
        Value::dynamic_unknown()
    }

    /// Whether the argument evaluates without errors.
    #[inline(never)]
    pub(super) fn possible(&mut self, site: &Site<'_>, frame: &Frame<'_>) -> Value {
        let Some(arg) = site.args.first() else {
            return Value::unknown(Type::Bool);
        };
        let (value, diagnostics) = self.tried(arg, frame);
        if diagnostics.has_errors() {
            Value::bool(false)
        } else if value.is_wholly_known() {
            Value::bool(true)
        } else {
            Value::unknown(Type::Bool)
        }
    }
}
