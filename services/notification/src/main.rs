//! The notification service's process.

fn main() -> std::process::ExitCode {
    kit::process::run(
        "notification",
        Some(&notification::MIGRATOR),
        notification::serve,
    )
}
