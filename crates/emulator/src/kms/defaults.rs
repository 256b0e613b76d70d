//! The keys that AWS keeps for its services: one a service and region, the same whenever asked.

use crate::caller::partition;

/// The services whose default keys are known here, with what the key protects.
const SERVICES: &[(&str, &str)] = &[
    ("acm", "ACM private keys"),
    ("backup", "Backup data"),
    ("dynamodb", "DynamoDB data"),
    ("ebs", "EBS volumes"),
    ("elasticfilesystem", "EFS data"),
    ("es", "Elasticsearch data"),
    ("glue", "Glue data"),
    ("kinesis", "Kinesis streams"),
    ("kinesisvideo", "Kinesis Video Streams"),
    ("lambda", "Lambda environment variables"),
    ("rds", "RDS database volumes"),
    ("redshift", "Redshift clusters"),
    ("s3", "S3 objects"),
    ("secretsmanager", "Secrets Manager secrets"),
    ("sns", "SNS messages"),
    ("sqs", "SQS messages"),
    ("ssm", "SSM SecureString parameters"),
    ("xray", "X-Ray data"),
];

/// The aliases of all default keys, in order, each with its key's description.
pub(super) fn aliases() -> impl Iterator<Item = (String, String)> {
    SERVICES.iter().map(|(service, what)| {
        (
            format!("alias/aws/{service}"),
            format!("Default key that protects my {what} when no other key is defined"),
        )
    })
}

/// The ARN of a service's default key, `alias/aws/<service>`.
pub(crate) fn default_key_arn(account: &str, region: &str, service: &str) -> String {
    alias_key_arn(account, region, &format!("alias/aws/{service}"))
}

/// The ARN of the default key behind an alias; the same alias always means the same key.
pub(crate) fn alias_key_arn(account: &str, region: &str, alias: &str) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(format!("{account}/{region}/{alias}").as_bytes());
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
    format!("arn:{}:kms:{region}:{account}:key/{id}", partition(region))
}
