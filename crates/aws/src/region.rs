//! Regions and the partitions they belong to.

/// The partition of a region by the form of its name, such as `aws` for
/// `eu-west-1`; `None` if the name has none of the known forms.
pub fn partition(region: &str) -> Option<&'static str> {
    let parts: Vec<&str> = region.split('-').collect();
    let (area, words, number) = match parts.as_slice() {
        [area, words @ .., number] if !words.is_empty() => (*area, words, *number),
        _ => return None,
    };
    let word = |w: &&str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase());
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_digit()) || !words.iter().all(word) {
        return None;
    }
    match (area, words) {
        ("cn", [_]) => Some("aws-cn"),
        ("us", ["gov", _]) => Some("aws-us-gov"),
        ("us", ["iso", _]) => Some("aws-iso"),
        ("us", ["isob", _]) => Some("aws-iso-b"),
        ("us", ["isof", _]) => Some("aws-iso-f"),
        ("eu", ["isoe", _]) => Some("aws-iso-e"),
        ("eusc", [_, _] | [_]) => Some("aws-eusc"),
        ("us" | "eu" | "ap" | "sa" | "ca" | "me" | "af" | "il" | "mx", [_]) => Some("aws"),
        _ => None,
    }
}

/// The DNS suffix of a partition; that of `aws` for an unknown one.
pub fn dns_suffix(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_belong_to_partitions_by_form() {
        for (region, want) in [
            ("us-east-1", Some("aws")),
            ("ap-southeast-5", Some("aws")),
            ("cn-north-1", Some("aws-cn")),
            ("us-gov-west-1", Some("aws-us-gov")),
            ("us-isob-east-1", Some("aws-iso-b")),
            ("local", None),
            ("us-east", None),
            ("us--1", None),
            ("", None),
            ("US-EAST-1", None),
        ] {
            assert_eq!(partition(region), want, "{region}");
        }
    }
}
