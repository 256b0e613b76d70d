//! Functions of numbers.

use trueup_value::{Number, Type, Value, convert};

use crate::floats::{ln, pow};
use crate::function::{
    Call, Function, FunctionError, Parameter, Shape, argument_error, call_error,
};

const NUM: Parameter = Parameter::number("num", "The number.");

/// A machine integer, or the words for why it is none.
pub(crate) fn whole(value: &Value) -> Result<i64, String> {
    value.as_number().and_then(Number::to_i64).ok_or_else(|| {
        format!(
            "value must be a whole number, between {} and {}",
            i64::MIN,
            i64::MAX
        )
    })
}

fn number(call: &Call<'_>, at: usize) -> Number {
    call.args
        .get(at)
        .and_then(Value::as_number)
        .cloned()
        .unwrap_or(Number::ZERO)
}

fn from_float(value: f64) -> Result<Value, FunctionError> {
    if value.is_nan() {
        return Err(call_error("the result is not a number"));
    }
    Ok(Value::number(Number::from(value)))
}

/// `abs`
pub static ABS: Function = Function::new(
    "abs",
    "The number without its sign.",
    &[NUM.dynamic()],
    Shape::Number,
    |call| Ok(Value::number(number(call, 0).abs())),
);

/// `ceil`
pub static CEIL: Function = Function::new(
    "ceil",
    "The nearest whole number that is not below the given one.",
    &[NUM.dynamic()],
    Shape::Number,
    |call| Ok(Value::number(number(call, 0).ceil())),
);

/// `floor`
pub static FLOOR: Function = Function::new(
    "floor",
    "The nearest whole number that is not above the given one.",
    &[NUM.dynamic()],
    Shape::Number,
    |call| Ok(Value::number(number(call, 0).floor())),
);

/// `log`
pub static LOG: Function = Function::new(
    "log",
    "The logarithm of a number in a base, in 64-bit floating point.",
    &[NUM, Parameter::number("base", "The base.")],
    Shape::Number,
    |call| from_float(ln(number(call, 0).to_f64()) / ln(number(call, 1).to_f64())),
);

/// `pow`
pub static POW: Function = Function::new(
    "pow",
    "A number raised to a power, in 64-bit floating point.",
    &[NUM, Parameter::number("power", "The exponent.")],
    Shape::Number,
    |call| from_float(pow(number(call, 0).to_f64(), number(call, 1).to_f64())),
);

/// `signum`
pub static SIGNUM: Function = Function::new(
    "signum",
    "-1, 0 or 1 for a negative, zero or positive whole number.",
    &[NUM],
    Shape::Number,
    |call| {
        let value = whole(&call.args[0]).map_err(call_error)?;
        Ok(Value::from(value.signum()))
    },
);

const NUMBERS: Parameter = Parameter::number("numbers", "The numbers to choose from.").dynamic();

/// `max`
pub static MAX: Function = Function::new(
    "max",
    "The greatest of the given numbers.",
    &[],
    Shape::Number,
    |call| extreme(call, |a, b| a > b),
)
.variadic(NUMBERS);

/// `min`
pub static MIN: Function = Function::new(
    "min",
    "The smallest of the given numbers.",
    &[],
    Shape::Number,
    |call| extreme(call, |a, b| a < b),
)
.variadic(NUMBERS);

fn extreme(call: &Call<'_>, better: fn(&Number, &Number) -> bool) -> Result<Value, FunctionError> {
    let mut numbers = call.args.iter().filter_map(Value::as_number);
    let first = numbers
        .next()
        .ok_or_else(|| call_error("must pass at least one number"))?;
    let best = numbers.fold(
        first,
        |best, next| if better(next, best) { next } else { best },
    );
    Ok(Value::number(best.clone()))
}

/// `parseint`
pub static PARSEINT: Function = Function::computed(
    "parseint",
    "Reads a whole number written in a base from 2 to 62.",
    &[
        Parameter::any("number", "The text to read."),
        Parameter::number("base", "The base the text is written in."),
    ],
    |args| match args[0].ty() {
        Type::String => Ok(Type::Number),
        other => Err(argument_error(
            0,
            format!(
                "first argument must be a string, not {}",
                other.friendly_name()
            ),
        )),
    },
    parse_int,
)
.refined(crate::function::Refine::NotNull);

fn parse_int(call: &Call<'_>) -> Result<Value, FunctionError> {
    let base = whole(&call.args[1]).map_err(|message| argument_error(1, message))?;
    if !(2..=62).contains(&base) {
        return Err(argument_error(
            1,
            "base must be a whole number between 2 and 62 inclusive",
        ));
    }
    let text = call.text(0);
    let refused = || argument_error(0, format!("cannot parse {text:?} as a base {base} integer"));
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() {
        return Err(refused());
    }
    let value = if base <= 36 {
        if !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
            return Err(refused());
        }
        Number::from_radix(digits, base as u32).ok_or_else(refused)?
    } else {
        let mut value = Number::ZERO;
        let base_number = Number::from(base);
        for digit in digits.bytes() {
            let worth = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'z' => digit - b'a' + 10,
                b'A'..=b'Z' => digit - b'A' + 36,
                _ => return Err(refused()),
            };
            if i64::from(worth) >= base {
                return Err(refused());
            }
            value = value
                .multiply(&base_number)
                .and_then(|value| value.add(&Number::from(i64::from(worth))))
                .map_err(|_| refused())?;
        }
        value
    };
    Ok(Value::number(if negative && !value.is_zero() {
        value.negated()
    } else {
        value
    }))
}

/// `sum`
pub static SUM: Function = Function::new(
    "sum",
    "The sum of a list, set or tuple of numbers.",
    &[Parameter::any("list", "What to add up.")],
    Shape::Number,
    sum,
);

fn sum(call: &Call<'_>) -> Result<Value, FunctionError> {
    const NUMBERS_WANTED: &str = "argument must be list, set, or tuple of number values";
    let list = &call.args[0];
    let Some(length) = list.length() else {
        return Err(argument_error(0, "cannot sum noniterable"));
    };
    if length == 0 {
        return Err(argument_error(0, "cannot sum an empty list"));
    }
    let Some(elements) = list.as_slice() else {
        return Err(argument_error(
            0,
            format!(
                "argument must be list, set, or tuple. Received {}",
                list.ty().friendly_name()
            ),
        ));
    };
    if !list.is_wholly_known() {
        return Ok(Value::unknown(Type::Number));
    }
    let mut total: Option<Number> = None;
    for element in elements {
        let value =
            convert(element, &Type::Number).map_err(|_| argument_error(0, NUMBERS_WANTED))?;
        let next = value
            .as_number()
            .ok_or_else(|| argument_error(0, NUMBERS_WANTED))?;
        total = Some(match total {
            None => next.clone(),
            Some(total) => total
                .add(next)
                .map_err(|error| call_error(error.to_string()))?,
        });
    }
    Ok(Value::number(total.unwrap_or(Number::ZERO)))
}
