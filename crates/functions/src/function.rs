//! What a function is: its name, parameters, result and body.

use std::fmt;

use trueup_value::{Refinements, Type, Value};

use crate::context::Context;

/// The type of a parameter, in a form that can stand in a static.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any type.
    Any,
    /// True or false.
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// A list of something.
    List(&'static Shape),
    /// A set of something.
    Set(&'static Shape),
    /// A map to something.
    Map(&'static Shape),
    /// The expression itself rather than its value; only for functions whose body is [`Body::Evaluated`].
    Expression,
}

impl Shape {
    /// The type that arguments are converted to.
    pub fn to_type(self) -> Type {
        match self {
            Shape::Any | Shape::Expression => Type::Dynamic,
            Shape::Bool => Type::Bool,
            Shape::Number => Type::Number,
            Shape::String => Type::String,
            Shape::List(element) => Type::list(element.to_type()),
            Shape::Set(element) => Type::set(element.to_type()),
            Shape::Map(element) => Type::map(element.to_type()),
        }
    }
}

/// A parameter and what the function can deal with in it.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The name, as in messages.
    pub name: &'static str,
    /// The type.
    pub ty: Shape,
    /// What it is for.
    pub doc: &'static str,
    /// Null is passed to the body rather than refused.
    pub nullable: bool,
    /// An unknown is passed to the body rather than making the result unknown.
    pub allow_unknown: bool,
    /// A value of unknown type is passed on rather than making the result an unknown of unknown type.
    pub allow_dynamic: bool,
    /// Marks are left on the argument and are the body's business.
    pub allow_marked: bool,
}

impl Parameter {
    /// A parameter that takes known values that are not null.
    pub const fn new(name: &'static str, ty: Shape, doc: &'static str) -> Self {
        Parameter {
            name,
            ty,
            doc,
            nullable: false,
            allow_unknown: false,
            allow_dynamic: false,
            allow_marked: false,
        }
    }

    /// A parameter that takes any type.
    pub const fn any(name: &'static str, doc: &'static str) -> Self {
        Parameter::new(name, Shape::Any, doc)
    }

    /// A number parameter.
    pub const fn number(name: &'static str, doc: &'static str) -> Self {
        Parameter::new(name, Shape::Number, doc)
    }

    /// A string parameter.
    pub const fn string(name: &'static str, doc: &'static str) -> Self {
        Parameter::new(name, Shape::String, doc)
    }

    /// The same, null allowed.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The same, with unknowns of any kind passed to the body.
    #[must_use]
    pub const fn unknown(mut self) -> Self {
        self.allow_unknown = true;
        self
    }

    /// The same, with values of unknown type accepted by the return type.
    #[must_use]
    pub const fn dynamic(mut self) -> Self {
        self.allow_dynamic = true;
        self
    }

    /// The same, with marks left on.
    #[must_use]
    pub const fn marked(mut self) -> Self {
        self.allow_marked = true;
        self
    }
}

/// How the type of the result is found before the body runs.
#[derive(Clone, Copy)]
pub enum Returns {
    /// Always this type.
    Fixed(Shape),
    /// From the arguments, without looking at anything that may be unknown.
    Computed(fn(&[Value]) -> Result<Type, FunctionError>),
}

/// What is said of every result, also of an unknown one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refine {
    /// Nothing.
    Nothing,
    /// It is not null.
    NotNull,
    /// It is a number of at least zero.
    NotNegative,
}

impl Refine {
    /// The value with what is known of it.
    pub fn apply(self, value: Value) -> Value {
        if value.is_known() || value.ty() == Type::Dynamic {
            return value;
        }
        match self {
            Refine::Nothing => value,
            Refine::NotNull => value.refine_not_null(),
            Refine::NotNegative => value.refine(Refinements::at_least(0_i64)),
        }
    }
}

/// What runs.
#[derive(Clone, Copy)]
pub enum Body {
    /// A function from values to a value.
    Plain(fn(&Call<'_>) -> Result<Value, FunctionError>),
    /// The evaluator does it: the function needs expressions, scopes or templates.
    Evaluated,
}

/// A call of a body: everything it may look at.
pub struct Call<'a> {
    /// The arguments, converted to the parameters' types.
    pub args: &'a [Value],
    /// The type that [`Returns`] gave.
    pub ty: &'a Type,
    /// The world, as far as it is shown to functions.
    pub cx: &'a Context<'a>,
}

impl Call<'_> {
    /// The text of an argument; empty where it is not a known string.
    pub fn text(&self, at: usize) -> &str {
        self.args.get(at).and_then(Value::as_str).unwrap_or("")
    }
}

/// A built-in function.
#[derive(Clone, Copy)]
pub struct Function {
    /// The name it is called by.
    pub name: &'static str,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
    /// The parameters that are always given.
    pub parameters: &'static [Parameter],
    /// The parameter that takes all further arguments.
    pub variadic: Option<Parameter>,
    /// The type of the result.
    pub returns: Returns,
    /// What is known of the result.
    pub refine: Refine,
    /// What runs.
    pub body: Body,
    /// The same arguments always give the same result, files aside. The others are unknown while planning.
    pub pure: bool,
}

impl Function {
    /// A pure function whose result is of this type and never null.
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        parameters: &'static [Parameter],
        returns: Shape,
        body: fn(&Call<'_>) -> Result<Value, FunctionError>,
    ) -> Self {
        Function {
            name,
            doc,
            parameters,
            variadic: None,
            returns: Returns::Fixed(returns),
            refine: Refine::NotNull,
            body: Body::Plain(body),
            pure: true,
        }
    }

    /// A pure function whose result type depends on the arguments and which may give null.
    pub const fn computed(
        name: &'static str,
        doc: &'static str,
        parameters: &'static [Parameter],
        returns: fn(&[Value]) -> Result<Type, FunctionError>,
        body: fn(&Call<'_>) -> Result<Value, FunctionError>,
    ) -> Self {
        Function {
            name,
            doc,
            parameters,
            variadic: None,
            returns: Returns::Computed(returns),
            refine: Refine::Nothing,
            body: Body::Plain(body),
            pure: true,
        }
    }

    /// A function whose body the evaluator has.
    pub const fn evaluated(
        name: &'static str,
        doc: &'static str,
        parameters: &'static [Parameter],
    ) -> Self {
        Function {
            name,
            doc,
            parameters,
            variadic: None,
            returns: Returns::Fixed(Shape::Any),
            refine: Refine::Nothing,
            body: Body::Evaluated,
            pure: true,
        }
    }

    /// The same with a parameter for any further arguments.
    #[must_use]
    pub const fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    /// The same with something known of its results.
    #[must_use]
    pub const fn refined(mut self, refine: Refine) -> Self {
        self.refine = refine;
        self
    }

    /// The same, but each call may give something else.
    #[must_use]
    pub const fn impure(mut self) -> Self {
        self.pure = false;
        self
    }

    /// The parameter that takes the argument at this position.
    pub fn parameter(&self, at: usize) -> Option<&Parameter> {
        self.parameters.get(at).or(self.variadic.as_ref())
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "function {}", self.name)
    }
}

/// Why a call failed. The message has no full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// The argument that is to blame, where one is.
    pub argument: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// An error about one argument.
pub fn argument_error(argument: usize, message: impl Into<String>) -> FunctionError {
    FunctionError {
        argument: Some(argument),
        message: message.into(),
    }
}

/// An error about the call as a whole.
pub fn call_error(message: impl Into<String>) -> FunctionError {
    FunctionError {
        argument: None,
        message: message.into(),
    }
}
