//! Forms with files: checked like any other form before anything else of them is read, and never held here as a whole.

use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum_extra::extract::cookie::CookieJar;
use bytes::Bytes;
use futures::TryStreamExt as _;
use tokio::time;

use crate::problem::Problem;
use crate::{Edge, csrf};

/// The longest text in such a form: a message of 2,000 characters, of which one may have many bytes.
const LONGEST_TEXT: usize = 128 * 1024;
/// How much is read of a file that comes by itself. It is more than the service takes, so that it is the service that says so.
const LARGEST_FILE: usize = 32 * 1024 * 1024;
/// How long a browser may send nothing.
const SILENCE: Duration = Duration::from_secs(30);
/// Where a script says the form's token, so that it need not be the first part.
const TOKEN_HEADER: &str = "x-csrf-token";

/// A form with files. Like `Form`, it can't be had without its token.
pub(crate) struct FileForm(Multipart);

/// A part of a form.
#[expect(
    clippy::large_enum_variant,
    reason = "one part is alive at a time, and not for long"
)]
pub(crate) enum Part<'a> {
    /// What was typed or chosen.
    Text {
        /// The field.
        name: String,
        /// Its value.
        value: String,
    },
    /// A file.
    File(File<'a>),
}

/// A file of a form, or one that comes by itself; not read yet.
pub(crate) struct File<'a> {
    /// What its holder calls it.
    pub(crate) name: String,
    content: Content<'a>,
}

#[expect(
    clippy::large_enum_variant,
    reason = "one file is alive at a time, and not for long"
)]
enum Content<'a> {
    Part(Field<'a>),
    /// All of a request, and how much more of it is read.
    Body(BodyDataStream, usize),
}

impl FromRequest<Edge> for FileForm {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Edge) -> Result<Self, Problem> {
        Self::open(request).await
    }
}

impl FileForm {
    pub(crate) async fn open(request: Request) -> Result<Self, Problem> {
        let jar = CookieJar::from_headers(request.headers());
        let header = request.headers().get(TOKEN_HEADER).cloned();
        let multipart = Multipart::from_request(request, &())
            .await
            .map_err(|_| Problem::BadForm)?;
        let mut form = Self(multipart);

        let ours = match header {
            Some(token) => csrf::matches(&jar, token.to_str().unwrap_or_default()),
            None => match form.next().await? {
                Some(Part::Text { name, value }) => name == "csrf" && csrf::matches(&jar, &value),
                _ => false,
            },
        };
        if ours {
            Ok(form)
        } else {
            Err(Problem::NotOurForm)
        }
    }

    /// The next part. A field for files in which none was chosen is an empty text.
    pub(crate) async fn next(&mut self) -> Result<Option<Part<'_>>, Problem> {
        let Some(field) = in_time(self.0.next_field()).await? else {
            return Ok(None);
        };
        let part = match field.file_name().map(str::to_owned) {
            Some(name) if !name.is_empty() => Part::File(File {
                name,
                content: Content::Part(field),
            }),
            _ => text(field).await?,
        };
        Ok(Some(part))
    }
}

impl File<'_> {
    /// A file that is all of a request.
    pub(crate) fn of_body(name: String, body: Body) -> Self {
        let content = Content::Body(body.into_data_stream(), LARGEST_FILE);
        Self { name, content }
    }

    /// The next bytes of its content; none at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Problem> {
        match &mut self.content {
            Content::Part(field) => in_time(field.chunk()).await,
            Content::Body(body, left) => {
                let reading = async { Ok(body.try_next().await) };
                let chunk = in_time(reading).await?.map_err(|_| Problem::BadForm)?;
                let length = chunk.as_ref().map_or(0, Bytes::len);
                *left = left.checked_sub(length).ok_or(Problem::TooLarge)?;
                Ok(chunk)
            }
        }
    }
}

