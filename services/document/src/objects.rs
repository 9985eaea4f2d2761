//! The content of documents, in a folder or in an S3-compatible store, each under its document's id.

use std::io::Read;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    Error, GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload,
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
    part: usize,
    transfers: Arc<Semaphore>,
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
        let (store, part): (Arc<dyn ObjectStore>, usize) = match place(config)? {
            Place::Folder(folder) => {
                std::fs::create_dir_all(&folder).with_context(|| {
                    format!("could not make the folder {} (store.url)", folder.display())
                })?;
                // A document that was confirmed must be there after a power cut, too.
                (
                    Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)),
                    PART_OF_A_FILE,
                )
            }
            Place::S3 { builder, prefix } => (
                Arc::new(PrefixStore::new(builder.build()?, prefix)),
                PART_OF_S3,
            ),
        };
        Ok(Self {
            store,
            part,
            transfers: Arc::new(Semaphore::new(config.transfers)),
        })
    }

    /// Writes an object. It is there as a whole afterwards, or not at all.
    pub async fn put(&self, id: Uuid, content: Spooled) -> Result<(), Error> {
        let _transfer = self
            .transfers
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let mut upload = self.store.put_multipart(&path(id)).await?;
        let done = match self.put_parts(upload.as_mut(), content).await {
            Ok(()) => upload.complete().await.map(drop),
            Err(error) => Err(error),
        };
        if done.is_err() {
            // What can't be taken back here is found by the sweep of unfinished uploads.
            let _ = upload.abort().await;
        }
        done
    }

    async fn put_parts(
        &self,
        upload: &mut dyn MultipartUpload,
        mut content: Spooled,
    ) -> Result<(), Error> {
        loop {
            let part;
            (content, part) = next_part(content, self.part).await?;
            if part.is_empty() {
                return Ok(());
            }
            upload.put_part(PutPayload::from_bytes(part)).await?;
        }
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

    /// Removes an object; one that is not there is as good as removed.
    pub async fn delete(&self, id: Uuid) -> Result<(), Error> {
        match self.store.delete(&path(id)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
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

    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket);
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

/// Reads the next part off the async threads, and gives the content back for the one after it.
async fn next_part(mut content: Spooled, size: usize) -> Result<(Spooled, Bytes), Error> {
    let read = move || {
        let mut part = Vec::new();
        content
            .file
            .by_ref()
            .take(size as u64)
            .read_to_end(&mut part)?;
        Ok((content, Bytes::from(part)))
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(part) => part.map_err(|source: std::io::Error| generic(source)),
        Err(stopped) => Err(generic(stopped)),
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
