//! Versions and version constraints, as `required_version` and `required_providers` write them.

use std::cmp::Ordering;
use std::fmt;

/// A version of three numbers with an optional pre-release.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    numbers: [u64; 3],
    pre: Vec<String>,
}

impl Version {
    /// Reads `1`, `1.2`, `1.2.3` or `1.2.3-beta1`, with an optional leading `v`; build metadata is ignored.
    /// Also answers how many numbers were written.
    fn parse_with_width(text: &str) -> Option<(Self, usize)> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(head, _)| head);
        let (numbers, pre) = match text.split_once('-') {
            Some((numbers, pre)) => (numbers, Some(pre)),
            None => (text, None),
        };
        let mut parsed = [0; 3];
        let mut width = 0;
        for part in numbers.split('.') {
            *parsed.get_mut(width)? = part.parse().ok()?;
            width += 1;
        }
        let pre = match pre {
            Some("") => return None,
            Some(pre) => pre.split('.').map(str::to_string).collect(),
            None => Vec::new(),
        };
        Some((
            Self {
                numbers: parsed,
                pre,
            },
            width,
        ))
    }

    /// Whether it is one of those before a release.
    pub fn is_prerelease(&self) -> bool {
        !self.pre.is_empty()
    }

    /// Reads a version.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_with_width(text).map(|(version, _)| version)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| {
            match (self.pre.is_empty(), other.pre.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_pre(&self.pre, &other.pre),
            }
        })
    }
}

/// Pre-releases by the rules of semantic versioning: numbers before words, numbers by value.
fn compare_pre(left: &[String], right: &[String]) -> Ordering {
    for (l, r) in left.iter().zip(right) {
        let order = match (l.parse::<u64>(), r.parse::<u64>()) {
            (Ok(l), Ok(r)) => l.cmp(&r),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => l.cmp(r),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    left.len().cmp(&right.len())
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre.join("."))?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Pessimistic,
}

/// One condition on a version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Constraint {
    operator: Operator,
    version: Version,
    width: usize,
}

impl Constraint {
    fn parse(text: &str) -> Option<Self> {
        const OPERATORS: [(&str, Operator); 7] = [
            (">=", Operator::GreaterOrEqual),
            ("<=", Operator::LessOrEqual),
            ("!=", Operator::NotEqual),
            ("~>", Operator::Pessimistic),
            ("=", Operator::Equal),
            (">", Operator::Greater),
            ("<", Operator::Less),
        ];
        let text = text.trim();
        let (operator, rest) = OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)))
            .unwrap_or((Operator::Equal, text));
        let (version, width) = Version::parse_with_width(rest)?;
        Some(Self {
            operator,
            version,
            width,
        })
    }

    /// Whether `version` meets it. A pre-release is met only where the constraint names it exactly.
    pub fn allows(&self, version: &Version) -> bool {
        let base = &self.version;
        if !version.pre.is_empty() && self.operator != Operator::NotEqual && version != base {
            return false;
        }
        match self.operator {
            Operator::Equal => version == base,
            Operator::NotEqual => version != base,
            Operator::Greater => version > base,
            Operator::GreaterOrEqual => version >= base,
            Operator::Less => version < base,
            Operator::LessOrEqual => version <= base,
            Operator::Pessimistic => {
                // All but the last number written are fixed: ~> 1.2 allows 1.x, ~> 1.2.3 allows 1.2.x.
                let fixed = self.width.saturating_sub(1);
                version >= base && version.numbers[..fixed] == base.numbers[..fixed]
            }
        }
    }
}

/// Conditions that must all be met, as one text between commas.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Constraints {
    /// The text as written.
    pub text: String,
    parts: Vec<Constraint>,
}

impl Constraints {
    /// Whether a version before a release is named.
    pub fn any_prerelease(&self) -> bool {
        self.parts.iter().any(|part| !part.version.pre.is_empty())
    }

    /// Reads conditions separated by commas, such as `>= 5.0, < 7.0`.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text
            .split(',')
            .map(Constraint::parse)
            .collect::<Option<_>>()?;
        Some(Self {
            text: text.to_string(),
            parts,
        })
    }

    /// Whether some release of the major version of `latest`, up to `latest`, could meet every condition.
    /// What stands for a whole line of releases is held against this rather than against one of them.
    pub fn could_allow_release_line(&self, latest: &Version) -> bool {
        let first = Version {
            numbers: [latest.numbers[0], 0, 0],
            pre: Vec::new(),
        };
        let named = self.parts.iter().map(|part| part.version.clone());
        let next = self.parts.iter().map(|part| {
            let [major, minor, patch] = part.version.numbers;
            Version {
                numbers: [major, minor, patch + 1],
                pre: Vec::new(),
            }
        });
        [first.clone(), latest.clone()]
            .into_iter()
            .chain(named)
            .chain(next)
            .any(|version| version.numbers[0] == first.numbers[0] && self.allow(&version))
    }

    /// Whether `version` meets every condition.
    pub fn allow(&self, version: &Version) -> bool {
        self.parts.iter().all(|part| part.allows(version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_decide_as_documented() {
        let cases = [
            ("~> 1.2", "1.11.4", true),
            ("~> 1.2.0", "1.11.4", false),
            ("~> 1", "2.0.0", true),
            (">= 1.0, < 2.0", "1.11.4", true),
            (">= 99", "1.11.4", false),
            ("1.11.4", "1.11.4", true),
            ("!= 1.11.4", "1.11.4", false),
            (">= 1.0", "1.5.0-beta1", false),
            ("= 1.5.0-beta1", "1.5.0-beta1", true),
        ];
        for (constraint, version, wanted) in cases {
            let constraints = Constraints::parse(constraint).expect("a well-formed constraint");
            let version = Version::parse(version).expect("a well-formed version");
            assert_eq!(
                constraints.allow(&version),
                wanted,
                "{constraint} on {version}"
            );
        }
    }

    #[test]
    fn malformed_constraints_are_refused() {
        for text in ["", ">=", "a.b", "1.2.3.4", ">= 1.0,"] {
            assert_eq!(Constraints::parse(text), None, "{text:?}");
        }
    }
}
