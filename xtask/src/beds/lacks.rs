//! What each emulator can't do, by fixture and step: the reasons that the output lists.

/// One thing that is not played.
struct Lack {
    bed: &'static str,
    fixture: &'static str,
    /// The edit it concerns; `None` for the whole fixture.
    step: Option<&'static str>,
    why: &'static str,
}

/// DynamoDB Local answers UnknownOperationException to every call on tags.
const NO_TAGS: &str = "it has no tags";

/// DynamoDB Local answers UnknownOperationException to UpdateContinuousBackups.
const NO_RECOVERY: &str = "it has no point-in-time recovery";

/// DynamoDB Local is DynamoDB alone.
const NO_OBJECTS: &str = "it has no S3, where this fixture keeps its state";

/// DynamoDB Local is DynamoDB alone.
const NO_NETWORKS: &str = "it has no EC2";

/// DynamoDB Local is DynamoDB alone.
const NO_BUCKETS: &str = "it has no S3, where this fixture makes a bucket";

/// A plan after the index is gone wants to take the definition away, and can't.
const KEEPS_DEFINITIONS: &str =
    "it keeps the attribute definitions of an index that was deleted, as AWS does not";

/// ListTagsForResource of Application Auto Scaling ends in a 500.
const NO_SCALING_TAGS: &str = "it fails when it is asked for the tags of a scalable target";

/// RegisterScalableTarget is answered with a 400 that names no error.
const NO_SCALING: &str = "it refuses to register scalable targets";

/// ResourceInUseException: table already has an enabled stream.
const KEEPS_STREAMS: &str = "it refuses to turn on again a stream that was turned off";

/// Each of its item calls grows the process; ten thousand items took over 16 minutes and 19 GB.
const TOO_MANY_ITEMS: &str = "it takes many minutes and gigabytes for ten thousand items";

/// Its tables lie in one region, which it calls ddblocal.
const ONE_REGION: &str = "it has one region";

/// CreateReplica is answered with success, and no region ever tells of a replica: an apply waits for them
/// as long as it would on AWS, half an hour.
const NO_REPLICAS: &str = "it takes replicas and makes none, so they are waited for in vain";

const LACKS: &[Lack] = &[
    Lack {
        bed: "moto",
        fixture: "replicas",
        step: None,
        why: NO_REPLICAS,
    },
    Lack {
        bed: "dynamodb-local",
        fixture: "replicas",
        step: None,
        why: ONE_REGION,
    },
    Lack {
        bed: "moto",
        fixture: "items-10k",
        step: None,
        why: TOO_MANY_ITEMS,
    },
    Lack {
        bed: "moto",
        fixture: "stream-keys-only",
        step: Some("the_stream_is_turned_on_again"),
        why: KEEPS_STREAMS,
    },
    Lack {
        bed: "moto",
        fixture: "stream-new-and-old-images",
        step: Some("the_stream_is_turned_on_again"),
        why: KEEPS_STREAMS,
    },
    Lack {
        bed: "moto",
        fixture: "stream-new-image",
        step: Some("the_stream_is_turned_on_again"),
        why: KEEPS_STREAMS,
    },
    Lack {
        bed: "moto",
        fixture: "stream-old-image",
        step: Some("the_stream_is_turned_on_again"),
        why: KEEPS_STREAMS,
    },
    Lack {
        bed: "ministack",
        fixture: "table-module",
        step: None,
        why: NO_SCALING,
    },
    Lack {
        bed: "moto",
        fixture: "table-module",
        step: None,
        why: NO_SCALING_TAGS,
    },
    Lack {
        bed: "moto",
        fixture: "gsi-projection",
        step: Some("the_indexes_leave"),
        why: KEEPS_DEFINITIONS,
    },
    Lack {
        bed: "dynamodb-local",
        fixture: "tutorial",
        step: None,
        why: NO_TAGS,
    },
    Lack {
        bed: "dynamodb-local",
        fixture: "table-module",
        step: None,
        why: NO_TAGS,
    },
    Lack {
        bed: "dynamodb-local",
        fixture: "state-in-s3",
        step: None,
        why: NO_OBJECTS,
    },
    Lack {
        bed: "dynamodb-local",
        fixture: "vpc",
        step: None,
        why: NO_NETWORKS,
    },
    Lack {
        bed: "dynamodb-local",
        fixture: "bootstrap",
        step: None,
        why: NO_BUCKETS,
    },
    Lack {
        bed: "dynamodb-local",
        fixture: "bootstrap-inline",
        step: None,
        why: NO_BUCKETS,
    },
    Lack {
        bed: "dynamodb-local",
        fixture: "lock-table",
        step: Some("it_is_recoverable"),
        why: NO_RECOVERY,
    },
];

/// Why a whole fixture is not played.
pub fn whole(bed: &str, fixture: &str) -> Option<&'static str> {
    of(bed, fixture, None)
}

/// Why one step of a fixture is not played.
pub fn step(bed: &str, fixture: &str, step: &str) -> Option<&'static str> {
    of(bed, fixture, Some(step))
}

fn of(bed: &str, fixture: &str, step: Option<&str>) -> Option<&'static str> {
    LACKS
        .iter()
        .find(|lack| lack.bed == bed && lack.fixture == fixture && lack.step == step)
        .map(|lack| lack.why)
}
