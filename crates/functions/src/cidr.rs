//! Blocks of IP addresses, such as `10.0.0.0/16`.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use dashu_base::UnsignedAbs;
use dashu_int::IBig;
use trueup_value::{Type, Value};

use crate::function::{
    Call, Function, FunctionError, Parameter, Shape, argument_error, call_error,
};
use crate::numeric::whole;

const PREFIX: Parameter = Parameter::string("prefix", "The block, such as 10.0.0.0/16.");

/// A block of addresses: its first address, as a number of `width` bits, and the bits that are fixed.
#[derive(Clone, Copy)]
struct Block {
    first: u128,
    length: u32,
    width: u32,
}

/// A number with this many of the lowest bits set.
fn low_bits(bits: u32) -> u128 {
    if bits >= 128 {
        u128::MAX
    } else {
        (1 << bits) - 1
    }
}

fn address(number: u128, width: u32) -> String {
    if width == 32 {
        Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).to_string()
    } else {
        let address = Ipv6Addr::from(number);
        match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            // The last four bytes are never written with dots otherwise.
            None => hexadecimal(address),
        }
    }
}

/// Eight groups of digits, the longest run of zeros left out.
fn hexadecimal(address: Ipv6Addr) -> String {
    let text = address.to_string();
    if !text.contains('.') {
        return text;
    }
    let [.., high, low] = address.segments();
    format!("::{high:x}:{low:x}")
}

/// A sum of bits with a sign, as the bytes of an address: what does not fit is cut, and the sign dropped.
fn bits_of(number: &IBig, width: u32) -> u128 {
    let bytes = number.clone().unsigned_abs().to_be_bytes();
    let wanted = usize::try_from(width / 8).unwrap_or(16);
    let from = bytes.len().saturating_sub(wanted);
    bytes[from..]
        .iter()
        .fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

/// Four numbers with dots; leading zeros are allowed and mean nothing.
fn ipv4(text: &str) -> Option<u128> {
    let mut parts = text.split('.');
    let mut number = 0;
    for _ in 0..4 {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 15 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let value: u64 = part.parse().ok()?;
        number = (number << 8) | u128::from(u8::try_from(value).ok()?);
    }
    parts.next().is_none().then_some(number)
}

impl Block {
    fn parse(text: &str) -> Result<Block, FunctionError> {
        Self::read(text).ok_or_else(|| {
            call_error(format!(
                "invalid CIDR expression: invalid CIDR address: {text}"
            ))
        })
    }

    fn read(text: &str) -> Option<Block> {
        let (given, length) = text.split_once('/')?;
        let (number, width) = match ipv4(given) {
            Some(number) => (number, 32),
            None => (u128::from(given.parse::<Ipv6Addr>().ok()?), 128),
        };
        if length.is_empty() || !length.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let length: u32 = length.parse().ok().filter(|length| *length <= width)?;
        Some(Block {
            first: number & !low_bits(width - length),
            length,
            width,
        })
    }

    /// Whether it is a block of IPv4 in the form of IPv6.
    fn is_mapped(self) -> bool {
        self.width == 128 && self.first >> 32 == 0xffff
    }

    fn last(self) -> u128 {
        self.first | low_bits(self.width - self.length)
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = match self.width {
            128 if self.is_mapped() => self.length.saturating_sub(96),
            _ => self.length,
        };
        write!(f, "{}/{length}", address(self.first, self.width))
    }
}

/// A whole number of any size: whether it is negative, and how large it is.
fn big_whole(value: &Value) -> Result<(bool, u128), FunctionError> {
    let digits = value
        .as_number()
        .and_then(|number| number.to_radix(10))
        .ok_or_else(|| call_error("value must be a whole number"))?;
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, digits.as_str()),
    };
    Ok((negative, digits.parse().unwrap_or(u128::MAX)))
}

/// `cidrhost`
pub static CIDRHOST: Function = Function::new(
    "cidrhost",
    "The address of a host in a block, by its number; below zero counted from the end.",
    &[
        PREFIX,
        Parameter::number("hostnum", "The number of the host."),
    ],
    Shape::String,
    |call| {
        let (negative, number) = big_whole(&call.args[1])?;
        let block = Block::parse(call.text(0))?;
        let most = low_bits(block.width - block.length);
        let host = if negative {
            number
                .checked_sub(1)
                .filter(|back| *back <= most)
                .map(|back| most - back)
        } else {
            Some(number).filter(|number| *number <= most)
        };
        let host = host.ok_or_else(|| {
            call_error(format!(
                "prefix of {} does not accommodate a host numbered {}{number}",
                block.length,
                if negative { "-" } else { "" }
            ))
        })?;
        if block.is_mapped() {
            // Counted in the width of IPv4, the number of the host lands above the address.
            let number = block.first | host.checked_shl(96).unwrap_or(0);
            return Ok(Value::string(address(number, block.width)));
        }
        Ok(Value::string(address(block.first | host, block.width)))
    },
);

/// `cidrnetmask`
pub static CIDRNETMASK: Function = Function::new(
    "cidrnetmask",
    "The mask of an IPv4 block, as an address.",
    &[PREFIX],
    Shape::String,
    |call| {
        let block = Block::parse(call.text(0))?;
        if block.width != 32 && !block.is_mapped() {
            return Err(call_error(format!(
                "IPv6 addresses cannot have a netmask: {}",
                call.text(0)
            )));
        }
        let mask = low_bits(block.width) & !low_bits(block.width - block.length);
        Ok(Value::string(address(mask, block.width)))
    },
);

