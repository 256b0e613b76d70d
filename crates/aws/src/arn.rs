//! ARNs: their parts, and why a text is none.

/// The parts of an ARN: `arn:partition:service:region:account:resource`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arn<'a> {
    /// Partition, such as `aws`.
    pub partition: &'a str,
    /// Service, such as `dynamodb`.
    pub service: &'a str,
    /// Region; empty where the resource belongs to none.
    pub region: &'a str,
    /// Account; empty where the resource belongs to none.
    pub account: &'a str,
    /// The rest, such as `table/orders`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart.
    ///
    /// # Errors
    /// Why the text is none, in the words of AWS's own libraries.
    pub fn parse(text: &'a str) -> Result<Arn<'a>, &'static str> {
        let Some(rest) = text.strip_prefix("arn:") else {
            return Err("arn: invalid prefix");
        };
        let mut parts = rest.splitn(5, ':');
        let mut next = || parts.next().ok_or("arn: not enough sections");
        Ok(Arn {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        })
    }

    /// Takes an ARN apart of which partition, service and resource are said.
    ///
    /// # Errors
    /// As [`Self::parse`], or which part is missing.
    pub fn parse_whole(text: &'a str) -> Result<Arn<'a>, &'static str> {
        let arn = Self::parse(text)?;
        for (part, missing) in [
            (arn.partition, "missing partition value"),
            (arn.service, "missing service value"),
            (arn.resource, "missing resource value"),
        ] {
            if part.is_empty() {
                return Err(missing);
            }
        }
        Ok(arn)
    }

    /// The table that the ARN of a table, or of something of a table, names.
    pub fn table(&self) -> Option<&'a str> {
        let rest = self.resource.strip_prefix("table/")?;
        let name = rest.split('/').next().unwrap_or(rest);
        (self.service == "dynamodb" && !name.is_empty()).then_some(name)
    }

    /// The same resource in another region.
    pub fn in_region(&self, region: &str) -> String {
        format!(
            "arn:{}:{}:{region}:{}:{}",
            self.partition, self.service, self.account, self.resource
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_parts_and_tables_have_names() {
        let arn = Arn::parse("arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/a:b");
        let arn = arn.expect("an ARN");
        assert_eq!((arn.region, arn.table()), ("us-east-1", Some("orders")));
        assert_eq!(
            arn.in_region("eu-west-1"),
            "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/a:b"
        );
        assert_eq!(Arn::parse("orders"), Err("arn: invalid prefix"));
        assert_eq!(Arn::parse("arn:aws:s3"), Err("arn: not enough sections"));
        let queue = Arn::parse("arn:aws:sqs:us-east-1:123456789012:orders");
        assert_eq!(queue.ok().and_then(|arn| arn.table()), None);
    }
}
