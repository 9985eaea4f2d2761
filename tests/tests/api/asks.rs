//! What each method that a landlord may call is asked about other people's things. A method that is in neither list fails.

use kit::access::{DESCRIPTORS, TABLE};
use prost_reflect::{Kind, MessageDescriptor};
use proto::access::v1::Role;
use serde_json::{Value, json};

use crate::given::Things;

/// What becomes of asking for a thing of another landlord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is not found.
    NotFound,
    /// It is refused in another way, as anything that does not exist would be.
    Refused,
    /// It is as if nothing had been named: lists are empty, and marks are set on nothing.
    Nothing,
}

/// Asks a method about things of others, in a request that is right in everything else; some of it is about one's own.
pub struct Ask {
    pub method: &'static str,
    pub answer: Answer,
    pub request: fn(theirs: &Things, mine: &Things) -> Value,
}

const fn ask(method: &'static str, answer: Answer, request: fn(&Things, &Things) -> Value) -> Ask {
    Ask {
        method,
        answer,
        request,
    }
}

pub const ASKS: &[Ask] = &[
    ask(
        "GetCase",
        Answer::NotFound,
        |it, _| json!({"caseId": it.case}),
    ),
    ask(
        "GetCase",
        Answer::NotFound,
        |it, _| json!({"caseId": it.reference}),
    ),
    ask(
        "ListTimeline",
        Answer::NotFound,
        |it, _| json!({"caseId": it.case}),
    ),
    ask(
        "ListCases",
        Answer::Nothing,
        |it, _| json!({"landlordId": it.landlord}),
    ),
    ask(
        "ListCases",
        Answer::Nothing,
        |it, _| json!({"reference": it.reference}),
    ),
    ask(
        "ListCases",
        Answer::Nothing,
        |it, _| json!({"ownerAccountId": it.sub_account}),
    ),
    ask(
        "GetTask",
        Answer::NotFound,
        |it, _| json!({"taskId": it.task}),
    ),
    ask(
        "ListTaskHistory",
        Answer::NotFound,
        |it, _| json!({"taskId": it.task}),
    ),
    ask(
        "ListTasks",
        Answer::Nothing,
        |it, _| json!({"caseId": it.case}),
    ),
    ask("CompleteTask", Answer::NotFound, |it, _| {
        let today = kit::time::iso(kit::Clock::system().today());
        json!({"taskId": it.task, "version": "999", "completedOn": today})
    }),
    ask(
        "ReopenTask",
        Answer::NotFound,
        |it, _| json!({"taskId": it.task, "version": "999"}),
    ),
    ask(
        "ReportUnable",
        Answer::NotFound,
        |it, _| json!({"taskId": it.task, "version": "999", "message": "The records are lost"}),
    ),
    // Before what marks them as read, for the landlord whose they are.
    ask(
        "CountUnread",
        Answer::Nothing,
        |it, _| json!({"caseIds": [it.case]}),
    ),
    ask(
        "PostMessage",
        Answer::NotFound,
        |it, _| json!({"requestId": kit::id().to_string(), "caseId": it.case, "body": "Good morning"}),
    ),
    ask("PostMessage", Answer::Refused, |it, mine| {
        json!({
            "requestId": kit::id().to_string(), "caseId": mine.case, "body": "See attached",
            "documentIds": [it.document],
        })
    }),
    ask(
        "ListMessages",
        Answer::NotFound,
        |it, _| json!({"caseId": it.case}),
    ),
    ask(
        "MarkRead",
        Answer::NotFound,
        |it, _| json!({"caseId": it.case, "messageId": it.message}),
    ),
    ask(
        "MarkRead",
        Answer::NotFound,
        |it, mine| json!({"caseId": mine.case, "messageId": it.message}),
    ),
    ask("UploadDocument", Answer::NotFound, |it, _| {
        json!({
            "requestId": kit::id().to_string(), "caseId": it.case, "name": "a.txt",
            "category": "DOCUMENT_CATEGORY_EVIDENCE",
        })
    }),
    ask(
        "GetDocument",
        Answer::NotFound,
        |it, _| json!({"documentId": it.document}),
    ),
    ask(
        "ListDocuments",
        Answer::NotFound,
        |it, _| json!({"caseId": it.case}),
    ),
    ask(
        "DownloadDocument",
        Answer::NotFound,
        |it, _| json!({"documentId": it.document}),
    ),
    ask(
        "MarkNoticesRead",
        Answer::NotFound,
        |it, _| json!({"noticeId": it.notice}),
    ),
    ask(
        "RevokeSession",
        Answer::NotFound,
        |it, _| json!({"sessionId": it.session}),
    ),
    ask(
        "ResetSubAccountPassword",
        Answer::NotFound,
        |it, _| json!({"accountId": it.sub_account}),
    ),
    ask(
        "DeactivateSubAccount",
        Answer::NotFound,
        |it, _| json!({"accountId": it.sub_account, "version": "999"}),
    ),
    ask(
        "ReactivateSubAccount",
        Answer::NotFound,
        |it, _| json!({"accountId": it.sub_account, "version": "999"}),
    ),
];