/// `cidrsubnet`
pub static CIDRSUBNET: Function = Function::new(
    "cidrsubnet",
    "A block within a block, by how many more bits it fixes and its number.",
    &[
        PREFIX,
        Parameter::number("newbits", "How many more bits are fixed."),
        Parameter::number("netnum", "The number of the block."),
    ],
    Shape::String,
    cidrsubnet,
);

fn cidrsubnet(call: &Call<'_>) -> Result<Value, FunctionError> {
    let more = whole(&call.args[1]).map_err(call_error)?;
    let (negative, number) = big_whole(&call.args[2])?;
    let block = Block::parse(call.text(0))?;
    let length = i64::from(block.length)
        .checked_add(more)
        .and_then(|length| u32::try_from(length).ok())
        .filter(|length| *length <= block.width)
        .ok_or_else(|| {
            call_error(format!(
                "insufficient address space to extend prefix of {} by {more}",
                block.length
            ))
        })?;
    let most = match u32::try_from(more) {
        Ok(more) => low_bits(more),
        Err(_) => u128::MAX,
    };
    if number > most {
        return Err(call_error(format!(
            "prefix extension of {more} does not accommodate a subnet numbered {}{number}",
            if negative { "-" } else { "" }
        )));
    }
    // A number below zero sets the bits that its two's complement has, and only the magnitude is kept.
    let number = if negative {
        -IBig::from(number)
    } else {
        IBig::from(number)
    };
    let shift = usize::try_from(block.width - length).unwrap_or(0);
    let first = bits_of(&(IBig::from(block.first) | (number << shift)), block.width);
    let block = Block {
        first,
        length,
        width: block.width,
    };
    Ok(Value::string(block.to_string()))
}

/// `cidrsubnets`
pub static CIDRSUBNETS: Function = Function::new(
    "cidrsubnets",
    "Blocks within a block, one after the other, by how many more bits each fixes.",
    &[PREFIX],
    Shape::List(&Shape::String),
    cidrsubnets,
)
.variadic(Parameter::number(
    "newbits",
    "How many more bits each block fixes.",
));

fn cidrsubnets(call: &Call<'_>) -> Result<Value, FunctionError> {
    let whole_block = Block::parse(call.text(0)).map_err(|error| FunctionError {
        argument: Some(0),
        ..error
    })?;
    let mut blocks = Vec::new();
    let mut before: Option<Block> = None;
    for (at, more) in call.args.iter().enumerate().skip(1) {
        let more = whole(more).map_err(|message| argument_error(at, message))?;
        if more < 1 {
            return Err(argument_error(at, "must extend prefix by at least one bit"));
        }
        let Some(more) = u32::try_from(more).ok().filter(|more| *more <= 32) else {
            return Err(argument_error(
                at,
                "may not extend prefix by more than 32 bits",
            ));
        };
        let (length, width) = (whole_block.length + more, whole_block.width);
        if length > width {
            let version = if width == 32 { "IPv4" } else { "IPv6" };
            return Err(argument_error(
                at,
                format!(
                    "would extend prefix to {length} bits, which is too long for an {version} address"
                ),
            ));
        }
        let free = match before {
            None => Some(whole_block.first),
            Some(block) => (block.last() | low_bits(width - length)).checked_add(1),
        };
        let first = free
            .filter(|first| *first <= whole_block.last())
            .ok_or_else(|| {
                let before = before.unwrap_or(whole_block);
                argument_error(
                    at,
                    format!("not enough remaining address space for a subnet with a prefix of {length} bits after {before}"),
                )
            })?;
        let block = Block {
            first,
            length,
            width,
        };
        blocks.push(Value::string(block.to_string()));
        before = Some(block);
    }
    Ok(Value::list(Type::String, blocks))
}

/// `cidrcontains`
pub static CIDRCONTAINS: Function = Function::new(
    "cidrcontains",
    "Whether an address, or every address of a block, lies in a block.",
    &[
        Parameter::string("containing_prefix", "The block, such as 10.0.0.0/16."),
        Parameter::string("contained_ip_or_prefix", "The address or block."),
    ],
    Shape::Bool,
    |call| {
        let outer = Block::parse(call.text(0))?;
        let text = call.text(1);
        let inner = if text.contains('/') {
            Block::parse(text)?
        } else {
            let host = match ipv4(text) {
                Some(number) => Some((number, 32)),
                None => text
                    .parse::<Ipv6Addr>()
                    .ok()
                    .map(|ip| (u128::from(ip), 128)),
            };
            let (first, width) =
                host.ok_or_else(|| call_error(format!("invalid IP address or prefix: {text}")))?;
            Block {
                first,
                length: width,
                width,
            }
        };
        if outer.width != inner.width {
            return Err(call_error(format!(
                "address family mismatch: {} vs. {text}",
                call.text(0)
            )));
        }
        let inside = inner.first >= outer.first && inner.last() <= outer.last();
        Ok(Value::bool(inside))
    },
);
