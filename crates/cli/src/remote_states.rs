//! States of other configurations, for `terraform_remote_state`: read through the backends, without a lock.

use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use trueup_backend::{
    Backend, Connect, Error, LocalBackend, LocalSettings, Place, S3Settings, Surroundings,
    open_backend, required_settings, schema, why_no_backend,
};
use trueup_operations::encryption::Elsewhere;
use trueup_operations::storage::{open_embedded_s3, stays_inside};
use trueup_provider::{BoxFuture, Problem, Problems};
use trueup_provider_builtin::{Outputs, RemoteStates};
use trueup_schema::Block;
use trueup_value::Value;

/// Reads states wherever backends keep them.
pub struct Reader {
    /// What relative paths start from.
    pub dir: PathBuf,
    /// With `-local`, the folder that everything is kept in.
    pub local: Option<PathBuf>,
    /// Who asks, when.
    pub surroundings: Surroundings,
    /// How AWS is reached.
    pub connect: Connect,
    /// How the states are opened, once the configuration was asked.
    pub elsewhere: Arc<Mutex<Elsewhere>>,
}

impl Reader {
    fn place(&self) -> Place {
        Place {
            working_dir: self.dir.clone(),
            journal_dir: self.dir.join(".trueup").join("journal"),
            ..Place::default()
        }
    }

    async fn open(
        &self,
        kind: &str,
        config: &Value,
        asker: &str,
    ) -> Result<Arc<dyn Backend>, Error> {
        let place = Place {
            sealing: self
                .elsewhere
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .of(asker)
                .clone(),
            ..self.place()
        };
        match (kind, &self.local) {
            ("local", _) => {
                let mut settings = LocalSettings::from_config(config, &place)?;
                if let Some(local) = &self.local {
                    settings.path = self.apart(local, &settings.path);
                    settings.workspace_dir = self.apart(local, &settings.workspace_dir);
                }
                Ok(Arc::new(LocalBackend::new(settings)))
            }
            ("s3", Some(_)) => {
                open_embedded_s3(config, &place, &self.surroundings, &self.connect).await
            }
            (kind, _) => {
                open_backend(kind, config, &place, &self.surroundings, &self.connect).await
            }
        }
    }

    /// With `-local` a state lies under `.trueup/local` of the folder that would hold it; where there is
    /// none, the path is read as it is written.
    fn apart(&self, local: &FilePath, path: &FilePath) -> PathBuf {
        let name = path.file_name().unwrap_or_default();
        let theirs = path
            .parent()
            .unwrap_or(FilePath::new(""))
            .join(".trueup")
            .join("local")
            .join(name);
        let own = stays_inside(path).then(|| absolute(local.join(path)));
        own.into_iter()
            .chain([theirs])
            .find(|candidate| self.dir.join(candidate).exists())
            .unwrap_or_else(|| path.to_path_buf())
    }
}

/// A path that keeps its meaning when it is joined to another folder.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

impl RemoteStates for Reader {
    fn schema(&self, backend: &str) -> Result<Block, String> {
        let mut found = schema(backend).ok_or_else(|| why_no_backend(backend))?;
        for (name, _) in required_settings(backend) {
            if let Some(attribute) = found.attributes.get_mut(*name) {
                attribute.optional = false;
                attribute.required = true;
            }
        }
        Ok(found)
    }

    fn check(&self, backend: &str, config: &Value) -> Problems {
        if !config.is_wholly_known() {
            return Problems::new();
        }
        let checked = match backend {
            "local" => LocalSettings::from_config(config, &self.place()).map(|_| ()),
            _ => S3Settings::from_config(config, &self.surroundings.environment).map(|_| ()),
        };
        checked.err().into_iter().map(problem).collect()
    }

    fn outputs<'a>(
        &'a self,
        backend: &'a str,
        config: &'a Value,
        workspace: &'a str,
        asker: &'a str,
    ) -> BoxFuture<'a, Result<Option<Outputs>, Problems>> {
        Box::pin(async move {
            let read = async {
                let opened = self.open(backend, config, asker).await?;
                opened.read(workspace).await
            };
            let snapshot = match read.await {
                Ok(snapshot) => snapshot,
                // No state is kept under a name that no workspace can have.
                Err(Error::WorkspaceName { .. }) => return Ok(None),
                Err(error) => return Err(vec![problem(error)]),
            };
            Ok(snapshot.state.map(|state| {
                let outputs = state.outputs.into_iter();
                outputs.map(|(name, output)| (name, output.value)).collect()
            }))
        })
    }
}

fn problem(error: Error) -> Problem {
    let diagnostic = trueup_operations::storage::as_diagnostic(error);
    Problem::error(diagnostic.summary, diagnostic.detail)
}
