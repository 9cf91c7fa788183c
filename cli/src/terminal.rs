//! The only place that writes to the terminal. Colours go where they are wanted: `anstream` looks
//! for a terminal and for `NO_COLOR`.

use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();

/// Shows a text.
///
/// # Errors
///
/// Nobody reads it any more, or the disk is full.
pub(crate) fn show(text: impl Display) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Where lines go that are to be read by programs.
pub(crate) fn lines() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// Whether what is shown may be coloured.
pub(crate) fn has_colours() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Says what went wrong.
pub(crate) fn error(text: impl Display) {
    say(ERROR, "error", text);
}

/// Says what should be looked at.
pub(crate) fn warning(text: impl Display) {
    say(WARNING, "warning", text);
}

/// Says something beside the output.
pub(crate) fn note(text: impl Display) {
    // Nobody is left to hear that nobody hears it.
    let _ = writeln!(anstream::stderr(), "{DIM}{text}{DIM:#}");
}

fn say(style: Style, word: &str, text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{style}{word}:{style:#} {text}");
}
