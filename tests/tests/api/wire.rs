//! Any method of the contract over gRPC, its messages read from and written as JSON.

use bytes::{Buf as _, BufMut as _};
use kit::access::DESCRIPTORS;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use serde_json::Value;
use tests::Portal;
use tokio_stream::{Stream, StreamExt as _};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Sends bytes as they are.
#[derive(Clone, Copy, Default)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

/// A method by its name, which no two share among those that landlords call.
pub fn method(name: &str) -> MethodDescriptor {
    let mut found = DESCRIPTORS
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .filter(|method| method.name() == name);
    found
        .next()
        .unwrap_or_else(|| panic!("there is no method {name}"))
}

/// The service that has a method, as tokens name it.
pub fn service(method: &MethodDescriptor) -> String {
    let service = method.parent_service();
    let package = service.package_name();
    let name = package.strip_prefix("casework.").unwrap();
    name.strip_suffix(".v1").unwrap().replace('_', "-")
}

/// Calls a method from the gateway's process, with the messages that it streams one after the other.
pub async fn call(
    portal: &Portal,
    method: &MethodDescriptor,
    token: &str,
    messages: Vec<Value>,
) -> Result<Vec<Value>, Status> {
    let channel = portal.channel(&service(method), "gateway").unwrap();
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.unwrap();
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path = path.parse().unwrap();
    let read = |json: Value| {
        DynamicMessage::deserialize(method.input(), json)
            .unwrap_or_else(|error| panic!("{path}: {error}"))
            .encode_to_vec()
    };
    let messages: Vec<_> = messages.into_iter().map(read).collect();
    let request = kit::client::bearer(tokio_stream::iter(messages), token);
    let answer = grpc.streaming(request, path, Bytes).await?;
    written(method, answer.into_inner()).await
}

async fn written(
    method: &MethodDescriptor,
    mut answers: impl Stream<Item = Result<Vec<u8>, Status>> + Unpin,
) -> Result<Vec<Value>, Status> {
    let mut written = Vec::new();
    while let Some(answer) = answers.next().await {
        let answer = DynamicMessage::decode(method.output(), answer?.as_slice()).unwrap();
        written.push(serde_json::to_value(answer).unwrap());
    }
    Ok(written)
}