/// Methods that can only be asked about what is the caller's own: no id of anything stands in their requests.
pub const ABOUT_ONESELF: &[&str] = &[
    "GetMyAccount",
    "ChangePassword",
    "ListSessions",
    "ListSubAccounts",
    "CreateSubAccount",
    "SetCodeDelivery",
    "GetMyLandlord",
    "ListConversations",
    "ListNotices",
    "CountUnreadNotices",
];

/// Methods that only pages call, and no program: the pages are asked about what is another's, and document's own tests ask these.
pub const OF_PAGES: &[&str] = &["IssueDownloadLink"];

/// The names of all methods that a landlord's people may call.
pub fn of_landlords() -> Vec<String> {
    let landlords = [Role::LandlordAdministrator, Role::LandlordSubAccount];
    let methods = DESCRIPTORS
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    let allowed = methods.filter(|method| {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        TABLE[&path].roles().any(|role| landlords.contains(&role))
    });
    allowed.map(|it| it.name().to_owned()).collect()
}

/// The fields of a request that name something, at any depth.
fn ids(message: &MessageDescriptor) -> Vec<String> {
    let mut ids = Vec::new();
    for field in message.fields() {
        let name = field.name();
        if let Kind::Message(part) = field.kind() {
            ids.extend(self::ids(&part));
        } else if (name.ends_with("_id") || name.ends_with("_ids") || name == "reference")
            && name != "request_id"
        {
            ids.push(field.json_name().to_owned());
        }
    }
    ids
}

#[test]
fn every_method_of_a_landlords_is_asked_about_every_id_that_it_takes() {
    for name in of_landlords() {
        let method = crate::wire::method(&name);
        let ids = ids(&method.input());
        let asks: Vec<_> = ASKS.iter().filter(|it| it.method == name).collect();
        if ABOUT_ONESELF.contains(&name.as_str()) {
            assert!(ids.is_empty() && asks.is_empty(), "{name} takes {ids:?}");
            continue;
        }
        if OF_PAGES.contains(&name.as_str()) {
            assert!(asks.is_empty(), "{name} is in two lists");
            continue;
        }
        assert!(!asks.is_empty(), "{name} is in no list");
        for id in ids {
            let theirs = Things::missing();
            let mine = Things::missing();
            let asked = asks.iter().any(|ask| {
                let said = (ask.request)(&theirs, &mine)[&id].to_string();
                theirs.all().iter().any(|it| said.contains(it))
            });
            assert!(asked, "{name} is not asked about another's {id}");
        }
    }
}

#[test]
fn nothing_is_listed_that_is_no_method_of_a_landlords() {
    let names = of_landlords();
    for listed in ASKS
        .iter()
        .map(|it| it.method)
        .chain(ABOUT_ONESELF.iter().copied())
        .chain(OF_PAGES.iter().copied())
    {
        assert!(names.iter().any(|it| it == listed), "{listed}");
    }
}
