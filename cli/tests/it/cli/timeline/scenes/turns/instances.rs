//! Container instances that lose their agent or go.

use super::super::script::Script;
use super::Turn;

/// An instance that is `status` loses its agent, and is deregistered.
fn instance_that_goes(status: &str) -> Script {
    let mut script = Script::of("prod", "web");
    script.instance_is("10:00:00", status, true);
    script.instance_is("10:02:00", status, false);
    script.instance_is("10:03:00", "INACTIVE", false);
    script
}

/// An agent that is lost for 2 seconds now and then, `minutes` apart.
fn agent_that_is_lost_every(minutes: usize) -> Script {
    let mut script = Script::of("prod", "web");
    for number in 0..4 {
        let (hour, minute) = (10 + number * minutes / 60, number * minutes % 60);
        script.instance(&format!("{hour}:{minute:02}:00"), false);
        script.instance(&format!("{hour}:{minute:02}:02"), true);
    }
    script
}

pub(super) fn turns() -> Vec<Turn> {
    vec![
        Turn {
            name: "an instance drains and goes",
            script: instance_that_goes("DRAINING"),
            headline: "nothing went wrong",
            rows: &["i-0123456789abcdef0 was deregistered"],
        },
        Turn {
            name: "an instance goes",
            script: instance_that_goes("ACTIVE"),
            headline: "i-0123456789abcdef0: agent lost, then the instance was deregistered",
            rows: &["WARN prod instance i-0123456789abcdef0"],
        },
        Turn {
            name: "an agent is lost every hour",
            script: agent_that_is_lost_every(60),
            headline: "nothing went wrong",
            rows: &[],
        },
        Turn {
            name: "an agent is lost every five minutes",
            script: agent_that_is_lost_every(5),
            headline: "i-0123456789abcdef0: agent lost 4 times, back after 2 s",
            rows: &[],
        },
    ]
}
