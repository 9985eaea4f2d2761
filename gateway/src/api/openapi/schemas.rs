//! The schemas of messages and enums, as the standard mapping of protobuf to JSON writes them.

use std::collections::BTreeMap;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::comments;
use crate::api::carried::{self, Place};
use crate::api::methods::Method;
use crate::api::request;

/// Whether a message is sent or answered: what is sent may leave fields out and has none that are unknown, what is answered has them all and may
/// have more one day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Sent,
    Answered,
}

/// The schemas that others refer to, gathered while they are needed.
#[derive(Default)]
pub(super) struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// All that were needed.
    pub(super) fn finish(mut self) -> Value {
        self.0.insert("Problem".to_owned(), problem());
        json!(self.0)
    }

    /// A request's JSON body.
    pub(super) fn body(&mut self, method: &Method) -> Value {
        let message = method.parameters();
        let sayable = |field: &FieldDescriptor| {
            request::sayable(method, &message, field.json_name()).is_some()
        };
        let fields: Vec<_> = message.fields().filter(sayable).collect();
        self.object(&message, &fields, Side::Sent)
    }

    /// An answer.
    pub(super) fn answer(&mut self, message: &MessageDescriptor) -> Value {
        self.message(message, Side::Answered)
    }

    /// A field, with its description.
    pub(super) fn field(&mut self, field: &FieldDescriptor, side: Side) -> Value {
        let schema = if field.is_map() {
            let Kind::Message(entry) = field.kind() else {
                unreachable!("a map's entries are messages");
            };
            let value = self.kind(&entry.map_entry_value_field(), side);
            json!({"type": "object", "additionalProperties": value})
        } else if field.is_list() {
            json!({"type": "array", "items": self.kind(field, side)})
        } else {
            self.kind(field, side)
        };
        // Beside a reference, a description is about this use of it.
        let mut schema = schema;
        schema["description"] = json!(comments::of_field(field));
        schema
    }

    fn kind(&mut self, field: &FieldDescriptor, side: Side) -> Value {
        match field.kind() {
            Kind::Bool => json!({"type": "boolean"}),
            Kind::String if field.name() == "request_id" => {
                json!({"type": "string", "format": "uuid"})
            }
            Kind::String => json!({"type": "string"}),
            Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({"type": "integer", "format": "int32", "minimum": i32::MIN, "maximum": i32::MAX})
            }
            Kind::Uint32 | Kind::Fixed32 => {
                json!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
            }
            // JavaScript's numbers don't hold them.
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                json!({"type": "string", "format": "int64", "pattern": "^-?[0-9]{1,18}$"})
            }
            Kind::Uint64 | Kind::Fixed64 => {
                json!({"type": "string", "format": "uint64", "pattern": "^[0-9]{1,19}$"})
            }
            Kind::Float | Kind::Double => json!({"type": "number"}),
            Kind::Message(message) => self.message(&message, side),
            Kind::Enum(kind) => {
                let name = name(kind.full_name());
                let values: Vec<_> = kind.values().map(|it| it.name().to_owned()).collect();
                self.0.entry(name.clone()).or_insert_with(|| {
                    json!({"type": "string", "enum": values, "description": comments::of_enum(&kind)})
                });
                refer(&name)
            }
        }
    }

    fn message(&mut self, message: &MessageDescriptor, side: Side) -> Value {
        match message.full_name() {
            "google.protobuf.Timestamp" => return json!({"type": "string", "format": "date-time"}),
            "google.protobuf.Duration" => {
                return json!({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?s$"});
            }
            _ => {}
        }
        let name = match side {
            Side::Answered => name(message.full_name()),
            Side::Sent => format!("{}.sent", name(message.full_name())),
        };
        if !self.0.contains_key(&name) {
            // A message may hold itself, so its place is taken first.
            self.0.insert(name.clone(), Value::Null);
            let plain = |it: &FieldDescriptor| carried::place(it) == Place::Unspecified;
            let fields: Vec<_> = message.fields().filter(plain).collect();
            let schema = self.object(message, &fields, side);
            self.0.insert(name.clone(), schema);
        }
        refer(&name)
    }

    fn object(
        &mut self,
        message: &MessageDescriptor,
        fields: &[FieldDescriptor],
        side: Side,
    ) -> Value {
        // What can be absent is left out; everything else is said even when it is nothing.
        let always: Vec<_> = fields
            .iter()
            .filter(|it| side == Side::Answered && !it.supports_presence())
            .map(|it| it.json_name().to_owned())
            .collect();
        let properties: Map<_, _> = fields
            .iter()
            .map(|it| (it.json_name().to_owned(), self.field(it, side)))
            .collect();
        let mut schema = json!({
            "type": "object",
            "description": comments::of_message(message),
            "properties": properties,
        });
        if side == Side::Sent {
            schema["additionalProperties"] = json!(false);
        }
        if !always.is_empty() {
            schema["required"] = json!(always);
        }
        schema
    }
}

/// `casework.case.v1.Case` is `case.v1.Case`.
fn name(full: &str) -> String {
    full.strip_prefix("casework.").unwrap_or(full).to_owned()
}

fn refer(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn problem() -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "properties": {
            "type": text("Always `about:blank`: the reason tells problems apart."),
            "title": text("The status in words."),
            "status": {"type": "integer", "description": "The status."},
            "detail": text("What went wrong, in words."),
            "reason": text("What went wrong, as a stable word."),
            "trace": text("What to quote when you ask for help; empty when the request was not traced."),
            "violations": {
                "type": "array",
                "description": "The fields that are wrong.",
                "items": {
                    "type": "object",
                    "properties": {
                        "field": text("The field, by its name in the request."),
                        "description": text("What is wrong with it, in words."),
                        "reason": text("What is wrong with it, as a stable word."),
                    },
                    "required": ["field", "description", "reason"],
                },
            },
        },
        "required": ["type", "title", "status", "detail", "reason", "trace"],
    })
}
