//! Ranges of addresses: read, written, and how they lie to each other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{bad_value, refused};
use crate::query_calls::Refusal;

/// A range, by its first address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    first: IpAddr,
    length: u8,
}

impl Network {
    /// Reads `10.0.0.0/16` or `2600:1f00::/56`. Bits behind the prefix are dropped, as the service does.
    pub(super) fn parse(text: &str) -> Option<Network> {
        let (address, length) = text.split_once('/')?;
        let length: u8 = length.parse().ok()?;
        let first = match address.parse().ok()? {
            IpAddr::V4(address) if length <= 32 => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(length))
                    .unwrap_or_default();
                IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
            }
            IpAddr::V6(address) if length <= 128 => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(length))
                    .unwrap_or_default();
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
            }
            _ => return None,
        };
        Some(Network { first, length })
    }

    /// How long the prefix is.
    pub(super) fn length(self) -> u8 {
        self.length
    }

    /// Whether its addresses are those of IPv6.
    pub(super) fn is_ipv6(self) -> bool {
        self.first.is_ipv6()
    }

    /// Whether all of `other` lies in it.
    pub(super) fn holds(self, other: Network) -> bool {
        other.length >= self.length
            && Network::parse(&format!("{}/{}", other.first, self.length)) == Some(self)
    }

    /// Whether an address lies in both.
    pub(super) fn overlaps(self, other: Network) -> bool {
        self.holds(other) || other.holds(self)
    }
}

/// Which ranges a network may have.
pub(super) struct Ranges {
    /// The parameter that says the range.
    pub(super) parameter: &'static str,
    /// The refusal of a range that can't be had.
    pub(super) refusal: &'static str,
    /// Whether its addresses are those of IPv6.
    pub(super) ipv6: bool,
    /// How long its prefix may be.
    pub(super) lengths: std::ops::RangeInclusive<u8>,
}

impl Ranges {
    /// One of them, or the service's refusal.
    pub(super) fn read(&self, cidr: &str) -> Result<Network, Refusal> {
        let why = "This is not a valid CIDR block.";
        let network = Network::parse(cidr)
            .filter(|network| network.is_ipv6() == self.ipv6)
            .ok_or_else(|| bad_value(self.parameter, cidr, why))?;
        match self.lengths.contains(&network.length()) {
            true => Ok(network),
            false => Err(self.refused(cidr)),
        }
    }

    /// The refusal of a range.
    pub(super) fn refused(&self, cidr: &str) -> Refusal {
        refused(self.refusal, format!("The CIDR '{cidr}' is invalid."))
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn ranges_lie_in_each_other_or_do_not() {
        let net = |text| Network::parse(text).expect("a range");
        assert_eq!(net("10.0.1.7/16").to_string(), "10.0.0.0/16");
        assert_eq!(net("0.0.0.0/0").to_string(), "0.0.0.0/0");
        assert!(net("10.0.0.0/16").holds(net("10.0.255.0/24")));
        assert!(!net("10.0.0.0/16").holds(net("10.1.0.0/24")));
        assert!(!net("10.0.1.0/24").holds(net("10.0.0.0/16")));
        assert!(net("10.0.1.0/24").overlaps(net("10.0.0.0/16")));
        assert!(net("2600:1f00:0:ab00::/56").holds(net("2600:1f00:0:ab12::/64")));
        assert!(!net("2600:1f00::/56").overlaps(net("10.0.0.0/8")));
        for bad in ["10.0.0.0", "10.0.0/16", "10.0.0.0/33", "x/8", "::/129"] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }
}
