//! STS: who the credentials belong to.
use crate::Answer;
use crate::calls::send;

/// The STS calls the program makes. Roles are assumed inside [`crate::Session`].
pub trait Sts: Send + Sync {
    /// Who the credentials belong to.
    fn get_caller_identity(&self) -> Answer<'_, CallerIdentity>;
}

/// Who the credentials belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallerIdentity {
    /// Account id, 12 digits.
    pub account_id: String,
    /// ARN of the user or assumed role.
    pub arn: String,
    /// Unique id.
    pub user_id: String,
}

const SERVICE: &str = "STS";

/// STS behind the SDK's client.
pub(crate) struct Client {
    sdk: aws_sdk_sts::Client,
}

impl Client {
    pub(crate) fn new(sdk: aws_sdk_sts::Client) -> Self {
        Self { sdk }
    }
}

impl Sts for Client {
    fn get_caller_identity(&self) -> Answer<'_, CallerIdentity> {
        Box::pin(async move {
            let call = self.sdk.get_caller_identity();
            let output = send(SERVICE, "GetCallerIdentity", call.send()).await?;
            Ok(CallerIdentity {
                account_id: output.account.unwrap_or_default(),
                arn: output.arn.unwrap_or_default(),
                user_id: output.user_id.unwrap_or_default(),
            })
        })
    }
}
