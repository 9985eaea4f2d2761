//! The document service's process.

fn main() -> std::process::ExitCode {
    kit::process::run("document", Some(&document::MIGRATOR), document::serve)
}
