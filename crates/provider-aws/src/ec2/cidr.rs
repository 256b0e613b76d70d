//! Ranges of addresses in arguments: whether a text is one, written from its first address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range as it is written, without the bits behind the prefix, and how long the prefix is.
pub(super) fn network(text: &str) -> Option<(String, u8, bool)> {
    let (address, length) = text.split_once('/')?;
    let length: u8 = length.parse().ok()?;
    let (first, ipv6) = match address.parse().ok()? {
        IpAddr::V4(address) if length <= 32 => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            let first = Ipv4Addr::from_bits(address.to_bits() & mask);
            (IpAddr::V4(first), false)
        }
        IpAddr::V6(address) if length <= 128 => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            let first = Ipv6Addr::from_bits(address.to_bits() & mask);
            (IpAddr::V6(first), true)
        }
        _ => return None,
    };
    Some((format!("{first}/{length}"), length, ipv6))
}

/// Why a text is no range of this kind: IPv6 or IPv4, with a prefix between these lengths.
pub(super) fn wrong(name: &str, text: &str, ipv6: bool, lengths: (u8, u8)) -> Option<String> {
    let kind = if ipv6 { "IPv6" } else { "IPv4" };
    let Some((first, length, is_ipv6)) = network(text) else {
        return Some(format!(
            "{text:?} is not a valid CIDR block: invalid CIDR address: {text}"
        ));
    };
    if is_ipv6 != ipv6 {
        return Some(format!("{text:?} is not a valid {kind} CIDR block"));
    }
    // Of IPv6 addresses, other ways of writing the same range are as good.
    let same = if ipv6 {
        network(text.to_lowercase().as_str()).is_some_and(|(again, ..)| again == first)
            && starts_at(text, &first)
    } else {
        first == text
    };
    if !same {
        return Some(format!(
            "{text:?} is not a valid {kind} CIDR block; did you mean {first:?}?"
        ));
    }
    let (least, most) = lengths;
    (!(least..=most).contains(&length)).then(|| {
        format!(
            "expected {name:?} to contain a network Value with between {least} and {most} significant bits, got: {length}"
        )
    })
}

/// Whether the address of a range is its first.
fn starts_at(text: &str, first: &str) -> bool {
    let address = |text: &str| -> Option<IpAddr> { text.split_once('/')?.0.parse().ok() };
    address(text) == address(first)
}

/// Whether two texts mean the same range.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || network(a).is_some_and(|a| network(b).is_some_and(|b| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_written_from_its_first_address() {
        let vpc = |text| wrong("cidr_block", text, false, (16, 28));
        assert_eq!(vpc("10.0.0.0/16"), None);
        for (bad, why) in [
            ("10.0.0.0", "is not a valid CIDR block"),
            ("10.0.1.0/16", "did you mean \"10.0.0.0/16\"?"),
            ("10.0.0.0/8", "between 16 and 28 significant bits, got: 8"),
            ("2600:1f00::/56", "is not a valid IPv4 CIDR block"),
        ] {
            assert!(vpc(bad).is_some_and(|said| said.contains(why)), "{bad}");
        }
        let ipv6 = |text| wrong("ipv6_cidr_block", text, true, (56, 56));
        assert_eq!(ipv6("2600:1F00:0:0::/56"), None);
        assert!(ipv6("2600:1f00::1/56").is_some());
        assert!(same("2600:1F00:0::/56", "2600:1f00::/56"));
        assert!(!same("10.0.0.0/16", "10.0.0.0/17"));
    }
}