async fn text(mut field: Field<'_>) -> Result<Part<'static>, Problem> {
    let name = field.name().unwrap_or_default().to_owned();
    let mut value = Vec::new();
    while let Some(bytes) = in_time(field.chunk()).await? {
        if value.len() + bytes.len() > LONGEST_TEXT {
            return Err(Problem::TooLarge);
        }
        value.extend_from_slice(&bytes);
    }
    let value = String::from_utf8(value).map_err(|_| Problem::BadForm)?;
    Ok(Part::Text { name, value })
}

/// Waits for the browser no longer than it may be silent, nor longer than the request may take in all.
async fn in_time<T>(
    reading: impl Future<Output = Result<T, MultipartError>>,
) -> Result<T, Problem> {
    let left = kit::client::DEADLINE
        .try_with(|at| at.saturating_duration_since(Instant::now()))
        .unwrap_or(SILENCE);
    match time::timeout(left.min(SILENCE), reading).await {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Problem::TooLarge),
        Ok(Err(_)) | Err(_) => Err(Problem::BadForm),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::convert::Infallible;

    use axum::body::Body;
    use axum::http::header;
    use futures::{StreamExt as _, future, stream};

    use super::*;
    use crate::cookies;

    /// A form as the browser `mine` sends it: (field, file name, content).
    pub(crate) fn form(parts: &[(&str, Option<&str>, &str)]) -> Request {
        request(parts, "\r\n--X--\r\n")
    }

    /// The same, but the browser goes away in the middle of the last part.
    pub(crate) fn broken_form(parts: &[(&str, Option<&str>, &str)]) -> Request {
        request(parts, "")
    }

    fn request(parts: &[(&str, Option<&str>, &str)], end: &str) -> Request {
        let part = |(field, file, content): &(&str, Option<&str>, &str)| {
            let file = file.map_or_else(String::new, |name| format!("; filename=\"{name}\""));
            format!(
                "--X\r\nContent-Disposition: form-data; name=\"{field}\"{file}\r\n\r\n{content}"
            )
        };
        let parts: Vec<_> = parts.iter().map(part).collect();
        Request::post("/")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
            .header(header::COOKIE, format!("{}=mine", cookies::BROWSER))
            .body(Body::from(parts.join("\r\n") + end))
            .unwrap()
    }

    async fn refused_form(request: Request) -> Problem {
        match FileForm::open(request).await {
            Ok(_) => panic!("the form was taken"),
            Err(problem) => problem,
        }
    }

    #[tokio::test]
    async fn a_form_with_files_is_read_part_by_part() {
        let token = csrf::token("mine");
        let mut form = FileForm::open(form(&[
            ("csrf", None, &token),
            ("text", None, "Grüße"),
            ("files", Some(""), ""),
            ("files", Some("a.pdf"), "abc"),
        ]))
        .await
        .unwrap();

        let Some(Part::Text { name, value }) = form.next().await.unwrap() else {
            panic!("the text was typed first");
        };
        assert_eq!((name.as_str(), value.as_str()), ("text", "Grüße"));
        let Some(Part::Text { value, .. }) = form.next().await.unwrap() else {
            panic!("no file was chosen");
        };
        assert_eq!(value, "");
        let Some(Part::File(mut file)) = form.next().await.unwrap() else {
            panic!("a file was chosen");
        };
        assert_eq!(file.name, "a.pdf");
        assert_eq!(file.chunk().await.unwrap().unwrap(), "abc");
        drop(file);
        assert!(form.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_script_says_the_token_in_a_header() {
        let mut request = form(&[("files", Some("a.pdf"), "abc")]);
        let token = csrf::token("mine").parse().unwrap();
        request.headers_mut().insert(TOKEN_HEADER, token);

        assert!(FileForm::open(request).await.is_ok());
    }

    #[tokio::test]
    async fn a_form_without_the_token_of_this_browser_is_not_ours() {
        let theirs = csrf::token("theirs");
        let mine = csrf::token("mine");
        let mut with_wrong_header = form(&[("csrf", None, &mine)]);
        let header = theirs.parse().unwrap();
        with_wrong_header.headers_mut().insert(TOKEN_HEADER, header);

        for request in [
            form(&[]),
            form(&[("csrf", None, &theirs)]),
            form(&[("text", None, &mine)]),
            form(&[("files", Some("a.pdf"), "abc"), ("csrf", None, &mine)]),
            with_wrong_header,
        ] {
            assert!(matches!(refused_form(request).await, Problem::NotOurForm));
        }
    }

    #[tokio::test]
    async fn what_is_no_form_with_files_is_not_read() {
        let request = Request::post("/").body(Body::from("csrf=x")).unwrap();

        assert!(matches!(refused_form(request).await, Problem::BadForm));
    }

    #[tokio::test(start_paused = true)]
    async fn row_16_a_browser_that_sends_nothing_more_is_given_up() {
        let token = csrf::token("mine");
        let (head, body) =
            form(&[("csrf", None, &token), ("files", Some("a.pdf"), "abc")]).into_parts();
        let beginning = axum::body::to_bytes(body, LONGEST_TEXT).await.unwrap();
        // All but the end, which would say that the file is whole.
        let beginning = beginning.slice(..beginning.len() - 9);
        let slow =
            stream::once(future::ready(Ok::<_, Infallible>(beginning))).chain(stream::pending());
        let request = Request::from_parts(head, Body::from_stream(slow));
        let mut form = FileForm::open(request).await.unwrap();
        let Some(Part::File(mut file)) = form.next().await.unwrap() else {
            panic!("the form has a file");
        };

        let read = loop {
            match file.chunk().await {
                Ok(Some(_)) => {}
                other => break other,
            }
        };

        assert!(matches!(read, Err(Problem::BadForm)), "{read:?}");
    }

    #[tokio::test]
    async fn no_text_fills_the_memory() {
        let text = "x".repeat(LONGEST_TEXT + 1);
        let token = csrf::token("mine");
        let mut form = FileForm::open(form(&[("csrf", None, &token), ("text", None, &text)]))
            .await
            .unwrap();

        assert!(matches!(form.next().await, Err(Problem::TooLarge)));
    }
}
