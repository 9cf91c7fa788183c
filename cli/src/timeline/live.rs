//! `--follow`: reads log groups again and again, and keeps the story current.

use super::nothing::{hidden, nothing};
use super::page::{Form, Page};
use super::select::Select;
use super::{arrived, course};
use crate::clock;
use crate::glance::Times;
use crate::input::{LeftOut, News, Source, Tail};
use crate::lacking;
use crate::outcome::Outcome;
use crate::progress::Board;
use crate::story::{self, About, Settled, Shared, Story, StoryEvent, Wait};
use crate::table::columns;
use crate::terminal;
use crate::times::duration_ms;
use clap::Args;
use ecs_event_forwarder::event::EventType;
use ecs_event_forwarder::policy::Policy;
use std::collections::HashSet;
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::runtime;
use tokio::time::sleep;

/// How far back the first read begins without `--since`.
const BACK_MS: i64 = 60 * 60 * 1000;

/// How to follow.
#[derive(Args)]
pub(super) struct Live {
    /// Keep reading the log groups; Ctrl-C ends it
    ///
    /// Keep reading the log groups, from an hour ago without --since, and print what is new. Ctrl-C
    /// prints the summary so far.
    #[arg(long, conflicts_with_all = ["paths", "until", "around"])]
    pub(super) follow: bool,
    /// End when the deployments have ended
    ///
    /// End when the deployments have ended that are in progress at the start, that begin later, or
    /// that --deployment names. One that failed has ended with its rollback, or after 5 minutes.
    /// Exit codes: 0 completed, 1 failed, rolled back or replaced by another one, 2 bad use, 3 time
    /// ran out or nothing was seen, 4 the log groups could not be read.
    #[arg(long, requires = "follow")]
    until_settled: bool,
    /// How long to wait for the end
    #[arg(
        long,
        value_name = "TIME",
        value_parser = duration_ms,
        requires = "until_settled",
        default_value = "30m"
    )]
    timeout: i64,
    /// How long to wait between two reads
    #[arg(
        long,
        value_name = "TIME",
        value_parser = duration_ms,
        requires = "follow",
        default_value = "5s",
        hide_short_help = true
    )]
    interval: i64,
}

/// Follows the log groups of the source.
pub(super) fn follow(live: &Live, source: &Source, page: &Page<'_>) -> io::Result<Outcome> {
    if live.until_settled
        && let Some(problem) = refusal(page.policy, page.select)
    {
        return Ok(Outcome::bad_use(problem));
    }
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut tale = Tale::new(live, source, page);
        let ended = tale.listen().await?;
        tale.end(ended)
    })
}

/// Returns why the end of a deployment could never be seen.
fn refusal(policy: &Policy, select: &Select) -> Option<String> {
    let dropped = lacking::deployments(policy, select.clusters(), select.services());
    let list = dropped.join(" and ");
    (!list.is_empty()).then(|| {
        format!("the policy drops {list}, so --until-settled would wait in vain: see FORWARDER_SELECT, FORWARDER_EVENT_TYPES and the lists of the policy")
    })
}

/// Why following ended.
#[derive(Clone, Copy)]
enum Ended {
    Settled(Settled),
    Interrupted,
    TimedOut,
    Lost,
}

/// The events that were read, and the ids of those that were shown.
struct Tale<'a> {
    live: &'a Live,
    source: &'a Source,
    page: &'a Page<'a>,
    wait: Wait,
    events: Vec<StoryEvent>,
    shared: Shared,
    shown: HashSet<Box<str>>,
    story: Story,
    board: Board,
    is_first: bool,
    has_printed: bool,
}

impl<'a> Tale<'a> {
    fn new(live: &'a Live, source: &'a Source, page: &'a Page<'a>) -> Self {
        let wait = Wait { since_ms: clock::now_ms(), named: page.select.deployments().to_vec() };
        Self {
            live,
            source,
            page,
            wait,
            events: Vec::new(),
            shared: Shared::default(),
            shown: HashSet::new(),
            story: story::tell(Vec::new()),
            board: Board::new(),
            is_first: true,
            has_printed: false,
        }
    }

    async fn listen(&mut self) -> io::Result<Ended> {
        let mut interrupted = pin!(tokio::signal::ctrl_c());
        let timeout = if self.live.until_settled { millis(self.live.timeout) } else { FOREVER };
        let mut timeout = pin!(sleep(timeout));
        let since_ms = self.source.since_ms().unwrap_or(self.wait.since_ms - BACK_MS);
        let mut tail = tokio::select! {
            _ = &mut interrupted => return Ok(Ended::Interrupted),
            tail = Tail::open(self.source, since_ms) => match tail {
                Ok(tail) => tail,
                Err(cause) => {
                    terminal::error(cause);
                    return Ok(Ended::Lost);
                }
            },
        };
        loop {
            let news = tokio::select! {
                _ = &mut interrupted => return Ok(Ended::Interrupted),
                () = &mut timeout => return Ok(Ended::TimedOut),
                news = tail.read() => news,
            };
            let is_lost = news.lost.is_some();
            self.hear(news)?;
            let settled = self.wait.settled(&self.story.deployments, clock::now_ms());
            if is_lost {
                return Ok(Ended::Lost);
            }
            if self.live.until_settled && matches!(settled, Settled::Completed | Settled::Failed) {
                return Ok(Ended::Settled(settled));
            }
            tokio::select! {
                _ = &mut interrupted => return Ok(Ended::Interrupted),
                () = &mut timeout => return Ok(Ended::TimedOut),
                () = sleep(millis(self.live.interval)) => {}
            }
        }
    }

