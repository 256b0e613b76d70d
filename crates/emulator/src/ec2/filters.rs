//! Filters of descriptions: one of several values, with `*` and `?` for any text and character.

use std::collections::BTreeMap;

use super::{Call, Refusal, refused};

/// What an object says to a filter of this name; `None` where the service has no such filter.
pub(super) type Facts<'a> = dyn Fn(&str) -> Option<Vec<String>> + 'a;

impl Call<'_> {
    /// The filters that are asked for, with their values.
    pub(super) fn filters(&self) -> Vec<(&str, Vec<&str>)> {
        (1..)
            .map_while(|n| {
                let name = self.text(&format!("Filter.{n}.Name"))?;
                Some((name, self.list(&format!("Filter.{n}.Value"))))
            })
            .collect()
    }

    /// Whether all filters let an object through.
    pub(super) fn lets_through(
        &self,
        tags: &BTreeMap<String, String>,
        facts: &Facts<'_>,
    ) -> Result<bool, Refusal> {
        for (name, values) in self.filters() {
            let has = if let Some(key) = name.strip_prefix("tag:") {
                tags.get(key).cloned().into_iter().collect()
            } else if name == "tag-key" {
                tags.keys().cloned().collect()
            } else {
                facts(name).ok_or_else(|| {
                    refused(
                        "InvalidParameterValue",
                        format!("The filter '{name}' is invalid"),
                    )
                })?
            };
            let passes = |has: &String| values.iter().any(|value| matches(value, has));
            if !has.iter().any(passes) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether a text is of a pattern. Linear in the pattern's stars: each is tried from its last place on.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || Some(c) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, t));
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks_stand_for_anything() {
        for (pattern, text, same) in [
            ("eu-west-1?", "eu-west-1a", true),
            ("eu-west-1?", "eu-west-1", false),
            ("*", "", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("orders", "orders", true),
            ("orders", "Orders", false),
        ] {
            assert_eq!(matches(pattern, text), same, "{pattern} {text}");
        }
    }
}
