//! Function calls: which function, its arguments, and what its errors are about.

use trueup_addrs::ProviderAddr;
use trueup_diagnostics::{Diagnostic, FunctionCallNote, Span};
use trueup_functions::{
    Body, CallError, Function, FunctionError, Parameter, Shape, call::invoke, lookup,
    lookup_builtin, suggest,
};
use trueup_parser::{Call, Expr};
use trueup_value::{Type, Value, convert};

use super::places::start_of;
use super::walker::{Frame, Walker};

/// An argument: an expression as written, or a value from an expanded one.
pub(super) enum Argument<'a> {
    /// As written.
    Written(&'a Expr),
    /// An element of the expanded argument, which is the expression.
    Expanded(Value, &'a Expr),
}

impl Argument<'_> {
    fn expr(&self) -> &Expr {
        match self {
            Argument::Written(expr) | Argument::Expanded(_, expr) => expr,
        }
    }
}

/// A call under way.
pub(super) struct Site<'a> {
    pub(super) expr: &'a Expr,
    pub(super) call: &'a Call,
    pub(super) function: &'static Function,
    pub(super) args: Vec<Argument<'a>>,
}

impl Walker<'_> {
    #[inline(never)]
    pub(super) fn call(&mut self, expr: &Expr, call: &Call, frame: &Frame<'_>) -> Value {
        if self.scope.functions().is_none() {
            let diagnostic = Diagnostic::error(
                "Function calls not allowed",
                "Functions may not be called here.",
            )
            .at(expr.span);
            self.fail(diagnostic, expr, frame);
            return Value::dynamic_unknown();
        }
        let Some(function) = lookup(&call.name).or_else(|| self.of_provider(&call.name)) else {
            return self.other_call(expr, call, frame);
        };
        let Some(args) = self.arguments(expr, call, frame) else {
            return Value::dynamic_unknown();
        };
        if let Some(missing) = function.parameters.get(args.len()) {
            let least = if function.variadic.is_some() {
                " at least"
            } else {
                ""
            };
            let detail = format!(
                "Function {:?} expects{least} {} argument(s). Missing value for {:?}.",
                call.name,
                function.parameters.len(),
                missing.name
            );
            let diagnostic = Diagnostic::error("Not enough function arguments", detail)
                .at(call.close_span)
                .within(expr.span)
                .in_call(note(call, function));
            self.fail(diagnostic, expr, frame);
            return Value::dynamic_unknown();
        }
        if function.variadic.is_none()
            && let Some(surplus) = args.get(function.parameters.len())
        {
            let at = self.start(surplus);
            let detail = format!(
                "Function {:?} expects only {} argument(s).",
                call.name,
                function.parameters.len()
            );
            let diagnostic = Diagnostic::error("Too many function arguments", detail)
                .at(at)
                .within(expr.span)
                .in_call(note(call, function));
            self.fail(diagnostic, expr, frame);
            return Value::dynamic_unknown();
        }
        let site = Site {
            expr,
            call,
            function,
            args,
        };
        match function.name {
            "try" => return self.attempt(&site, frame),
            "can" => return self.possible(&site, frame),
            _ => {}
        }
        let errors = self.errors();
        let values = self.values(&site, frame);
        if self.errors() > errors {
            return Value::dynamic_unknown();
        }
        let result = match function.body {
            Body::Plain(_) => self.plain(function, &values),
            Body::Evaluated => self.evaluated(&site, &values),
        };
        result.unwrap_or_else(|error| {
            self.call_failed(&site, error, frame);
            Value::dynamic_unknown()
        })
    }

    /// The function of a provider, where the module requires it under that name.
    fn of_provider(&self, name: &str) -> Option<&'static Function> {
        let mut parts = name.split("::");
        let ("provider", local_name, function) = (parts.next()?, parts.next()?, parts.next()?)
        else {
            return None;
        };
        if parts.next().is_some() {
            return None;
        }
        let provider = self.scope.required_provider(local_name)?;
        if provider == ProviderAddr::builtin("terraform") {
            return lookup_builtin(function);
        }
        self.scope.provider_function(local_name, function)
    }

    fn plain(&self, function: &Function, values: &[Value]) -> Result<Value, FunctionError> {
        let Some(context) = self.scope.functions() else {
            return Ok(Value::dynamic_unknown());
        };
        invoke(function, values, context).map_err(|error| match error {
            CallError::Failed(error) => error,
            other => FunctionError {
                argument: None,
                message: format!("the call is not possible: {other:?}"),
            },
        })
    }

    /// The argument expressions, a final one with `...` replaced by its elements.
    fn arguments<'e>(
        &mut self,
        expr: &Expr,
        call: &'e Call,
        frame: &Frame<'_>,
    ) -> Option<Vec<Argument<'e>>> {
        let (written, expanded) = match call.args.split_last() {
            Some((last, rest)) if call.expand_final => (rest, Some(last)),
            _ => (&call.args[..], None),
        };
        let mut args: Vec<Argument<'e>> = written.iter().map(Argument::Written).collect();
        let Some(last) = expanded else {
            return Some(args);
        };
        let errors = self.errors();
        let value = self.eval(last, frame);
        if self.errors() > errors {
            return None;
        }
        let ty = value.ty();
        let problem = match ty {
            Type::Dynamic | Type::Tuple(_) | Type::List(_) | Type::Set(_) if value.is_null() => {
                "The expanding argument (indicated by ...) must not be null."
            }
            Type::Dynamic | Type::Tuple(_) | Type::List(_) | Type::Set(_) => {
                let elements = value.as_slice()?;
                args.extend(
                    elements
                        .iter()
                        .map(|element| Argument::Expanded(element.mark(value.marks()), last)),
                );
                return Some(args);
            }
            _ => "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
        };
        let diagnostic = Diagnostic::error("Invalid expanding argument value", problem)
            .at(last.span)
            .within(expr.span);
        self.fail(diagnostic, last, frame);
        None
    }

    /// The values of the arguments, converted to the types of their parameters.
    fn values(&mut self, site: &Site<'_>, frame: &Frame<'_>) -> Vec<Value> {
        let mut values = Vec::with_capacity(site.args.len());
        for (at, arg) in site.args.iter().enumerate() {
            let parameter = site.function.parameter(at);
            let value = match arg {
                Argument::Expanded(value, _) => value.clone(),
                Argument::Written(expr) => self.eval(expr, frame),
            };
            let ty = parameter.map_or(Type::Dynamic, |parameter| parameter.ty.to_type());
            let expression =
                parameter.is_some_and(|parameter| matches!(parameter.ty, Shape::Expression));
            if expression || ty == Type::Dynamic {
                values.push(value);
                continue;
            }
            match convert(&value, &ty) {
                Ok(value) => values.push(value),
                Err(error) => {
                    self.argument_failed(site, at, parameter, &error.to_string(), frame);
                    values.push(Value::unknown(ty));
                }
            }
        }
        values
    }

    fn start(&self, arg: &Argument<'_>) -> Span {
        match arg {
            Argument::Written(expr) => start_of(expr, self.scope.sources()),
            Argument::Expanded(_, expr) => expr.span,
        }
    }

    fn argument_failed(
        &mut self,
        site: &Site<'_>,
        at: usize,
        parameter: Option<&Parameter>,
        message: &str,
        frame: &Frame<'_>,
    ) {
        let arg = &site.args[at];
        let name = parameter.map_or("", |parameter| parameter.name);
        let detail = format!("Invalid value for {name:?} parameter: {message}.");
        let diagnostic = Diagnostic::error("Invalid function argument", detail)
            .at(self.start(arg))
            .within(site.expr.span)
            .in_call(note(site.call, site.function));
        self.fail(diagnostic, arg.expr(), frame);
    }

    /// Reports the error of a call: at its argument where one is to blame, else at its name.
    pub(super) fn call_failed(&mut self, site: &Site<'_>, error: FunctionError, frame: &Frame<'_>) {
        if let Some(at) = error.argument.filter(|at| *at < site.args.len()) {
            let parameter = site.function.parameter(at);
            self.argument_failed(site, at, parameter, &error.message, frame);
            return;
        }
        let detail = format!(
            "Call to function {:?} failed: {}.",
            site.call.name, error.message
        );
        let diagnostic = Diagnostic::error("Error in function call", detail)
            .at(site.call.name_span.to(site.call.open_span))
            .within(site.expr.span)
            .in_call(note(site.call, site.function));
        self.fail(diagnostic, site.expr, frame);
    }

    /// A call of a function that is not built in.
    fn other_call(&mut self, expr: &Expr, call: &Call, frame: &Frame<'_>) -> Value {
        if call.name.contains("::") && !call.name.starts_with("core::") {
            let errors = self.errors();
            let Some(args) = self.arguments(expr, call, frame) else {
                return Value::dynamic_unknown();
            };
            let mut values = Vec::with_capacity(args.len());
            for arg in &args {
                values.push(match arg {
                    Argument::Expanded(value, _) => value.clone(),
                    Argument::Written(expr) => self.eval(expr, frame),
                });
            }
            match self.scope.call_other(&call.name, &values) {
                Some(Ok(value)) if self.errors() == errors => return value,
                Some(Ok(_)) => return Value::dynamic_unknown(),
                Some(Err(error)) => {
                    if self.errors() == errors {
                        self.other_failed(expr, call, &args, error, frame);
                    }
                    return Value::dynamic_unknown();
                }
                None => {}
            }
        }
        let required = |local_name: &str| self.scope.required_provider(local_name).is_some();
        let (summary, detail) = unknown_function(&call.name, &required);
        let diagnostic = Diagnostic::error(summary, detail)
            .at(call.name_span)
            .within(expr.span);
        self.fail(diagnostic, expr, frame);
        Value::dynamic_unknown()
    }

    fn other_failed(
        &mut self,
        expr: &Expr,
        call: &Call,
        args: &[Argument<'_>],
        error: FunctionError,
        frame: &Frame<'_>,
    ) {
        let arg = error.argument.and_then(|at| args.get(at));
        let (summary, detail, at) = match arg {
            Some(arg) => (
                "Invalid function argument",
                format!("Invalid value for argument: {}.", error.message),
                self.start(arg),
            ),
            None => (
                "Error in function call",
                format!(
                    "Call to function {:?} failed: {}.",
                    call.name, error.message
                ),
                call.name_span.to(call.open_span),
            ),
        };
        let diagnostic = Diagnostic::error(summary, detail).at(at).within(expr.span);
        self.fail(diagnostic, expr, frame);
    }
}

