//! The contract's comments, which are the words of the document.

use std::collections::HashMap;
use std::sync::LazyLock;

use kit::access::DESCRIPTORS;
use prost_reflect::{
    EnumDescriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};

/// What stands before each thing, by its file and its path in it.
type Comments = HashMap<(String, Vec<i32>), String>;

static COMMENTS: LazyLock<Comments> = LazyLock::new(|| {
    let mut comments = HashMap::new();
    for file in DESCRIPTORS.files() {
        let Some(source) = &file.file_descriptor_proto().source_code_info else {
            continue;
        };
        for location in &source.location {
            let lines = location.leading_comments().lines().map(str::trim);
            let text = lines.collect::<Vec<_>>().join(" ").trim().to_owned();
            comments.insert((file.name().to_owned(), location.path.clone()), text);
        }
    }
    comments
});

fn of(file: &FileDescriptor, path: &[i32]) -> String {
    let key = (file.name().to_owned(), path.to_vec());
    COMMENTS.get(&key).cloned().unwrap_or_default()
}

pub(super) fn of_service(service: &ServiceDescriptor) -> String {
    of(&service.parent_file(), service.path())
}

pub(super) fn of_method(method: &MethodDescriptor) -> String {
    of(&method.parent_file(), method.path())
}

pub(super) fn of_message(message: &MessageDescriptor) -> String {
    of(&message.parent_file(), message.path())
}

pub(super) fn of_field(field: &FieldDescriptor) -> String {
    of(&field.parent_file(), field.path())
}

/// An enum, with each of its values.
pub(super) fn of_enum(kind: &EnumDescriptor) -> String {
    let file = kind.parent_file();
    let value = |it: EnumValueDescriptor| format!("\n- `{}`: {}", it.name(), of(&file, it.path()));
    let values: String = kind.values().map(value).collect();
    format!("{}\n{values}", of(&file, kind.path()))
}
