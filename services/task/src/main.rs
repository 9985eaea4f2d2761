//! The task service as a process of its own.

fn main() -> std::process::ExitCode {
    kit::process::run("task", Some(&task::MIGRATOR), task::serve)
}
