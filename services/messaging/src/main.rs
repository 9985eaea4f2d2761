//! The messaging service's process.

fn main() -> std::process::ExitCode {
    kit::process::run("messaging", Some(&messaging::MIGRATOR), messaging::serve)
}
