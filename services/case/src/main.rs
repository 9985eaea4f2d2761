//! The case service as a process of its own.

fn main() -> std::process::ExitCode {
    kit::process::run("case", Some(&case::MIGRATOR), case::serve)
}
