//! `casework template`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use proto::notification::v1::template_service_client::TemplateServiceClient;
use proto::notification::v1::{
    GetTemplateRequest, ListTemplatesRequest, PreviewTemplateRequest, RestoreTemplateRequest,
    Template, UpdateTemplateRequest, Variable,
};

use crate::commands::{Limit, pages};
use crate::failure::Failure;
use crate::output::{Output, instant, plain, say};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the templates and who adapted them (NO-5)
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a template's words and what can stand in double braces in them
    Show {
        /// The template's key, as the list shows it
        key: String,
    },
    /// Show an email of made-up facts in a template's words, or in words to try
    Preview {
        /// The template's key, as the list shows it
        key: String,
        #[command(flatten)]
        words: Words,
        /// Print the HTML instead of the plain text
        #[arg(long)]
        html: bool,
    },
    /// Adapt a template's words; what is not given stays
    Edit {
        /// The template's key, as the list shows it
        key: String,
        #[command(flatten)]
        words: Words,
        /// Refuse if the template has another version than this one, as `show` told it
        #[arg(long, value_name = "VERSION")]
        seen: Option<i64>,
    },
    /// Take back the words that come with the portal
    Restore {
        /// The template's key, as the list shows it
        key: String,
        /// Refuse if the template has another version than this one, as `show` told it
        #[arg(long, value_name = "VERSION")]
        seen: Option<i64>,
    },
}

/// Words for a template.
#[derive(Args)]
pub(crate) struct Words {
    /// The subject
    #[arg(long)]
    subject: Option<String>,
    /// A file with the paragraphs, parted by empty lines; `-` reads them from the standard input
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::List { limit } => list(portal, output, &limit).await,
        Command::Show { key } => show(output, &get(portal, key).await?),
        Command::Preview { key, words, html } => preview(portal, output, key, words, html).await,
        Command::Edit { key, words, seen } => edit(portal, output, key, words, seen).await,
        Command::Restore { key, seen } => {
            let version = match seen {
                Some(version) => version,
                None => get(portal, key.clone()).await?.version,
            };
            let request = RestoreTemplateRequest { key, version };
            let template = call!(
                portal,
                "notification",
                TemplateServiceClient,
                restore_template,
                request
            );
            output.one(&template, "The template has its own words again.")
        }
    }
}

async fn list(portal: &Portal, output: Output, limit: &Limit) -> Result<(), Failure> {
    let templates = pages(limit, async |page_size, page_token| {
        let request = ListTemplatesRequest {
            page_size,
            page_token,
        };
        let page = call!(
            portal,
            "notification",
            TemplateServiceClient,
            list_templates,
            request
        );
        Ok((page.templates, page.next_page_token))
    })
    .await?;
    output.list(
        &templates,
        ["Key", "Subject", "Adapted", "Changed at", "Changed by"],
        |it| {
            [
                it.key.clone(),
                it.subject.clone(),
                if it.adapted { "yes" } else { "" }.to_owned(),
                instant(it.changed_at.as_ref()),
                it.changed_by.clone(),
            ]
        },
        "There are no templates.",
    )
}

async fn get(portal: &Portal, key: String) -> Result<Template, Failure> {
    Ok(call!(
        portal,
        "notification",
        TemplateServiceClient,
        get_template,
        GetTemplateRequest { key }
    ))
}

fn show(output: Output, template: &Template) -> Result<(), Failure> {
    let words = if template.adapted {
        "adapted by staff"
    } else {
        "as they come with the portal"
    };
    output.facts(
        template,
        &[
            ("Key", &template.key),
            ("Words", words),
            ("Version", &template.version.to_string()),
            ("Changed at", &instant(template.changed_at.as_ref())),
            ("Changed by", &template.changed_by),
            ("Subject", &template.subject),
        ],
    )?;
    if output.json {
        return Ok(());
    }
    say(format_args!("\n{}\n", plain(&template.body)))?;
    for Variable {
        name,
        meaning,
        required,
        alone,
    } in &template.variables
    {
        let must = if *required { ", required" } else { "" };
        let place = if *alone {
            ", in a paragraph of its own"
        } else {
            ""
        };
        say(format_args!("{{{{{name}}}}}  {meaning}{must}{place}"))?;
    }
    Ok(())
}

async fn preview(
    portal: &Portal,
    output: Output,
    key: String,
    words: Words,
    html: bool,
) -> Result<(), Failure> {
    let body = read(words.body.as_deref())?;
    let request = PreviewTemplateRequest {
        key,
        subject: words.subject.unwrap_or_default(),
        body: body.unwrap_or_default(),
    };
    let email = call!(
        portal,
        "notification",
        TemplateServiceClient,
        preview_template,
        request
    );
    let text = if html {
        email.html.clone()
    } else {
        format!("Subject: {}\n\n{}", email.subject, email.text)
    };
    output.one(&email, text.trim_end())
}

async fn edit(
    portal: &Portal,
    output: Output,
    key: String,
    words: Words,
    seen: Option<i64>,
) -> Result<(), Failure> {
    let body = read(words.body.as_deref())?;
    if words.subject.is_none() && body.is_none() {
        let nothing = anyhow::anyhow!("give --subject or --body, or both");
        return Err(nothing.into());
    }
    let present = get(portal, key.clone()).await?;
    let request = UpdateTemplateRequest {
        key,
        version: seen.unwrap_or(present.version),
        subject: words.subject.unwrap_or(present.subject),
        body: body.unwrap_or(present.body),
    };
    let template = call!(
        portal,
        "notification",
        TemplateServiceClient,
        update_template,
        request
    );
    output.one(
        &template,
        "The template is adapted: emails have these words from now on.",
    )
}

/// The text of a file, or of the standard input.
fn read(file: Option<&Path>) -> Result<Option<String>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("could not read the standard input")?;
        text
    } else {
        std::fs::read_to_string(file)
            .with_context(|| format!("could not read {}", file.display()))?
    };
    Ok(Some(text))
}
