//! Functions that turn a value into another type, and the ones about which of several works.

use trueup_value::{Type, Value, conversion_exists, convert};

use crate::function::{Call, Function, FunctionError, Parameter, Shape, argument_error};

const V: Parameter = Parameter::any("v", "The value to turn into the type.")
    .nullable()
    .dynamic()
    .marked();

macro_rules! converting {
    ($name:ident, $text:literal, $doc:literal, $shape:expr) => {
        #[doc = concat!("`", $text, "`")]
        pub static $name: Function = Function::computed(
            $text,
            $doc,
            &[V],
            |args| convertible(&args[0], $shape),
            |call| converted(call, $shape),
        );
    };
}

converting!(
    TOSTRING,
    "tostring",
    "The value as a string.",
    Shape::String
);
converting!(
    TONUMBER,
    "tonumber",
    "The value as a number.",
    Shape::Number
);
converting!(TOBOOL, "tobool", "The value as a bool.", Shape::Bool);
converting!(
    TOLIST,
    "tolist",
    "The elements as a list, all of one type.",
    Shape::List(&Shape::Any)
);
converting!(
    TOSET,
    "toset",
    "The elements as a set: without order and repetition.",
    Shape::Set(&Shape::Any)
);
converting!(
    TOMAP,
    "tomap",
    "The attributes as a map, all of one type.",
    Shape::Map(&Shape::Any)
);

fn convertible(value: &Value, wanted: Shape) -> Result<Type, FunctionError> {
    let wanted = wanted.to_type();
    let given = value.ty();
    if conversion_exists(&given, &wanted) {
        return Ok(wanted);
    }
    Err(refused(&given, &wanted))
}

fn refused(given: &Type, wanted: &Type) -> FunctionError {
    argument_error(
        0,
        format!(
            "cannot convert {} to {}",
            given.friendly_name(),
            wanted.friendly_name_for_constraint()
        ),
    )
}

fn converted(call: &Call<'_>, wanted: Shape) -> Result<Value, FunctionError> {
    let value = &call.args[0];
    let wanted = wanted.to_type();
    convert(value, &wanted).map_err(|_| {
        let given = value.ty();
        if value.contains_marked() {
            return argument_error(
                0,
                format!(
                    "cannot convert this sensitive {} to {}",
                    given.friendly_name(),
                    wanted.friendly_name_for_constraint()
                ),
            );
        }
        let Some(text) = value.as_str() else {
            return refused(&given, &wanted);
        };
        let quoted = crate::strings::quoted(text);
        match wanted {
            Type::Bool => argument_error(
                0,
                format!(
                    "cannot convert {quoted} to bool; only the strings \"true\" or \"false\" are allowed"
                ),
            ),
            Type::Number => argument_error(
                0,
                format!(
                    "cannot convert {quoted} to number; given string must be a decimal representation of a number"
                ),
            ),
            _ => refused(&given, &wanted),
        }
    })
}

const EXPRESSION: Parameter = Parameter::new(
    "expression",
    Shape::Expression,
    "The expression to evaluate.",
);

/// `can`
pub static CAN: Function = Function::evaluated(
    "can",
    "Whether an expression evaluates without error.",
    &[EXPRESSION],
);

/// `try`
pub static TRY: Function = Function::evaluated(
    "try",
    "The value of the first expression that evaluates without error.",
    &[],
)
.variadic(Parameter::new(
    "expressions",
    Shape::Expression,
    "The expressions to evaluate in turn.",
));

const VARS: Parameter = Parameter::any("vars", "The names that the template may refer to.");

/// `templatefile`
pub static TEMPLATEFILE: Function = Function::evaluated(
    "templatefile",
    "Renders a file as a template, with the names that are given.",
    &[Parameter::string("path", "The file."), VARS],
);

/// `templatestring`
pub static TEMPLATESTRING: Function = Function::evaluated(
    "templatestring",
    "Renders a string from elsewhere as a template, with the names that are given.",
    &[
        Parameter::new(
            "template",
            Shape::Expression,
            "A reference to the template.",
        ),
        VARS,
    ],
);

/// `type`
pub static TYPE: Function = Function::evaluated(
    "type",
    "The type of a value; only in the console.",
    &[Parameter::any("value", "The value.")],
);
