//! The only module that writes to the terminal. `anstream` decides on colours: it looks for a
//! terminal and for `NO_COLOR`.

use crate::visible::escaped;
use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

/// Style of errors.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// Style of warnings.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// Style of less important text.
pub(crate) const DIM: Style = Style::new().dimmed();

/// Prints a text and a newline to standard output.
///
/// # Errors
///
/// The reader has closed the pipe, or the disk is full.
pub(crate) fn show(text: impl Display) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Returns standard output without colours, for output that programs read.
pub(crate) fn lines() -> Lines {
    let stdout = io::stdout();
    let line = stdout.is_terminal().then(Vec::new);
    Lines { out: BufWriter::new(stdout.lock()), line }
}

/// Lines of JSON. A program gets them unchanged, and a terminal without control characters.
pub(crate) struct Lines {
    out: BufWriter<StdoutLock<'static>>,
    /// The unfinished line, for a terminal.
    line: Option<Vec<u8>>,
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(line) = &mut self.line else {
            return self.out.write(bytes);
        };
        line.extend_from_slice(bytes);
        if line.ends_with(b"\n") {
            self.out.write_all(escaped(&String::from_utf8_lossy(line)).as_bytes())?;
            line.clear();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(line) = &mut self.line {
            self.out.write_all(escaped(&String::from_utf8_lossy(line)).as_bytes())?;
            line.clear();
        }
        self.out.flush()
    }
}

/// True if standard output may be coloured.
pub(crate) fn has_colours() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// True if standard output is a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// True if standard output is a terminal that shows links. The names come from
/// <https://github.com/Alhadis/OSC8-Adoption>. `FORCE_HYPERLINK` decides for all others.
#[expect(clippy::disallowed_methods, reason = "terminals name themselves in the environment")]
pub(crate) fn has_links() -> bool {
    let is = |name: &str, values: &[&str]| {
        std::env::var(name).is_ok_and(|value| values.contains(&value.as_str()))
    };
    if let Ok(force) = std::env::var("FORCE_HYPERLINK") {
        return has_colours() && force != "0";
    }
    let is_set = |name: &str| std::env::var_os(name).is_some();
    io::stdout().is_terminal()
        && has_colours()
        && (["WT_SESSION", "KONSOLE_VERSION", "VTE_VERSION", "DOMTERM"].into_iter().any(is_set)
            || is("TERM", &["xterm-kitty", "alacritty", "xterm-ghostty", "foot", "wezterm"])
            || is("COLORTERM", &["xfce4-terminal"])
            || is("TERM_PROGRAM", &["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "zed"]))
}

/// Returns the text as a link, if there is an address.
pub(crate) fn link(text: &str, address: Option<&str>) -> String {
    match address {
        Some(address) => format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
        None => text.to_owned(),
    }
}

/// Prints an error to standard error.
pub(crate) fn error(text: impl Display) {
    print(ERROR, "error", text);
}

/// Prints a warning to standard error.
pub(crate) fn warning(text: impl Display) {
    print(WARNING, "warning", text);
}

/// Prints a remark to standard error, dimmed.
pub(crate) fn note(text: impl Display) {
    // If standard error is closed, there is no place left to report it.
    let _ = writeln!(anstream::stderr(), "{DIM}{text}{DIM:#}");
}

fn print(style: Style, word: &str, text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{style}{word}:{style:#} {text}");
}
