//! PDFs, plain and encrypted in each of the ways that there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use lopdf::encryption::crypt_filters::{Aes128CryptFilter, Aes256CryptFilter, CryptFilter};
use lopdf::{
    Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream, StringFormat,
    dictionary,
};

/// How a PDF is encrypted.
#[derive(Clone, Copy, Debug)]
pub(in crate::inspect) enum Password {
    /// RC4 with 40 bits.
    Rc4Short,
    /// RC4 with 128 bits.
    Rc4,
    /// AES with 128 bits.
    Aes128,
    /// AES with 256 bits.
    Aes256,
}

/// A PDF of one empty page.
pub(in crate::inspect) fn pdf() -> Vec<u8> {
    saved(document())
}

/// The same, encrypted for an owner's and a user's password.
pub(in crate::inspect) fn encrypted_pdf(
    password: Password,
    owner_password: &str,
    user_password: &str,
) -> Vec<u8> {
    encrypted(document(), password, owner_password, user_password)
}

/// The same with so many more objects.
pub(in crate::inspect) fn encrypted_pdf_of(
    objects: u32,
    password: Password,
    owner_password: &str,
    user_password: &str,
) -> Vec<u8> {
    let mut document = document();
    for _ in 0..objects {
        document.add_object(dictionary! { "Type" => "Annot" });
    }
    encrypted(document, password, owner_password, user_password)
}

/// The same, for an owner's password alone, with an attached file.
pub(in crate::inspect) fn encrypted_pdf_with(content: &[u8], password: Password) -> Vec<u8> {
    let mut document = document();
    let mut stream = Stream::new(dictionary! {}, content.to_vec());
    stream.compress().unwrap();
    let file = document.add_object(stream);
    document.add_object(dictionary! { "Type" => "Filespec", "EF" => dictionary! { "F" => file } });
    encrypted(document, password, "owner", "")
}

fn encrypted(
    mut document: Document,
    password: Password,
    owner_password: &str,
    user_password: &str,
) -> Vec<u8> {
    let permissions = Permissions::PRINTABLE;
    let filter: Arc<dyn CryptFilter> = match password {
        Password::Aes256 => Arc::new(Aes256CryptFilter),
        _ => Arc::new(Aes128CryptFilter),
    };
    let crypt_filters = BTreeMap::from([(b"StdCF".to_vec(), filter)]);
    let version = match password {
        Password::Rc4Short => EncryptionVersion::V1 {
            document: &document,
            owner_password,
            user_password,
            permissions,
        },
        Password::Rc4 => EncryptionVersion::V2 {
            document: &document,
            owner_password,
            user_password,
            key_length: 128,
            permissions,
        },
        Password::Aes128 => EncryptionVersion::V4 {
            document: &document,
            encrypt_metadata: true,
            crypt_filters,
            stream_filter: b"StdCF".to_vec(),
            string_filter: b"StdCF".to_vec(),
            owner_password,
            user_password,
            permissions,
        },
        Password::Aes256 => EncryptionVersion::V5 {
            encrypt_metadata: true,
            crypt_filters,
            file_encryption_key: &[7; 32],
            stream_filter: b"StdCF".to_vec(),
            string_filter: b"StdCF".to_vec(),
            owner_password,
            user_password,
            permissions,
        },
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    saved(document)
}

fn document() -> Document {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => pages, "MediaBox" => vec![0.into(), 0.into(), 100.into(), 100.into()] });
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(pages, Object::Dictionary(tree));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let half = || Object::String(b"0123456789abcdef".to_vec(), StringFormat::Hexadecimal);
    document
        .trailer
        .set("ID", Object::Array(vec![half(), half()]));
    document
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}
