//! The binary of identity: serve, migrate or check the settings.

fn main() -> std::process::ExitCode {
    kit::process::run("identity", Some(&identity::MIGRATOR), identity::serve)
}
