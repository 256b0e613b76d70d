//! `init -create-backend`: the bucket and the lock table that a backend block names are made, if they are
//! not there and a person agrees, and told as blocks that a configuration can take over.

use trueup_backend::{Lack, S3Backend, S3Settings};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_parser::quoted;

use crate::backend_change::{Changing, one};
use crate::storage::{Wanted, refused};

impl Changing<'_> {
    /// Makes what the settings name and AWS lacks.
    pub(crate) async fn create(&self, wanted: &Wanted) -> Result<(), Diagnostics> {
        if wanted.kind.as_deref() != Some("s3") {
            return Err(one(Diagnostic::error(
                "Nothing to create for this backend",
                "-create-backend makes the bucket and the lock table of a backend \"s3\". The configuration asks for another backend, which needs nothing to be made.",
            )));
        }
        let surroundings = &self.world.surroundings;
        let settings =
            S3Settings::from_config(&wanted.config, &surroundings.environment).map_err(refused)?;
        let place = self.world.place();
        let backend = S3Backend::connect(settings, &place, surroundings, &self.world.connect)
            .await
            .map_err(refused)?;
        let lacks = backend.lacks().await.map_err(refused)?;
        if lacks.is_empty() {
            self.dialogue
                .say("\nThe storage of the state is complete: nothing has to be created.\n");
        } else {
            let list: String = lacks
                .iter()
                .map(|lack| format!("  + {}\n", in_words(*lack, backend.settings())))
                .collect();
            self.dialogue.say(&format!(
                "\nThe storage of the state is not complete. To be created:\n\n{list}\n"
            ));
            self.agree_to_create()?;
            for lack in lacks {
                backend.make(lack).await.map_err(refused)?;
                self.dialogue.say(&format!(
                    "Created: {}\n",
                    in_words(lack, backend.settings())
                ));
            }
        }
        self.dialogue.say(&format!(
            "\nTo manage it by a configuration, these blocks take it over as it is:\n\n{}\n",
            blocks(backend.settings())
        ));
        Ok(())
    }

    fn agree_to_create(&self) -> Result<(), Diagnostics> {
        if self.options.approve {
            return Ok(());
        }
        if !self.options.input {
            return Err(one(Diagnostic::error(
                "Can't ask approval for creating the backend when interactive input is disabled.",
                "Nothing was created. Add \"-auto-approve\" to create what is listed without being asked.",
            )));
        }
        let answer = self.dialogue.ask(
            "Do you want to create the storage of the state?",
            "What is listed above will be created in your AWS account.\nOnly 'yes' will be accepted to confirm.",
        );
        match answer.as_deref() {
            Some("yes") => Ok(()),
            _ => Err(one(Diagnostic::error(
                "Creation of the backend cancelled.",
                "Nothing was created.",
            ))),
        }
    }
}

fn in_words(lack: Lack, settings: &S3Settings) -> String {
    let bucket = &settings.bucket;
    match lack {
        Lack::Bucket => format!("S3 bucket {bucket:?}"),
        Lack::PublicAccessBlock => format!("block on public access to the bucket {bucket:?}"),
        Lack::Encryption => format!("encryption by default in the bucket {bucket:?}"),
        Lack::Versioning => format!("versioning of the bucket {bucket:?}"),
        Lack::LockTable => format!(
            "DynamoDB table {:?} for locks",
            settings.dynamodb_table.as_deref().unwrap_or_default()
        ),
    }
}

/// Blocks that take over what was made.
fn blocks(settings: &S3Settings) -> String {
    use trueup_backend::Encryption;
    let bucket = quoted(&settings.bucket);
    let by_default = match &settings.encryption {
        Encryption::Kms(key) => format!(
            "      sse_algorithm     = \"aws:kms\"\n      kms_master_key_id = {}\n",
            quoted(key)
        ),
        _ => "      sse_algorithm = \"AES256\"\n".to_owned(),
    };
    let mut text = String::new();
    let mut add = |kind: &str, label: &str, id: &str, body: &str| {
        text.push_str(&format!(
            "import {{\n  to = {kind}.{label}\n  id = {id}\n}}\n\nresource \"{kind}\" \"{label}\" {{\n{body}}}\n\n"
        ));
    };
    add(
        "aws_s3_bucket",
        "state",
        &bucket,
        &format!("  bucket = {bucket}\n"),
    );
    add(
        "aws_s3_bucket_public_access_block",
        "state",
        &bucket,
        "  bucket                  = aws_s3_bucket.state.bucket\n  block_public_acls       = true\n  block_public_policy     = true\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n",
    );
    add(
        "aws_s3_bucket_server_side_encryption_configuration",
        "state",
        &bucket,
        &format!(
            "  bucket = aws_s3_bucket.state.bucket\n\n  rule {{\n    apply_server_side_encryption_by_default {{\n{by_default}    }}\n  }}\n"
        ),
    );
    add(
        "aws_s3_bucket_versioning",
        "state",
        &bucket,
        "  bucket = aws_s3_bucket.state.bucket\n\n  versioning_configuration {\n    status = \"Enabled\"\n  }\n",
    );
    if let Some(table) = &settings.dynamodb_table {
        let table = quoted(table);
        add(
            "aws_dynamodb_table",
            "state_locks",
            &table,
            &format!(
                "  name         = {table}\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"LockID\"\n\n  attribute {{\n    name = \"LockID\"\n    type = \"S\"\n  }}\n"
            ),
        );
    }
    text
}
