//! The key that AWS keeps for DynamoDB in a region. A table's block that names no key means that one, so
//! it never stands in state.

use tokio::sync::OnceCell;
use trueup_aws::dynamodb::TableDescription;
use trueup_value::Value;

use super::Tables;
use crate::connection::Connection;
use crate::members::{block, filled};

/// The alias under which KMS has it.
const ALIAS: &str = "alias/aws/dynamodb";

/// The ARN of the default key of one region, asked for once, and only where a table has a key.
#[derive(Default)]
pub(crate) struct DefaultKey(OnceCell<Option<String>>);

impl DefaultKey {
    /// The ARN; `None` where KMS can't be asked.
    pub(crate) async fn arn(&self, aws: &Connection) -> Option<&str> {
        let asked = self.0.get_or_init(|| async {
            // An endpoint for DynamoDB alone is an emulator, whose keys no KMS knows.
            let endpoints = &aws.session.settings().endpoints;
            let emulated = !aws.session.is_embedded()
                && endpoints.dynamodb.is_some()
                && !endpoints.others.contains_key("kms");
            if emulated {
                return None;
            }
            match aws.session.kms().describe_key(ALIAS).await {
                Ok(key) => Some(key.arn),
                Err(error) => {
                    tracing::info!(%error, "the default key of DynamoDB can't be looked up");
                    None
                }
            }
        });
        asked.await.as_deref()
    }
}

impl Tables {
    /// The description without a key that is the region's default one. `like` is what was planned or
    /// believed of the table: where that names no key, nobody needs to ask.
    pub(super) async fn without_default_key(
        &self,
        mut table: TableDescription,
        like: Option<&Value>,
    ) -> TableDescription {
        let named = like
            .and_then(|like| block(like, "server_side_encryption"))
            .is_none_or(|block| filled(block, "kms_key_arn").is_some());
        if let Some(sse) = table.sse.as_mut().filter(|_| named)
            && sse.kms_key_arn.is_some()
            && self.default_key.arn(&self.aws).await == sse.kms_key_arn.as_deref()
        {
            sse.kms_key_arn = None;
        }
        table
    }
}
