//! Application Auto Scaling by signed calls: its SDK would be compiled for nine operations.
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{AutoScaling, RegisterTarget, ScalableTarget, ScalingPolicy, TargetName, wire};
use crate::Answer;
use crate::json::{Dialect, Service, text};
use crate::signed::Signed;

const DIALECT: Dialect = Dialect {
    target: "AnyScaleFrontendService",
    ask: "NextToken",
    token: "NextToken",
};

/// How many resources one describing call may name: the service's limit.
const MOST_RESOURCES: usize = 50;

/// Application Auto Scaling behind signed calls.
pub(crate) struct Client {
    autoscaling: Service,
}

impl Client {
    pub(crate) fn new(signed: Signed) -> Self {
        Self {
            autoscaling: Service::new(signed, DIALECT),
        }
    }
}

impl AutoScaling for Client {
    fn register_scalable_target(&self, request: RegisterTarget) -> Answer<'_, Option<String>> {
        Box::pin(async move {
            let answer = self
                .autoscaling
                .call("RegisterScalableTarget", wire::registration(&request))
                .await?;
            Ok(text(&answer, "ScalableTargetARN"))
        })
    }

    fn describe_scalable_targets<'a>(
        &'a self,
        namespace: &'a str,
        resources: &'a [String],
        dimension: Option<&'a str>,
    ) -> Answer<'a, Vec<ScalableTarget>> {
        Box::pin(async move {
            let mut bodies: Vec<Value> = resources
                .chunks(MOST_RESOURCES)
                .map(|chunk| json!({"ServiceNamespace": namespace, "ResourceIds": chunk}))
                .collect();
            if bodies.is_empty() {
                bodies.push(json!({"ServiceNamespace": namespace}));
            }
            let mut all = Vec::new();
            for mut body in bodies {
                if let Some(dimension) = dimension {
                    body["ScalableDimension"] = json!(dimension);
                }
                let found = self
                    .autoscaling
                    .all("DescribeScalableTargets", body, "ScalableTargets")
                    .await?;
                all.extend(found.iter().map(wire::target));
            }
            Ok(all)
        })
    }

    fn deregister_scalable_target<'a>(&'a self, target: &'a TargetName) -> Answer<'a, ()> {
        self.autoscaling
            .done("DeregisterScalableTarget", wire::named(target))
    }

    fn put_scaling_policy(&self, request: ScalingPolicy) -> Answer<'_, ()> {
        self.autoscaling
            .done("PutScalingPolicy", wire::policy(&request))
    }

    fn describe_scaling_policies<'a>(
        &'a self,
        target: &'a TargetName,
    ) -> Answer<'a, Vec<ScalingPolicy>> {
        Box::pin(async move {
            let found = self
                .autoscaling
                .all(
                    "DescribeScalingPolicies",
                    wire::named(target),
                    "ScalingPolicies",
                )
                .await?;
            Ok(found.iter().map(wire::policy_of).collect())
        })
    }

    fn delete_scaling_policy<'a>(
        &'a self,
        target: &'a TargetName,
        name: &'a str,
    ) -> Answer<'a, ()> {
        let mut body = wire::named(target);
        body["PolicyName"] = json!(name);
        self.autoscaling.done("DeleteScalingPolicy", body)
    }

    fn list_tags<'a>(&'a self, arn: &'a str) -> Answer<'a, BTreeMap<String, String>> {
        Box::pin(async move {
            let answer = self
                .autoscaling
                .call("ListTagsForResource", json!({"ResourceARN": arn}))
                .await?;
            let tags = answer.get("Tags").and_then(Value::as_object);
            Ok(tags
                .into_iter()
                .flatten()
                .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
                .collect())
        })
    }

    fn tag<'a>(&'a self, arn: &'a str, tags: &'a BTreeMap<String, String>) -> Answer<'a, ()> {
        let body = json!({"ResourceARN": arn, "Tags": tags});
        self.autoscaling.done("TagResource", body)
    }

    fn untag<'a>(&'a self, arn: &'a str, keys: &'a [String]) -> Answer<'a, ()> {
        let body = json!({"ResourceARN": arn, "TagKeys": keys});
        self.autoscaling.done("UntagResource", body)
    }
}
