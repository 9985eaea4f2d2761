//! The binary of the edge.

fn main() -> std::process::ExitCode {
    kit::process::run("gateway", None, gateway::serve)
}
