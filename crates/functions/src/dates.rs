//! Points in time, written as RFC 3339.

mod duration;
mod layout;
mod moment;

use trueup_value::{Type, Value};

use crate::function::{Function, Parameter, Shape, argument_error, call_error};
use moment::Moment;

/// `formatdate`
pub static FORMATDATE: Function = Function::new(
    "formatdate",
    "A point in time written after a pattern such as YYYY-MM-DD.",
    &[
        Parameter::string("format", "The pattern."),
        Parameter::string("time", "The point in time, in RFC 3339."),
    ],
    Shape::String,
    |call| {
        let moment = Moment::parse(call.text(1)).map_err(|message| argument_error(1, message))?;
        layout::written(call.text(0), &moment)
            .map(Value::string)
            .map_err(|message| argument_error(0, message))
    },
);

/// `timeadd`
pub static TIMEADD: Function = Function::new(
    "timeadd",
    "A point in time moved by a duration such as 1h30m.",
    &[
        Parameter::string("timestamp", "The point in time, in RFC 3339."),
        Parameter::string("duration", "The duration, with a sign where it goes back."),
    ],
    Shape::String,
    |call| {
        let moment = Moment::parse(call.text(0)).map_err(call_error)?;
        let nanoseconds = duration::parse(call.text(1)).map_err(call_error)?;
        moment
            .moved(nanoseconds)
            .map(|moment| Value::string(moment.to_string()))
            .ok_or_else(|| call_error("the result is outside the years 0000 to 9999"))
    },
);

/// `timecmp`
pub static TIMECMP: Function = Function::new(
    "timecmp",
    "-1, 0 or 1 where a point in time is before, at or after another.",
    &[
        Parameter::string("timestamp_a", "A point in time, in RFC 3339."),
        Parameter::string("timestamp_b", "Another."),
    ],
    Shape::Number,
    |call| {
        let a = Moment::parse(call.text(0)).map_err(|message| argument_error(0, message))?;
        let b = Moment::parse(call.text(1)).map_err(|message| argument_error(1, message))?;
        Ok(Value::from(a.instant().cmp(&b.instant()) as i64))
    },
);

/// `timestamp`
pub static TIMESTAMP: Function = Function::new(
    "timestamp",
    "The time of the run; known when it is applied.",
    &[],
    Shape::String,
    |call| {
        Ok(call.cx.source.map_or_else(
            || Value::unknown(Type::String),
            |source| Value::string(source.now()),
        ))
    },
)
.impure();

/// `plantimestamp`
pub static PLANTIMESTAMP: Function = Function::new(
    "plantimestamp",
    "When the plan was made.",
    &[],
    Shape::String,
    |call| {
        Ok(call
            .cx
            .plan_timestamp
            .map_or_else(|| Value::unknown(Type::String), Value::string))
    },
);
