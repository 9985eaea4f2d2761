//! The content of documents, in a folder or in an S3-compatible store, each under its document's id.

use std::io::{self, Read};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::multipart::MultipartStore as _;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    Error, GetOptions, GetRange, MultipartId, ObjectStore, ObjectStoreExt as _, PutPayload,
    RetryConfig,
};
use secrecy::ExposeSecret as _;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::config::StoreConfig;
use crate::spool::Spooled;

/// A folder takes parts of any size.
const PART_OF_A_FILE: usize = 256 * 1024;
/// S3 takes no smaller parts, but for the last.
const PART_OF_S3: usize = 5 * 1024 * 1024;

/// The store.
#[derive(Debug, Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    kind: Kind,
    transfers: Arc<Semaphore>,
}

/// What is special about a store.
#[derive(Debug, Clone)]
enum Kind {
    Folder(PathBuf),
    S3(Arc<PrefixStore<AmazonS3>>),
}

/// How an object is going to be written.
#[derive(Debug)]
pub enum Writing {
    /// At once.
    Whole,
    /// Piece by piece, into a file beside it.
    Beside,
    /// Part by part, under a name that the store gave.
    InParts(MultipartId),
}

impl Writing {
    /// The store's name for the parts, by which they can be given up.
    #[must_use]
    pub fn multipart(&self) -> Option<&str> {
        match self {
            Self::InParts(name) => Some(name),
            Self::Whole | Self::Beside => None,
        }
    }
}

/// What the settings mean.
enum Place {
    Folder(PathBuf),
    S3 {
        builder: Box<AmazonS3Builder>,
        prefix: String,
    },
}

impl Objects {
    /// Checks the settings and touches nothing.
    pub fn check(config: &StoreConfig) -> anyhow::Result<()> {
        kit::tls::install_provider();
        match place(config)? {
            Place::Folder(_) => Ok(()),
            Place::S3 { builder, .. } => builder
                .build()
                .map(drop)
                .context("the settings do not make a store"),
        }
    }

    /// Opens the store. A folder is made when it is not there.
    pub fn open(config: &StoreConfig) -> anyhow::Result<Self> {
        kit::tls::install_provider();
        let (store, kind): (Arc<dyn ObjectStore>, Kind) = match place(config)? {
            Place::Folder(folder) => {
                std::fs::create_dir_all(&folder).with_context(|| {
                    format!("could not make the folder {} (store.url)", folder.display())
                })?;
                // A document that was confirmed must be there after a power cut, too.
                let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
                (Arc::new(store), Kind::Folder(folder))
            }
            Place::S3 { builder, prefix } => {
                let store = Arc::new(PrefixStore::new(builder.build()?, prefix));
                (store.clone(), Kind::S3(store))
            }
        };
        Ok(Self {
            store,
            kind,
            transfers: Arc::new(Semaphore::new(config.transfers)),
        })
    }

    fn part(&self) -> usize {
        match self.kind {
            Kind::Folder(_) => PART_OF_A_FILE,
            Kind::S3(_) => PART_OF_S3,
        }
    }

    /// Prepares to write an object of `size` bytes. Nothing of it is in the store yet.
    pub async fn begin(&self, id: Uuid, size: u64) -> Result<Writing, Error> {
        if size <= self.part() as u64 {
            return Ok(Writing::Whole);
        }
        match &self.kind {
            Kind::Folder(_) => Ok(Writing::Beside),
            Kind::S3(store) => Ok(Writing::InParts(store.create_multipart(&path(id)).await?)),
        }
    }

    /// Writes an object. It is there as a whole afterwards, or not at all; what a failure leaves goes by [`remove`](Self::remove).
    pub async fn put(&self, id: Uuid, writing: &Writing, content: Spooled) -> Result<(), Error> {
        let _transfer = self
            .transfers
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let path = path(id);
        match (writing, &self.kind) {
            (Writing::InParts(name), Kind::S3(store)) => {
                let mut parts = Vec::new();
                let mut content = Parts::of(content, self.part());
                while let Some(part) = content.next().await? {
                    let part = store.put_part(&path, name, parts.len(), part).await?;
                    parts.push(part);
                }
                store.complete_multipart(&path, name, parts).await?;
            }
            (Writing::Whole, _) => {
                let mut content = Parts::of(content, self.part());
                let whole = content.next().await?.unwrap_or_default();
                self.store.put(&path, whole).await?;
            }
            (Writing::Beside | Writing::InParts(_), _) => {
                let mut upload = self.store.put_multipart(&path).await?;
                let mut content = Parts::of(content, self.part());
                while let Some(part) = content.next().await? {
                    upload.put_part(part).await?;
                }
                upload.complete().await?;
            }
        }
        Ok(())
    }

