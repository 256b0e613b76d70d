//! Kinesis, asked as AWS clients ask it.

use serde_json::json;

use crate::bed::{KINESIS, memory};

#[tokio::test]
async fn a_stream_goes_through_its_states() {
    let emulator = memory(1);
    let kinesis = KINESIS.at(&emulator);
    let named = || json!({"StreamName": "orders-changes"});
    let create = json!({"StreamName": "orders-changes", "ShardCount": 1});
    kinesis.good("CreateStream", create.clone()).await;
    let twice = KINESIS.call(&emulator, "CreateStream", create).await;
    assert_eq!(twice.error(), "ResourceInUseException");
    // Nothing can be changed before a describe has shown it once.
    let longer = json!({"StreamName": "orders-changes", "RetentionPeriodHours": 48});
    kinesis
        .refused(
            "IncreaseStreamRetentionPeriod",
            longer.clone(),
            "ResourceInUseException",
        )
        .await;
    let told = kinesis.good("DescribeStreamSummary", named()).await;
    let told = &told["StreamDescriptionSummary"];
    assert_eq!(told["StreamStatus"], "CREATING");
    let arn = "arn:aws:kinesis:us-east-1:123456789012:stream/orders-changes";
    assert_eq!(told["StreamARN"], arn);
    kinesis.good("IncreaseStreamRetentionPeriod", longer).await;
    kinesis.good("DescribeStreamSummary", named()).await;
    let shorter = json!({"StreamName": "orders-changes", "RetentionPeriodHours": 24});
    kinesis
        .refused(
            "IncreaseStreamRetentionPeriod",
            shorter,
            "InvalidArgumentException",
        )
        .await;
    let many = json!({"StreamARN": arn, "TargetShardCount": 5, "ScalingType": "UNIFORM_SCALING"});
    kinesis
        .refused("UpdateShardCount", many, "InvalidArgumentException")
        .await;
    let tags = json!({"StreamName": "orders-changes", "Tags": {"a": "1", "b": "2"}});
    kinesis.good("AddTagsToStream", tags).await;
    let first = json!({"StreamName": "orders-changes", "Limit": 1});
    let page = kinesis.good("ListTagsForStream", first).await;
    assert_eq!(page["HasMoreTags"], true);
    let listed = kinesis.good("ListStreams", json!({})).await;
    assert_eq!(listed["StreamNames"], json!(["orders-changes"]));
    let described = kinesis.good("DescribeStream", named()).await;
    let shards = described["StreamDescription"]["Shards"].as_array();
    assert_eq!(shards.map(Vec::len), Some(1));
    kinesis.good("DeleteStream", named()).await;
    let told = kinesis.good("DescribeStreamSummary", named()).await;
    assert_eq!(told["StreamDescriptionSummary"]["StreamStatus"], "DELETING");
    kinesis
        .refused(
            "DescribeStreamSummary",
            named(),
            "ResourceNotFoundException",
        )
        .await;
}
