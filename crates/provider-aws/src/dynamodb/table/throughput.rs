//! Throughput that is limited or kept warm, of a table or an index: what a block says, what AWS has.

use trueup_aws::dynamodb::{OnDemandThroughput, WarmThroughput, WarmThroughputDescription};
use trueup_value::{Type, Value};

use crate::members::{block, whole};

/// What AWS serves at once on demand without having been asked to, reads and writes a second. Less
/// can't be asked for. A provisioned table serves its capacity.
pub(crate) const WARM_LEAST: (i64, i64) = (12_000, 4_000);

/// No limit, in DynamoDB's words.
const NO_LIMIT: i64 = -1;

/// The limits of a table or index on demand; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Read request units a second.
    pub(crate) read: Option<i64>,
    /// Write request units a second.
    pub(crate) write: Option<i64>,
}

impl Limits {
    /// What the `on_demand_throughput` of a table or index says: unset, 0 and -1 are no limit.
    pub(crate) fn of(value: &Value) -> Self {
        let said = |name: &str| {
            let block = block(value, "on_demand_throughput")?;
            whole(block, name).filter(|units| *units > 0)
        };
        Self {
            read: said("max_read_request_units"),
            write: said("max_write_request_units"),
        }
    }

    /// What AWS describes.
    pub(crate) fn described(given: Option<OnDemandThroughput>) -> Self {
        let given = given.unwrap_or_default();
        let limit = |units: Option<i64>| units.filter(|units| *units > 0);
        Self {
            read: limit(given.max_read_request_units),
            write: limit(given.max_write_request_units),
        }
    }

    /// For the creation of a table or index; nothing where nothing is limited.
    pub(crate) fn to_create(self) -> Option<OnDemandThroughput> {
        (self != Self::default()).then_some(OnDemandThroughput {
            max_read_request_units: self.read,
            max_write_request_units: self.write,
        })
    }

    /// The change from `before` to these; a limit that is gone is lifted by -1.
    pub(crate) fn change_from(self, before: Self) -> Option<OnDemandThroughput> {
        (self != before).then(|| OnDemandThroughput {
            max_read_request_units: Some(self.read.unwrap_or(NO_LIMIT)),
            max_write_request_units: Some(self.write.unwrap_or(NO_LIMIT)),
        })
    }

    /// The blocks of state. Blocks of `like` that mean the same stay as they are written there.
    pub(crate) fn blocks(self, like: Option<&Value>) -> Vec<Value> {
        let written = like.and_then(|like| block(like, "on_demand_throughput"));
        if let (Some(like), Some(written)) = (like, written)
            && written.is_wholly_known()
            && Self::of(like) == self
        {
            return vec![written.clone()];
        }
        if self == Self::default() {
            return Vec::new();
        }
        let number = |units: Option<i64>| Value::number(units.unwrap_or(NO_LIMIT));
        vec![Value::object_from([
            ("max_read_request_units", number(self.read)),
            ("max_write_request_units", number(self.write)),
        ])]
    }
}

/// Throughput that is kept warm; `None` is as much as AWS likes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Warm {
    /// Read units a second.
    pub(crate) read: Option<i64>,
    /// Write units a second.
    pub(crate) write: Option<i64>,
}

impl Warm {
    /// What the `warm_throughput` of a table or index says.
    pub(crate) fn of(value: &Value) -> Self {
        let said = |name: &str| {
            let block = block(value, "warm_throughput")?;
            whole(block, name).filter(|units| *units > 0)
        };
        Self {
            read: said("read_units_per_second"),
            write: said("write_units_per_second"),
        }
    }

    /// What AWS describes, where it is more than it gives everyone.
    pub(crate) fn described(given: Option<&WarmThroughputDescription>, on_demand: bool) -> Self {
        let read = given.and_then(|warm| warm.read_units_per_second);
        let write = given.and_then(|warm| warm.write_units_per_second);
        let more = |units: Option<i64>, least: i64| {
            units.is_some_and(|units| units > least || (units == least && !on_demand))
        };
        let usual = !more(read, WARM_LEAST.0) && !more(write, WARM_LEAST.1);
        if usual {
            return Self::default();
        }
        Self { read, write }
    }

    /// Whether this is at least `other` wherever that says something.
    pub(crate) fn covers(self, other: Self, on_demand: bool) -> bool {
        let covers = |have: Option<i64>, want: Option<i64>, least: i64| {
            let least = if on_demand { least } else { 0 };
            want.is_none_or(|want| have.unwrap_or(least) >= want)
        };
        covers(self.read, other.read, WARM_LEAST.0) && covers(self.write, other.write, WARM_LEAST.1)
    }

    /// Whether a change from `before` to this lowers something, which AWS does not do.
    pub(crate) fn lowers(self, before: Self) -> bool {
        let lowers = |have: Option<i64>, want: Option<i64>| match (have, want) {
            (Some(have), Some(want)) => want < have,
            _ => false,
        };
        lowers(before.read, self.read) || lowers(before.write, self.write)
    }

    /// For a request; nothing where nothing is asked for.
    pub(crate) fn to_send(self) -> Option<WarmThroughput> {
        (self != Self::default()).then_some(WarmThroughput {
            read_units_per_second: self.read,
            write_units_per_second: self.write,
        })
    }

    /// The blocks of state. AWS moves these values by itself: what covers the blocks of `like` (with
    /// none there, anything does) is told as it is written there, so that only less is a difference.
    /// So is everything where the service tells nothing of it.
    pub(crate) fn blocks(
        given: Option<&WarmThroughputDescription>,
        on_demand: bool,
        like: Option<&Value>,
    ) -> Vec<Value> {
        let found = Self::described(given, on_demand);
        if let Some(like) = like
            && (given.is_none() || found.covers(Self::of(like), on_demand))
        {
            return match block(like, "warm_throughput") {
                Some(written) if written.is_wholly_known() => vec![written.clone()],
                _ => Vec::new(),
            };
        }
        if found == Self::default() {
            return Vec::new();
        }
        let number = |units: Option<i64>| match units {
            Some(units) => Value::number(units),
            None => Value::null(Type::Number),
        };
        vec![Value::object_from([
            ("read_units_per_second", number(found.read)),
            ("write_units_per_second", number(found.write)),
        ])]
    }
}
