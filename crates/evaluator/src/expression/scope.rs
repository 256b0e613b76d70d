//! What an expression is evaluated in: the names it may refer to and the world its functions see.

use trueup_addrs::ProviderAddr;
use trueup_diagnostics::{Diagnostic, Sources, Span};
use trueup_functions::Context;
use trueup_parser::Traversal;
use trueup_value::Value;

/// What a reference leads to.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The value. Cloning a value shares it, so that nothing is copied.
    pub value: Value,
    /// How many steps after the root name led to it. The rest is applied by the evaluator.
    pub consumed: usize,
}

impl Resolved {
    /// A value that so many steps after the root name led to.
    pub fn new(value: Value, consumed: usize) -> Self {
        Resolved { value, consumed }
    }
}

/// The names around an expression. Names bound inside it (by `for`) never reach the scope.
pub trait Scope {
    /// The value of an absolute reference. `var.x.y` comes as it is written; the scope takes as many steps as
    /// the object needs that is referred to (`var.x` one, `aws_dynamodb_table.orders` one,
    /// `data.aws_region.here` two) and says how many.
    ///
    /// # Errors
    /// What is wrong with the reference.
    fn resolve(&self, reference: &Traversal, span: Span) -> Result<Resolved, Diagnostic>;

    /// What functions may use. Without one no function can be called.
    fn functions(&self) -> Option<&Context<'_>>;

    /// The provider that the module requires under this local name, whose functions can be called then.
    fn required_provider(&self, _local_name: &str) -> Option<ProviderAddr> {
        None
    }

    /// The function that the provider of this local name brings along.
    fn provider_function(
        &self,
        _local_name: &str,
        _function: &str,
    ) -> Option<&'static trueup_functions::Function> {
        None
    }

    /// The function of this name that is not a built-in one, such as `provider::aws::arn_parse`: called with
    /// its arguments. `None` where there is none.
    ///
    /// # Errors
    /// The position of the argument to blame, where one is, and the message without full stop.
    fn call_other(
        &self,
        _name: &str,
        _args: &[Value],
    ) -> Option<Result<Value, trueup_functions::FunctionError>> {
        None
    }

    /// The texts that spans point into, for messages that name a place.
    fn sources(&self) -> Option<&Sources> {
        None
    }
}

/// A scope without names, with functions where a context is given.
#[derive(Clone, Copy, Default)]
pub struct EmptyScope<'a> {
    /// What functions may use.
    pub functions: Option<&'a Context<'a>>,
}

impl Scope for EmptyScope<'_> {
    fn resolve(&self, reference: &Traversal, span: Span) -> Result<Resolved, Diagnostic> {
        let _ = span;
        Err(
            Diagnostic::error("Variables not allowed", "Variables may not be used here.")
                .at(reference.root.span),
        )
    }

    fn functions(&self) -> Option<&Context<'_>> {
        self.functions
    }
}