    /// Reads a range of an object, in whatever pieces the store gives.
    pub async fn get(
        &self,
        id: Uuid,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        let found = self.store.get_opts(&path(id), options).await?;
        Ok(found.into_stream().map_err(Error::from).boxed())
    }

    /// Removes an object, whole or as far as it was written; one that is not there is as good as removed.
    pub async fn remove(&self, id: Uuid, multipart: Option<&str>) -> Result<(), Error> {
        match (&self.kind, multipart) {
            (Kind::S3(store), Some(name)) => {
                gone(store.abort_multipart(&path(id), &name.to_owned()).await)?;
            }
            (Kind::Folder(folder), _) => {
                // Where `object_store` writes before it gives a file its name. A process that dies leaves it, and no list shows it.
                let beside = folder.join(format!("{id}#1"));
                let removed = tokio::fs::remove_file(&beside).await;
                gone(removed.map_err(|source| match source.kind() {
                    io::ErrorKind::NotFound => Error::NotFound {
                        path: id.to_string(),
                        source: source.into(),
                    },
                    _ => generic(source),
                }))?;
            }
            (Kind::S3(_), None) => {}
        }
        gone(self.store.delete(&path(id)).await)
    }
}

fn gone(removed: Result<(), Error>) -> Result<(), Error> {
    match removed {
        Err(Error::NotFound { .. }) => Ok(()),
        other => other,
    }
}

fn path(id: Uuid) -> Path {
    Path::from(id.to_string())
}

fn place(config: &StoreConfig) -> anyhow::Result<Place> {
    if let Some(folder) = config.url.strip_prefix("file://") {
        anyhow::ensure!(
            folder.starts_with('/'),
            "url must name a folder from the root, as in file:///folder"
        );
        return Ok(Place::Folder(PathBuf::from(folder)));
    }
    let rest = config
        .url
        .strip_prefix("s3://")
        .context("url must start with file:// or s3://")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    anyhow::ensure!(
        !bucket.is_empty(),
        "url must name a bucket, as in s3://bucket"
    );

    // Whoever uploads waits meanwhile: a store that is away is soon said to be.
    let retry = RetryConfig {
        max_retries: 3,
        retry_timeout: Duration::from_secs(15),
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_retry(retry);
    for (name, value) in &config.options {
        let key: AmazonS3ConfigKey = name
            .parse()
            .with_context(|| format!("options has no {name}"))?;
        builder = builder.with_config(key, value);
    }
    if let Some(secret) = &config.secret_access_key {
        builder = builder.with_secret_access_key(secret.expose_secret());
    }
    Ok(Place::S3 {
        builder: Box::new(builder),
        prefix: prefix.to_owned(),
    })
}

/// A content, part by part. It is read off the async threads.
struct Parts {
    content: Option<Spooled>,
    size: usize,
}

impl Parts {
    fn of(content: Spooled, size: usize) -> Self {
        Self {
            content: Some(content),
            size,
        }
    }

    /// The next part; none at the end.
    async fn next(&mut self) -> Result<Option<PutPayload>, Error> {
        let Some(mut content) = self.content.take() else {
            return Ok(None);
        };
        let size = self.size as u64;
        let read = move || {
            let mut part = Vec::new();
            content.file.by_ref().take(size).read_to_end(&mut part)?;
            Ok((content, part))
        };
        let (content, part) = match tokio::task::spawn_blocking(read).await {
            Ok(part) => part.map_err(|source: io::Error| generic(source))?,
            Err(stopped) => return Err(generic(stopped)),
        };
        if part.is_empty() {
            return Ok(None);
        }
        self.content = Some(content);
        Ok(Some(PutPayload::from_bytes(Bytes::from(part))))
    }
}

fn generic(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Generic {
        store: "spool",
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(url: &str) -> anyhow::Result<()> {
        Objects::check(&StoreConfig {
            url: url.to_owned(),
            ..StoreConfig::default()
        })
    }

    #[test]
    fn a_store_is_a_folder_or_a_bucket() {
        assert!(checked("file:///var/lib/casework/documents").is_ok());
        assert!(checked("s3://documents").is_ok());
        assert!(checked("s3://documents/portal").is_ok());

        assert!(checked("file://folder").is_err());
        assert!(checked("s3://").is_err());
        assert!(checked("/var/lib").is_err());
    }

    #[test]
    fn an_option_that_the_store_does_not_have_is_named() {
        let mut config = StoreConfig {
            url: "s3://documents".to_owned(),
            ..StoreConfig::default()
        };
        config
            .options
            .insert("aws_region".to_owned(), "eu-west-2".to_owned());
        assert!(Objects::check(&config).is_ok());

        config
            .options
            .insert("aws_regoin".to_owned(), "eu-west-2".to_owned());
        assert!(
            Objects::check(&config)
                .unwrap_err()
                .to_string()
                .contains("aws_regoin")
        );
    }
}
