//! The methods that HTTP reaches, found by verb and path. The contract's descriptors are the only list of them.

use std::sync::LazyLock;

use axum::http::Method as Verb;
use axum::http::uri::PathAndQuery;
use kit::access::{DESCRIPTORS, TABLE};
use percent_encoding::percent_decode_str;
use prost_reflect::{
    DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};
use proto::access::v1::Access;

use crate::clients::AUDIENCES;

/// A method of the contract as it looks over HTTP.
pub(crate) struct Method {
    pub(crate) descriptor: MethodDescriptor,
    /// Where it is called, such as `/casework.case.v1.CaseService/GetCase`.
    pub(crate) path: PathAndQuery,
    /// The service that has it, as certificates and tokens name it.
    pub(crate) service: &'static str,
    pub(crate) access: &'static Access,
    pub(crate) verb: Verb,
    /// The path with its variables, as the contract writes it.
    pub(crate) template: String,
    /// What the body holds.
    pub(crate) body: Body,
    segments: Vec<Segment>,
    custom_verb: Option<String>,
}

/// What the body of a request holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// Nothing: all that is said stands in the address.
    None,
    /// A JSON object with all that the path does not say.
    Message,
    /// Bytes, as they are.
    Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// The path of a field, such as `case_id` or `document.case_id`.
    Variable(String),
}

/// What an address leads to.
pub(crate) enum Found {
    /// A method, and what the path says to it: the names of fields, and their values.
    Method(&'static Method, Vec<(String, String)>),
    /// Something, but not by this verb; these are the ones that there are.
    OtherVerbs(Vec<Verb>),
    Nothing,
}

/// Every method that people may call over HTTP, in the order of the contract.
pub(crate) static METHODS: LazyLock<Vec<Method>> = LazyLock::new(|| {
    let rule = DESCRIPTORS
        .get_extension_by_name("google.api.http")
        .expect("the contract declares it");
    DESCRIPTORS
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .filter_map(|method| Method::read(method, &rule))
        .collect()
});

/// Finds what an address leads to.
pub(crate) fn find(verb: &Verb, path: &str) -> Found {
    // What GET answers, HEAD answers without the content (RFC 9110, section 9.3.2).
    let verb = if *verb == Verb::HEAD {
        &Verb::GET
    } else {
        verb
    };
    let mut others = Vec::new();
    for method in METHODS.iter() {
        if let Some(variables) = method.matches(path) {
            if method.verb == *verb {
                return Found::Method(method, variables);
            }
            if method.verb == Verb::GET {
                others.push(Verb::HEAD);
            }
            others.push(method.verb.clone());
        }
    }
    if others.is_empty() {
        Found::Nothing
    } else {
        Found::OtherVerbs(others)
    }
}

impl Method {
    fn read(descriptor: MethodDescriptor, rule: &ExtensionDescriptor) -> Option<Self> {
        let options = descriptor.options();
        if !options.has_extension(rule) {
            return None;
        }
        let value = options.get_extension(rule);
        let rule = value.as_message().expect("the rule is a message");
        let (verb, template) = pattern(rule).expect("a rule has a verb and a path");
        let body = match text(rule, "body").as_str() {
            "" => Body::None,
            "*" => Body::Message,
            _ => Body::Content,
        };

        let service = descriptor.parent_service();
        let path = format!("/{}/{}", service.full_name(), descriptor.name());
        let package = service.package_name().replace('_', "-");
        let named = |it: &&&str| package == format!("casework.{it}.v1");
        let (last, before) = split_verb(&template);
        let segments = before.split('/').chain([last.0]).map(segment).collect();
        Some(Self {
            path: path.parse().expect("a method's path is a path"),
            service: AUDIENCES.iter().find(named)?,
            access: TABLE.get(&path)?,
            verb,
            body,
            segments,
            custom_verb: last.1.map(str::to_owned),
            descriptor,
            template,
        })
        // What nobody but programs may call has no place among what people can do.
        .filter(|it| it.access.anonymous || !it.access.roles.is_empty())
    }

    /// The message that the address and the body fill in: the request, or the description that a stream begins with.
    pub(crate) fn parameters(&self) -> MessageDescriptor {
        let input = self.descriptor.input();
        let part = self
            .variables()
            .find_map(|it| it.split_once('.').map(|(part, _)| part.to_owned()));
        let field = part.and_then(|name| input.get_field_by_name(&name));
        match field.map(|it| it.kind()) {
            Some(Kind::Message(part)) => part,
            _ => input,
        }
    }

    /// Whether the path says a field of those parameters.
    pub(crate) fn in_path(&self, field: &FieldDescriptor) -> bool {
        self.variables().any(|it| leaf(it) == field.name())
    }

    /// Whether a caller need not be known.
    pub(crate) fn is_anonymous(&self) -> bool {
        self.access.anonymous
    }

