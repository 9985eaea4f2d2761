//! What the edge itself says to a method, and keeps of its answer: secrets in cookies, and where a request comes from. The contract marks such
//! fields, and over HTTP they stand in no JSON.

use std::sync::LazyLock;

use axum_extra::extract::cookie::CookieJar;
use kit::access::DESCRIPTORS;
use prost::Message as _;
use prost_reflect::{
    DynamicMessage, ExtensionDescriptor, FieldDescriptor, ReflectMessage as _, Value,
};
use proto::edge::v1::Carried;
pub(crate) use proto::edge::v1::Place;
use proto::identity::v1::ClientInfo;
use tonic::Status;

use crate::{Edge, cookies};

static OPTION: LazyLock<ExtensionDescriptor> = LazyLock::new(|| {
    DESCRIPTORS
        .get_extension_by_name("casework.edge.v1.carried")
        .expect("the contract declares it")
});

fn carried(field: &FieldDescriptor) -> Carried {
    let options = field.options();
    if !options.has_extension(&OPTION) {
        return Carried::default();
    }
    let value = options.get_extension(&OPTION);
    let bytes = value.as_message().expect("it is a message").encode_to_vec();
    Carried::decode(bytes.as_slice()).expect("the option is a Carried")
}

/// Where the edge has a field from, or keeps it.
pub(crate) fn place(field: &FieldDescriptor) -> Place {
    carried(field).place()
}

/// The cookie that keeps what is in such a place.
fn cookie(place: Place) -> Option<&'static str> {
    match place {
        Place::SessionCookie => Some(cookies::SESSION),
        Place::LoginCookie => Some(cookies::API_LOGIN),
        Place::DeviceCookie => Some(cookies::DEVICE),
        Place::Visitor | Place::Range | Place::Unspecified => None,
    }
}

/// Puts into a request what the edge says.
pub(crate) fn fill_in(
    request: &mut DynamicMessage,
    jar: &CookieJar,
    visitor: &ClientInfo,
) -> Result<(), Status> {
    for field in request.descriptor().fields() {
        let place = place(&field);
        if let Some(value) = cookie(place).and_then(|name| jar.get(name)) {
            request.set_field(&field, Value::String(value.value().to_owned()));
        }
        if place == Place::Visitor
            && let Some(message) = field.kind().as_message()
        {
            let mut client = DynamicMessage::new(message.clone());
            client
                .transcode_from(visitor)
                .map_err(|_| Status::internal("where it comes from could not be said"))?;
            request.set_field(&field, Value::Message(client));
        }
    }
    Ok(())
}

/// Keeps in cookies what an answer brings for them, and takes it out of the answer; takes away the cookies that a request used up.
pub(crate) async fn keep(
    edge: &Edge,
    request: &DynamicMessage,
    answer: &mut DynamicMessage,
    mut jar: CookieJar,
) -> CookieJar {
    for field in request.descriptor().fields() {
        let carried = carried(&field);
        if let Some(name) = cookie(carried.place()).filter(|_| carried.ends) {
            if carried.place() == Place::SessionCookie {
                jar = end_session(edge, jar);
            } else {
                jar = cookies::clear(jar, name);
            }
        }
    }
    for field in answer.descriptor().fields() {
        let place = place(&field);
        let Some(name) = cookie(place) else { continue };
        let value = answer.get_field(&field);
        let secret = value.as_str().unwrap_or_default().to_owned();
        drop(value);
        answer.clear_field(&field);
        jar = match place {
            Place::SessionCookie => begin_session(edge, jar, secret).await,
            Place::DeviceCookie => cookies::keep(jar, name, secret),
            _ => cookies::set(jar, name, secret),
        };
    }
    jar
}

/// Takes the cookie of a session that has ended away.
fn end_session(edge: &Edge, jar: CookieJar) -> CookieJar {
    if let Some(former) = jar.get(cookies::SESSION) {
        edge.sessions.forget(former.value());
    }
    let jar = cookies::clear(jar, cookies::SESSION);
    // What forms were bound to speaks for nobody any more.
    cookies::set(jar, cookies::BROWSER, cookies::random())
}

/// Gives the browser the secret of a session, and ends the one that has its cookie: it would live on where nobody can log out of it.
async fn begin_session(edge: &Edge, jar: CookieJar, secret: String) -> CookieJar {
    if let Some(former) = jar.get(cookies::SESSION) {
        edge.sessions.end(former.value()).await;
    }
    cookies::renew(jar, secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::methods::METHODS;

    #[test]
    fn no_secret_stands_in_json() {
        let mut kept = 0;
        for method in METHODS.iter() {
            let input = method.descriptor.input();
            for message in [input, method.descriptor.output()] {
                for field in message.fields() {
                    let name = field.name();
                    // A page's token tells where it ended, and an emailed link's comes from the person.
                    let secret = name.ends_with("_token")
                        && !["page_token", "next_page_token", "reset_token"].contains(&name);
                    assert_eq!(cookie(place(&field)).is_some(), secret, "{field:?}");
                    kept += usize::from(secret);
                }
            }
        }
        assert!(kept >= 7, "{kept}");
    }

    #[test]
    fn an_address_is_only_taken_from_the_connection() {
        for method in METHODS.iter() {
            for field in method.descriptor.input().fields() {
                let client = field
                    .kind()
                    .as_message()
                    .is_some_and(|it| it.name() == "ClientInfo");
                assert_eq!(place(&field) == Place::Visitor, client, "{field:?}");
            }
        }
    }
}