fn note(call: &Call, function: &Function) -> FunctionCallNote {
    FunctionCallNote {
        name: call.name.to_string(),
        parameters: function
            .parameters
            .iter()
            .map(|parameter| parameter.name.to_owned())
            .collect(),
        variadic: function.variadic.map(|parameter| parameter.name.to_owned()),
    }
}

/// What is said of a name that no function has.
fn unknown_function(name: &str, required: &dyn Fn(&str) -> bool) -> (&'static str, String) {
    let parts: Vec<&str> = name.split("::").collect();
    match parts[..] {
        ["core", plain] => (
            "Call to unknown function",
            match suggest(plain) {
                Some(near) => format!(
                    "There is no function named {plain:?} in namespace core::. Did you mean core::{near}?"
                ),
                None => format!("There is no function named {plain:?} in namespace core::."),
            },
        ),
        ["provider", provider, function] if required(provider) => (
            "Unknown provider function",
            format!("The function {function:?} is not available from the provider {provider:?}."),
        ),
        ["provider", provider, .., function] => (
            "Unknown provider function",
            format!(
                "There is no function named {name:?}. Ensure that provider name {provider:?} is declared in this module's required_providers block, and that this provider offers a function named {function:?}."
            ),
        ),
        [namespace, _, ..] => (
            "Unknown provider function",
            format!(
                "The function namespace {namespace:?} is not valid. Provider function calls must use the \"provider::\" namespace prefix."
            ),
        ),
        _ => (
            "Call to unknown function",
            match suggest(name) {
                Some(near) => {
                    format!("There is no function named {name:?}. Did you mean {near:?}?")
                }
                None => format!("There is no function named {name:?}."),
            },
        ),
    }
}
