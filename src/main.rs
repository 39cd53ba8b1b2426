//! The `vadex` command: parse, run, exit code.

fn main() -> std::process::ExitCode {
    vadex::cli::main()
}