    /// The fields that the path says, by their paths.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|it| match it {
            Segment::Variable(path) => Some(path.as_str()),
            Segment::Literal(_) => None,
        })
    }

    /// What the path says, if it is one of this method.
    fn matches(&self, path: &str) -> Option<Vec<(String, String)>> {
        let (last, before) = split_verb(path);
        if last.1 != self.custom_verb.as_deref() {
            return None;
        }
        let mut given = before.split('/').chain([last.0]);
        let mut variables = Vec::new();
        for segment in &self.segments {
            let given = given.next()?;
            match segment {
                Segment::Literal(text) if text == given => {}
                Segment::Variable(path) if !given.is_empty() => {
                    let value = percent_decode_str(given).decode_utf8().ok()?;
                    variables.push((leaf(path).to_owned(), value.into_owned()));
                }
                _ => return None,
            }
        }
        given.next().is_none().then_some(variables)
    }
}

/// Takes a path apart: its last segment without and with its custom verb (AIP-136), and what stands before. No id has a colon in it.
fn split_verb(path: &str) -> ((&str, Option<&str>), &str) {
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    let last = match last.rsplit_once(':') {
        Some((last, verb)) => (last, Some(verb)),
        None => (last, None),
    };
    (last, before)
}

fn segment(text: &str) -> Segment {
    match text.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
        Some(path) => Segment::Variable(path.to_owned()),
        None => Segment::Literal(text.to_owned()),
    }
}

/// The last name of a field's path.
pub(crate) fn leaf(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn pattern(rule: &DynamicMessage) -> Option<(Verb, String)> {
    let verbs = [
        ("get", Verb::GET),
        ("put", Verb::PUT),
        ("post", Verb::POST),
        ("delete", Verb::DELETE),
        ("patch", Verb::PATCH),
    ];
    verbs.into_iter().find_map(|(name, verb)| {
        let path = text(rule, name);
        (!path.is_empty()).then_some((verb, path))
    })
}

fn text(rule: &DynamicMessage, field: &str) -> String {
    rule.get_field_by_name(field)
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn found(verb: &Verb, path: &str) -> Option<(String, Vec<(String, String)>)> {
        match find(verb, path) {
            Found::Method(method, variables) => {
                Some((method.descriptor.name().to_owned(), variables))
            }
            _ => None,
        }
    }

    fn said(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn a_path_leads_to_its_method_and_says_its_variables() {
        assert_eq!(
            found(&Verb::GET, "/api/v1/cases/202312345"),
            Some(("GetCase".to_owned(), said("case_id", "202312345")))
        );
        assert_eq!(
            found(&Verb::HEAD, "/api/v1/cases"),
            Some(("ListCases".to_owned(), Vec::new()))
        );
        assert_eq!(
            found(&Verb::POST, "/api/v1/tasks/a%20b:complete"),
            Some(("CompleteTask".to_owned(), said("task_id", "a b")))
        );
        assert_eq!(
            found(&Verb::POST, "/api/v1/cases/1/documents"),
            Some(("UploadDocument".to_owned(), said("case_id", "1")))
        );
    }

    #[test]
    fn what_is_no_path_leads_nowhere() {
        for path in [
            "/api/v1/cases/",
            "/api/v1/cases/1/nothing",
            "/api/v1/cases/%FF",
            "/api/v1/tasks/1:nothing",
            "/api/v1//tasks",
            "/api/v1",
            "/api",
            "",
        ] {
            assert!(matches!(find(&Verb::GET, path), Found::Nothing), "{path}");
        }
    }

    #[test]
    fn another_verb_is_told_which_there_are() {
        let Found::OtherVerbs(verbs) = find(&Verb::GET, "/api/v1/tasks/1:complete") else {
            panic!("it is there");
        };
        assert_eq!(verbs, [Verb::POST]);
        let Found::OtherVerbs(verbs) = find(&Verb::TRACE, "/api/v1/cases") else {
            panic!("it is there");
        };
        assert_eq!(
            verbs.into_iter().collect::<BTreeSet<_>>(),
            BTreeSet::from([Verb::GET, Verb::HEAD, Verb::POST])
        );
    }

    #[test]
    fn every_annotation_is_served_unless_no_person_may_call_its_method() {
        let rule = DESCRIPTORS
            .get_extension_by_name("google.api.http")
            .unwrap();
        for service in DESCRIPTORS.services() {
            for method in service.methods() {
                let path = format!("/{}/{}", service.full_name(), method.name());
                let access = &TABLE[&path];
                let people = access.anonymous || !access.roles.is_empty();
                let expected = method.options().has_extension(&rule) && people;
                let served = METHODS.iter().any(|it| it.path.path() == path);
                assert_eq!(served, expected, "{path}");
            }
        }
    }

    #[test]
    fn no_address_has_two_methods_and_reading_changes_nothing() {
        let mut addresses = BTreeSet::new();
        for method in METHODS.iter() {
            let template = &method.template;
            assert!(
                addresses.insert(format!("{} {template}", method.verb)),
                "{template}"
            );
            assert!(template.starts_with("/api/v1/"), "{template}");
            let reads = ["Get", "List", "Count", "Describe", "Search", "Download"];
            let name = method.descriptor.name();
            let is_read = reads.iter().any(|it| name.starts_with(it));
            assert_eq!(method.verb == Verb::GET, is_read, "{name}");
            for variable in method.variables() {
                let fields = method.parameters();
                let known = fields.get_field_by_name(leaf(variable)).is_some();
                assert!(known, "{template}: {variable}");
            }
        }
    }
}
