//! `ecs-events completions` and `ecs-events man`: shell completions and manual pages.

use crate::outcome::Outcome;
use crate::terminal;
use clap::{Args, Command};
use clap_complete::Shell;
use std::io::{self, Write};

const NAME: &str = "ecs-events";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  ecs-events completions bash >/etc/bash_completion.d/ecs-events
  ecs-events completions zsh >~/.zfunc/_ecs-events";

/// Print completions for a shell
#[derive(Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Runs `completions`.
pub(crate) fn completions(arguments: &Completions, mut command: Command) -> io::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, NAME, &mut script);
    write(&script)
}

const MANUAL_EXAMPLES: &str = "\
Examples:
  ecs-events man | man -l -
  ecs-events man preview >ecs-events-preview.1";

/// Print the manual page, or that of a subcommand
#[derive(Args)]
#[command(after_help = MANUAL_EXAMPLES)]
pub(crate) struct Manual {
    /// The subcommand
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Runs `man`.
pub(crate) fn manual(arguments: &Manual, mut command: Command) -> io::Result<Outcome> {
    command.build();
    if let Some(name) = &arguments.command {
        let Some(found) = command.find_subcommand(name) else {
            return Ok(Outcome::bad_use(format!("there is no subcommand {name:?}")));
        };
        command = found.clone().name(format!("{NAME}-{name}"));
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    write(&page)
}

fn write(bytes: &[u8]) -> io::Result<Outcome> {
    let mut out = terminal::lines();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(Outcome::Done)
}
