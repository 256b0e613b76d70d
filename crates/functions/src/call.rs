//! Calling a function: conversion of arguments, null, unknowns and marks, as each parameter says.

use trueup_value::{Marks, Type, Value, convert};

use crate::context::Context;
use crate::function::{Body, Call, Function, FunctionError, Parameter, Returns, argument_error};

/// An argument that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentError {
    /// Which one.
    pub argument: usize,
    /// Why, without full stop.
    pub message: String,
}

/// Why a call gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// There are fewer arguments than parameters; the first parameter without one.
    TooFew(&'static str),
    /// There are more arguments than parameters.
    TooMany,
    /// Arguments that do not have the types of their parameters, in order.
    Arguments(Vec<ArgumentError>),
    /// The function refused.
    Failed(FunctionError),
    /// The body is the evaluator's.
    NotPlain,
}

/// Calls a function with values of any type: checks their number, converts them, and calls.
///
/// # Errors
/// See [`CallError`].
pub fn call(function: &Function, args: &[Value], cx: &Context<'_>) -> Result<Value, CallError> {
    if let Some(missing) = function.parameters.get(args.len()) {
        return Err(CallError::TooFew(missing.name));
    }
    if function.variadic.is_none() && args.len() > function.parameters.len() {
        return Err(CallError::TooMany);
    }
    let converted = convert_arguments(function, args).map_err(CallError::Arguments)?;
    invoke(function, &converted, cx)
}

/// The arguments, each converted to the type of its parameter.
///
/// # Errors
/// Every argument that cannot be converted.
pub fn convert_arguments(
    function: &Function,
    args: &[Value],
) -> Result<Vec<Value>, Vec<ArgumentError>> {
    let mut failed = Vec::new();
    let mut converted = Vec::with_capacity(args.len());
    for (argument, value) in args.iter().enumerate() {
        let ty = function
            .parameter(argument)
            .map_or(Type::Dynamic, |parameter| parameter.ty.to_type());
        match convert(value, &ty) {
            Ok(value) => converted.push(value),
            Err(error) => failed.push(ArgumentError {
                argument,
                message: error.to_string(),
            }),
        }
    }
    if failed.is_empty() {
        Ok(converted)
    } else {
        Err(failed)
    }
}

/// Calls a function with arguments that already have the types of their parameters.
///
/// # Errors
/// [`CallError::Failed`], or [`CallError::NotPlain`] where the body is the evaluator's.
pub fn invoke(function: &Function, args: &[Value], cx: &Context<'_>) -> Result<Value, CallError> {
    let Body::Plain(body) = function.body else {
        return Err(CallError::NotPlain);
    };
    let mut marks = Marks::NONE;
    let mut plain: Vec<Value> = Vec::with_capacity(args.len());
    for (at, value) in args.iter().enumerate() {
        let keeps = function.parameter(at).is_some_and(|p| p.allow_marked);
        if keeps || !value.contains_marked() {
            plain.push(value.clone());
        } else {
            marks |= value.marks_inside();
            plain.push(value.without_marks_inside());
        }
    }
    let Some(ty) = return_type(function, &plain).map_err(CallError::Failed)? else {
        return Ok(Value::dynamic_unknown().with_marks(marks | kept_marks(&plain)));
    };
    if unknown_stops(function, &plain) {
        let unknown = function.refine.apply(Value::unknown(ty));
        return Ok(unknown.with_marks(marks | kept_marks(&plain)));
    }
    let result = body(&Call {
        args: &plain,
        ty: &ty,
        cx,
    })
    .map_err(CallError::Failed)?;
    Ok(function.refine.apply(result).with_marks(marks))
}

/// The type of the result for arguments that have the types of their parameters. `None` where it is not known
/// because an argument's type is not.
///
/// # Errors
/// Null where it is not allowed, and what the function itself says about types.
pub fn return_type(function: &Function, args: &[Value]) -> Result<Option<Type>, FunctionError> {
    let mut open = false;
    for (at, value) in args.iter().enumerate() {
        let Some(parameter) = function.parameter(at) else {
            continue;
        };
        if value.is_null() && !parameter.nullable {
            return Err(argument_error(at, "argument must not be null"));
        }
        if is_dynamic(value) && !parameter.allow_dynamic {
            open = true;
            break;
        }
    }
    if open {
        return Ok(None);
    }
    match function.returns {
        Returns::Fixed(shape) => Ok(Some(shape.to_type())),
        Returns::Computed(ty) => ty(args).map(Some),
    }
}

fn is_dynamic(value: &Value) -> bool {
    use trueup_value::ValueRef;
    matches!(
        value.view(),
        ValueRef::Unknown(Type::Dynamic, _) | ValueRef::Null(Type::Dynamic)
    )
}

fn unknown_stops(function: &Function, args: &[Value]) -> bool {
    let stops =
        |(value, parameter): (&Value, &Parameter)| !value.is_known() && !parameter.allow_unknown;
    args.iter()
        .enumerate()
        .filter_map(|(at, value)| function.parameter(at).map(|parameter| (value, parameter)))
        .any(stops)
}

/// The marks that a body would have dealt with, for results that never reach one.
fn kept_marks(args: &[Value]) -> Marks {
    args.iter()
        .fold(Marks::NONE, |marks, value| marks | value.marks_inside())
}
