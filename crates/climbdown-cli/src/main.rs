//! The command `climbdown`: arguments in, text out. What it does is in `climbdown-engine`.

mod arguments;
mod disk;
mod progress;

use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;
use climbdown_engine::{Exit, Output, Response};

use arguments::Arguments;

/// Set by the first Ctrl-C; the engine looks at it between sweeps.
static STOPPED: AtomicBool = AtomicBool::new(false);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    panic::set_hook(Box::new(say_that_it_is_a_bug));
    // Without a handler Ctrl-C ends the program at once, which loses nothing either.
    let _ = ctrlc::set_handler(|| {
        if STOPPED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Cancelled.code()));
        }
    });
    if let Some(n) = arguments.threads {
        // Fails only if a pool exists already, and this is the first use of it.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(n).build_global();
    }
    match panic::catch_unwind(|| answer(&arguments)) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::from(101),
    }
}

/// Runs the request and prints what came of it.
fn answer(arguments: &Arguments) -> u8 {
    let (request, quiet) = (arguments.request(), arguments.quiet);
    let bar = progress::bar(quiet);
    let response = climbdown_engine::run(&disk::Disk, &request, &mut |at| {
        progress::show(&bar, at);
        !STOPPED.load(Ordering::Relaxed)
    });
    bar.finish_and_clear();
    let mut code = response.exit.code();
    if response.exit != Exit::Done || !quiet {
        // Nobody is left to tell if standard error is gone.
        let _ = io::stderr().write_all(response.notes.as_bytes());
    }
    if let Err(message) = disk::write_new(&response.files) {
        let _ = writeln!(io::stderr(), "error: {message}");
        return Exit::Usage.code();
    }
    if let Output::File(file) = &response.output
        && let Err(message) = disk::write_file(&file.path, &file.bytes)
    {
        let _ = writeln!(io::stderr(), "error: {message}");
        return Exit::Usage.code();
    }
    if let Err(error) = print(&response)
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = writeln!(io::stderr(), "error: the result could not be written: {error}");
        code = Exit::WrongFile.code();
    }
    code
}

fn print(response: &Response) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    response.output.write(&mut out)?;
    out.flush()
}

fn say_that_it_is_a_bug(panic: &panic::PanicHookInfo<'_>) {
    let what = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map_or(String::new(), |l| format!(" ({}:{})", l.file(), l.line()));
    let _ = writeln!(
        io::stderr(),
        "climbdown {}: this is a bug in Climbdown, not in your file.\n  {what}{place}\n\
         Please report it with the command and the scenario.",
        env!("CARGO_PKG_VERSION")
    );
}
