//! ARNs, as the connection to AWS knows them.

pub(crate) use trueup_aws::Arn;