    /// Adds the events of a read, and prints the new ones.
    fn hear(&mut self, news: News) -> io::Result<()> {
        let known = self.events.len();
        let mut notes = news.notes;
        for arrival in news.arrivals {
            match arrived::event(&arrival, self.page.policy, &mut self.shared) {
                Ok(event) => self.events.push(event),
                Err(failure) => notes.push(format!("{}: {failure}", failure.error_type())),
            }
        }
        let is_first = self.is_first;
        let lines = if self.events.len() > known || is_first { self.retell() } else { Vec::new() };
        if is_first && news.lost.is_none() {
            let count = self.story.event_count;
            let noun = if count == 1 { "event" } else { "events" };
            terminal::note(format!("{count} {noun} so far; waiting for more"));
        }
        self.has_printed |= !lines.is_empty();
        let summary = (self.story.event_count > 0).then(|| self.page.summary(&self.story));
        self.board.aside(|| {
            for note in notes {
                terminal::warning(note);
            }
            if let Some(lost) = &news.lost {
                terminal::error(lost);
            }
            if lines.is_empty() { Ok(()) } else { terminal::show(lines.join("\n")) }
        })?;
        self.board.show(summary.unwrap_or_default());
        Ok(())
    }

    /// Updates the story, and returns a line for each event that was not shown yet.
    fn retell(&mut self) -> Vec<String> {
        (self.story, _) = self.page.select.choose(self.events.clone()).tell();
        let names = self.story.names();
        let new = self.story.events.iter().filter(|event| !self.shown.contains(&event.id));
        let shows = |event: &&StoryEvent| {
            (self.page.form == Form::Events || !is_routine(event)) && self.page.has(event, &names)
        };
        let is_text = !matches!(self.page.form, Form::Json | Form::Markdown);
        let new: Vec<_> = new.filter(shows).filter(|_| is_text && !self.is_first).collect();
        let times = Times::of(&self.story, self.page.zone.clone());
        let width = Some(columns()).filter(|_| terminal::is_terminal());
        let lines = course::events(&new, &self.story, &times, width);
        self.is_first = false;
        self.shown = self.story.events.iter().map(|event| event.id.clone()).collect();
        lines
    }

    /// Prints the summary, and how the deployments went that were waited for.
    fn end(mut self, ended: Ended) -> io::Result<Outcome> {
        self.board.end();
        let is_found = self.page.count(&self.story) > 0;
        let runs = self.wait.runs(&self.story.deployments);
        let of_runs: Vec<_> = runs.iter().map(|run| self.story.sentence(run)).collect();
        if is_found {
            if self.has_printed {
                terminal::show("")?;
            }
            self.page.print(&mut self.story)?;
        } else if !matches!(ended, Ended::Lost) {
            let events = std::mem::take(&mut self.events);
            let (select, zone) = (self.page.select, self.page.zone.clone());
            terminal::note(if self.story.event_count > 0 {
                hidden(select, &self.story, zone)
            } else {
                nothing(select, events, LeftOut::default(), zone)
            });
        }
        let is_text = !matches!(self.page.form, Form::Json | Form::Markdown);
        if is_text && self.live.until_settled {
            let is_new = |it: &&String| **it != self.story.headline;
            for sentence in of_runs.iter().filter(is_new) {
                terminal::show(format!("\n{sentence}"))?;
            }
        }
        Ok(match ended {
            Ended::Settled(Settled::Completed) => Outcome::Done,
            Ended::Lost => Outcome::Unreachable,
            Ended::TimedOut | Ended::Interrupted if self.live.until_settled => {
                let why = match (ended, of_runs.is_empty()) {
                    (Ended::Interrupted, _) => "interrupted before the deployments ended",
                    (_, true) => "time ran out, and no deployment was seen",
                    (_, false) => "time ran out before the deployments ended",
                };
                terminal::error(why);
                Outcome::Unsettled
            }
            Ended::TimedOut | Ended::Interrupted if is_found => Outcome::Done,
            Ended::Settled(_) | Ended::TimedOut | Ended::Interrupted => Outcome::Incomplete,
        })
    }
}

/// True for the steps of a task between its start and its end.
fn is_routine(event: &StoryEvent) -> bool {
    let About::Task(task) = &event.about else { return false };
    event.event_type == EventType::Info && !matches!(&*task.last_status, "RUNNING" | "STOPPED")
}

/// Longer than anyone waits.
const FOREVER: Duration = Duration::from_hours(24 * 365);

fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or_default())
}
