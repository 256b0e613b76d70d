//! One thing to tell the user: what is wrong, where, and what to do.

use crate::Span;

/// Whether a diagnostic stops the run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The run cannot do what was asked.
    Error,
    /// The run goes on; the user should know.
    Warning,
}

/// What a reference in the marked expression stood for, such as `var.size` and `is 3`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ValueNote {
    /// The reference as written.
    pub expression: String,
    /// A statement about its value, without full stop.
    pub statement: String,
}

/// The function call in which an error arose.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct FunctionCallNote {
    /// The function's name as called.
    pub name: String,
    /// The names of its parameters in order.
    pub parameters: Vec<String>,
    /// The name of the parameter that takes any further arguments.
    pub variadic: Option<String>,
}

/// An error or a warning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in a few words without a full stop.
    pub summary: String,
    /// The explanation in full sentences; may be empty.
    pub detail: String,
    /// The text it is about.
    pub subject: Option<Span>,
    /// A larger piece of text around the subject that helps to understand it.
    pub context: Option<Span>,
    /// What the user can do, one sentence each.
    pub hints: Vec<String>,
    /// What the references in the subject stood for.
    pub values: Vec<ValueNote>,
    /// The function call in which it arose.
    pub function_call: Option<FunctionCallNote>,
    /// The address of the resource instance that it is about.
    pub address: Option<String>,
    /// The error would not be there if an unknown value were known.
    pub unknown_caused: bool,
    /// The error has to do with a sensitive value, which is not shown.
    pub sensitive_caused: bool,
    /// The block around the subject, such as `resource "aws_dynamodb_table" "orders"`.
    pub place: Option<String>,
    /// The object whose condition failed, such as `var.size`, `output.arn`, `aws_dynamodb_table.orders[0]` or
    /// `check.reachable`, with the module instance before it: what `expect_failures` of tests looks for.
    pub checked: Option<String>,
}

impl Diagnostic {
    fn new(severity: Severity, summary: String, detail: String) -> Self {
        Diagnostic {
            severity,
            summary,
            detail,
            subject: None,
            context: None,
            hints: Vec::new(),
            values: Vec::new(),
            function_call: None,
            address: None,
            unknown_caused: false,
            sensitive_caused: false,
            place: None,
            checked: None,
        }
    }

    /// An error with its summary and detail.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary.into(), detail.into())
    }

    /// A warning with its summary and detail.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary.into(), detail.into())
    }

    /// Names the text that it is about.
    pub fn at(mut self, subject: Span) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Names the text that it is about, where one is known.
    pub fn at_some(mut self, subject: Option<Span>) -> Self {
        self.subject = subject.or(self.subject);
        self
    }

    /// Names a larger piece of text around the subject.
    pub fn within(mut self, context: Span) -> Self {
        self.context = Some(context);
        self
    }

    /// Adds something that the user can do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds what a reference in the subject stood for.
    pub fn value(mut self, expression: impl Into<String>, statement: impl Into<String>) -> Self {
        self.values.push(ValueNote {
            expression: expression.into(),
            statement: statement.into(),
        });
        self
    }

    /// Names the function call in which it arose.
    pub fn in_call(mut self, call: FunctionCallNote) -> Self {
        self.function_call = Some(call);
        self
    }

    /// Names the resource instance that it is about.
    pub fn with_address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Names the block around the subject.
    pub fn in_place(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Whether it is about the assertions or the data source of a `check` block.
    pub fn is_of_check(&self) -> bool {
        self.checked
            .as_deref()
            .and_then(|object| object.rsplit('.').nth(1))
            == Some("check")
    }

    /// Names the object whose condition failed.
    pub fn for_checked(mut self, object: impl Into<String>) -> Self {
        self.checked = Some(object.into());
        self
    }

    /// Says that an unknown value is the cause.
    pub fn caused_by_unknown(mut self) -> Self {
        self.unknown_caused = true;
        self
    }

    /// Says that a sensitive value is involved.
    pub fn caused_by_sensitive(mut self) -> Self {
        self.sensitive_caused = true;
        self
    }

    /// Whether it stops the run.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
