//! The service-complaint service's process.

fn main() -> std::process::ExitCode {
    kit::process::run(
        "service-complaint",
        Some(&service_complaint::MIGRATOR),
        service_complaint::serve,
    )
}
