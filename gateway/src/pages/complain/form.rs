//! The questions of the form, one on a page. What was typed stays when something is wrong with it, and comes back with the back button.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::{Answers, Draft, SaveAnswersRequest};
use serde::Deserialize;

use super::step::{Choice, FORMATS, KINDS, PREFERENCES, SUBJECTS, Step};
use super::{begin_anew, check, draft_of, refused, without_form};
use crate::extract::{Path, Query};
use crate::form::{Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::{Edge, words};

/// What is answered where there is nothing to say: "none" is an answer, and silence is not (3.2).
const NONE: &str = "None";

pub(super) fn router() -> Router<Edge> {
    Router::new().route("/complain/form/{question}", get(ask).post(take))
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/question.html")]
struct QuestionPage {
    page: Page,
    errors: Errors,
    step: Step,
    /// Where the back link leads.
    back: String,
    typed: Typed,
    today: String,
    kinds: &'static [Choice],
    subjects: &'static [Choice],
    formats: &'static [Choice],
    preferences: &'static [Choice],
}

/// A page's fields, as they are typed. Each page sends its own and leaves out the others.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    /// Where the page was opened from: `check` for that of all answers.
    from: String,
    kind: String,
    subject: String,
    name: String,
    format: String,
    communication_preference: String,
    email: String,
    telephone: String,
    postal_address: String,
    needs_changes: String,
    reasonable_adjustments: String,
    needs_care: String,
    vulnerabilities: String,
    summary: String,
    happened_on: String,
    desired_outcome: String,
    case_reference: String,
}

impl Typed {
    /// What was answered before.
    fn of(draft: &Draft, from: String) -> Self {
        let answers = draft.answers.clone().unwrap_or_default();
        let (kind, subject, format) = (answers.kind(), answers.subject(), answers.format());
        let (needs_changes, reasonable_adjustments) = yes_or_no(answers.reasonable_adjustments);
        let (needs_care, vulnerabilities) = yes_or_no(answers.vulnerabilities);
        Self {
            from,
            kind: chosen(kind.as_str_name()),
            subject: chosen(subject.as_str_name()),
            name: answers.name,
            format: chosen(format.as_str_name()),
            communication_preference: answers.communication_preference,
            email: answers.email,
            telephone: answers.telephone,
            postal_address: answers.postal_address,
            needs_changes,
            reasonable_adjustments,
            needs_care,
            vulnerabilities,
            summary: answers.summary,
            happened_on: words::short_date(&answers.happened_on),
            desired_outcome: answers.desired_outcome,
            case_reference: answers.case_reference,
        }
    }

    fn answers(&self) -> Answers {
        let typed = self.clone();
        Answers {
            kind: pb::ServiceUserKind::from_str_name(&typed.kind)
                .unwrap_or_default()
                .into(),
            subject: pb::Subject::from_str_name(&typed.subject)
                .unwrap_or_default()
                .into(),
            name: typed.name,
            communication_preference: typed.communication_preference,
            email: typed.email,
            telephone: typed.telephone,
            postal_address: typed.postal_address,
            format: pb::Format::from_str_name(&typed.format)
                .unwrap_or_default()
                .into(),
            reasonable_adjustments: said(&typed.needs_changes, typed.reasonable_adjustments),
            vulnerabilities: said(&typed.needs_care, typed.vulnerabilities),
            summary: typed.summary,
            happened_on: words::typed_date(&typed.happened_on),
            desired_outcome: typed.desired_outcome,
            case_reference: typed.case_reference,
        }
    }

    /// The form's names of fields for the service's. What is missing is asked for where the choice is.
    fn fields(&self) -> [(&'static str, &'static str); 2] {
        let field = |choice: &str, open, choices| if choice == "yes" { open } else { choices };
        [
            (
                "reasonable_adjustments",
                field(
                    &self.needs_changes,
                    "reasonable_adjustments",
                    "needs_changes",
                ),
            ),
            (
                "vulnerabilities",
                field(&self.needs_care, "vulnerabilities", "needs_care"),
            ),
        ]
    }
}

/// The name of a choice; empty when none was made.
fn chosen(name: &str) -> String {
    if name.ends_with("UNSPECIFIED") {
        String::new()
    } else {
        name.to_owned()
    }
}

fn yes_or_no(answer: String) -> (String, String) {
    match answer.as_str() {
        "" => (String::new(), String::new()),
        NONE => ("no".to_owned(), String::new()),
        _ => ("yes".to_owned(), answer),
    }
}

fn said(choice: &str, text: String) -> String {
    match choice {
        "yes" => text,
        "no" => NONE.to_owned(),
        _ => String::new(),
    }
}

#[derive(Deserialize)]
struct From {
    #[serde(default)]
    from: String,
}

async fn ask(
    State(edge): State<Edge>,
    frame: Frame,
    Path(slug): Path<String>,
    Query(From { from }): Query<From>,
) -> Result<Response, Problem> {
    let step = Step::named(&slug).ok_or(Problem::NotFound)?;
    let Some((_, draft)) = draft_of(&edge, &frame.jar).await? else {
        return Ok(begin_anew(frame.jar));
    };
    if draft.sent.is_some() {
        return Ok((frame.jar, Redirect::to(check::SENT)).into_response());
    }
    let typed = Typed::of(&draft, from);
    Ok(question(&edge, frame, step, typed, Errors::none()).await)
}

async fn take(
    State(edge): State<Edge>,
    frame: Frame,
    Path(slug): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let step = Step::named(&slug).ok_or(Problem::NotFound)?;
    let Some(draft_token) = super::draft_token(&frame.jar) else {
        return Ok(begin_anew(frame.jar));
    };
    let request = SaveAnswersRequest {
        draft_token,
        step: step.on_the_wire().into(),
        answers: Some(typed.answers()),
    };
    let mut complaints = edge.clients.public_complaints.clone();
    match complaints.save_answers(request).await {
        Ok(draft) => {
            let next = next(step, &typed, &draft.into_inner());
            Ok((frame.jar, Redirect::to(&next)).into_response())
        }
        Err(status) if status.code() == tonic::Code::InvalidArgument => {
            let errors = Errors::of_status(status, &typed.fields())?;
            let typed = beside(&edge, &frame, step, typed).await?;
            let page = question(&edge, frame, step, typed, errors).await;
            Ok(refused(page))
        }
        Err(status) => without_form(frame.jar, status),
    }
}

/// What a page says by an answer of another, which its own form does not send.
async fn beside(edge: &Edge, frame: &Frame, step: Step, typed: Typed) -> Result<Typed, Problem> {
    if step != Step::Contact {
        return Ok(typed);
    }
    let draft = draft_of(edge, &frame.jar).await?;
    let answers = draft.and_then(|(_, draft)| draft.answers);
    let format = answers.unwrap_or_default().format();
    Ok(Typed {
        format: chosen(format.as_str_name()),
        ..typed
    })
}

/// Where it goes on from a page: to a signpost, back to all answers, or to the next question.
fn next(step: Step, typed: &Typed, draft: &Draft) -> String {
    match (step, typed.subject.as_str()) {
        (Step::Subject, "SUBJECT_LANDLORD") => return "/complain/landlord".to_owned(),
        (Step::Subject, "SUBJECT_REQUEST") => return "/complain/request".to_owned(),
        _ => {}
    }
    // A changed answer may ask for another: letters on paper need an address.
    match Step::first_open(draft) {
        Some(open) if typed.from == "check" => format!("{}?from=check", open.address()),
        None if typed.from == "check" => check::ADDRESS.to_owned(),
        _ => step.after(),
    }
}

async fn question(edge: &Edge, frame: Frame, step: Step, typed: Typed, errors: Errors) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    let back = if typed.from == "check" {
        check::ADDRESS.to_owned()
    } else {
        step.before()
    };
    let page = QuestionPage {
        page,
        errors,
        step,
        back,
        typed,
        today: words::short_date(&kit::time::iso(edge.clock.today())),
        kinds: &KINDS,
        subjects: &SUBJECTS,
        formats: &FORMATS,
        preferences: &PREFERENCES,
    };
    (jar, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_2_none_is_an_answer_and_silence_is_not() {
        assert_eq!(said("no", "left over".to_owned()), "None");
        assert_eq!(said("yes", "Large print".to_owned()), "Large print");
        assert_eq!(said("", String::new()), "");
        for answer in ["", "None", "Large print"] {
            let (choice, text) = yes_or_no(answer.to_owned());
            assert_eq!(said(&choice, text), answer);
        }
    }

    #[test]
    fn sc_1_2_3_a_complaint_about_a_landlord_is_shown_where_to_go() {
        let about = |subject: &str| Typed {
            subject: subject.to_owned(),
            ..Typed::default()
        };
        let draft = Draft::default();

        assert_eq!(
            next(Step::Subject, &about("SUBJECT_LANDLORD"), &draft),
            "/complain/landlord"
        );
        assert_eq!(
            next(Step::Subject, &about("SUBJECT_REQUEST"), &draft),
            "/complain/request"
        );
        assert_eq!(
            next(Step::Subject, &about("SUBJECT_SERVICE"), &draft),
            Step::Name.address()
        );
    }

    #[test]
    fn sc_1_a_changed_answer_leads_back_to_all_answers_or_to_what_it_asks_for() {
        let typed = Typed {
            from: "check".to_owned(),
            ..Typed::default()
        };
        let all: Vec<i32> = Step::ALL.map(|it| it.on_the_wire().into()).to_vec();
        let without_contact = all
            .iter()
            .copied()
            .filter(|it| *it != i32::from(pb::Step::Contact))
            .collect();
        let whole = Draft {
            answered: all,
            ..Draft::default()
        };
        let lacking = Draft {
            answered: without_contact,
            ..Draft::default()
        };

        assert_eq!(next(Step::Format, &typed, &whole), check::ADDRESS);
        assert_eq!(
            next(Step::Format, &typed, &lacking),
            "/complain/form/how-to-reach-you?from=check"
        );
    }
}
