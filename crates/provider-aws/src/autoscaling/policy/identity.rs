//! How a policy is named: by its target and its own name; and the ids of imports.

use trueup_aws::autoscaling::TargetName;

/// The policy that an import's id names: `dynamodb/table/orders/dynamodb:table:ReadCapacityUnits/reads`,
/// `dynamodb/table/orders/index/by_status/dynamodb:index:ReadCapacityUnits/reads`. A name may hold slashes
/// and colons where the resource is a table's or an index's.
pub(super) fn named(id: &str) -> Option<(TargetName, String)> {
    let parts: Vec<&str> = id.split('/').collect();
    if parts.len() < 4 {
        return None;
    }
    // Parts of the resource, behind the namespace.
    let resource = match parts.as_slice() {
        ["dynamodb", "table", _, "index", _, _, _, ..] => 4,
        ["dynamodb", "table", _, _, _, ..] => 2,
        ["kafka", rest @ ..] if rest.len() > 5 => rest.len() - 2,
        all => all.len() - 3,
    };
    let (resource, rest) = parts.get(1..)?.split_at_checked(resource)?;
    let (dimension, name) = rest.split_first()?;
    let name = name.join("/");
    if parts.iter().any(|part| part.is_empty()) || name.is_empty() {
        return None;
    }
    let target = TargetName {
        namespace: (*parts.first()?).to_owned(),
        resource: resource.join("/"),
        dimension: (*dimension).to_owned(),
    };
    Some((target, name))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn an_id_names_a_target_and_a_policy() {
        for (id, resource, dimension, name) in [
            (
                "dynamodb/table/orders/dynamodb:table:ReadCapacityUnits/DynamoDBReadCapacityUtilization:table/orders",
                "table/orders",
                "dynamodb:table:ReadCapacityUnits",
                "DynamoDBReadCapacityUtilization:table/orders",
            ),
            (
                "dynamodb/table/orders/index/by_status/dynamodb:index:WriteCapacityUnits/writes",
                "table/orders/index/by_status",
                "dynamodb:index:WriteCapacityUnits",
                "writes",
            ),
            (
                "ecs/service/main/web/ecs:service:DesiredCount/steps",
                "service/main/web",
                "ecs:service:DesiredCount",
                "steps",
            ),
        ] {
            let (target, found) = named(id).expect(id);
            assert_eq!(
                (
                    target.resource.as_str(),
                    target.dimension.as_str(),
                    found.as_str()
                ),
                (resource, dimension, name)
            );
        }
        for bad in ["", "dynamodb/table/orders", "dynamodb/table//x/y", "a/b/c"] {
            assert!(named(bad).is_none(), "{bad}");
        }
    }
}
