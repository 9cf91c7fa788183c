//! No command shows what the function would not store.

use super::log_group::GROUP;
use super::{Desk, Ran, compact};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use world::{Clock, Invoke, Invoked, World, real_now_ms};

pub(super) const SECRET: &str = "s3cr3t-of-the-test";

/// A stopped task and a failed deployment that hold the secret wherever redaction removes it.
pub(super) fn desk() -> Desk {
    let url = format!("postgres://app:{SECRET}@db.internal:5432/app");
    let task = compact("task-out-of-memory").replacen(
        "\"detail\":{",
        &format!(
            "\"detail\":{{\"environment\":{{\"A\":\"{SECRET}\"}},\"dbPassword\":\"{SECRET}\",\
             \"link\":\"https://s3.amazonaws.com/a?X-Amz-Signature={SECRET}\","
        ),
        1,
    );
    let task = with_text(&task, "stoppedReason", &url);
    let deployment = with_text(&compact("deployment-failed"), "reason", &url);
    let desk = Desk::empty();
    desk.put("events/task.json", task);
    desk.put("events/deployment.json", deployment);
    desk.put("policy.toml", "trim = \"full\"\n");
    desk.put("other.toml", "trim = \"minimal\"\n");
    desk
}

/// The event with another text for the first member of that name.
pub(super) fn with_text(event: &str, name: &str, text: &str) -> String {
    let key = format!("\"{name}\":\"");
    let (before, after) = event.split_once(&key).expect("the event has the member");
    let (_, rest) = after.split_once('"').expect("the text ends");
    format!("{before}{key}{text}\"{rest}")
}

/// Every subcommand that reads events, in each of its forms.
const COMMANDS: [&str; 24] = [
    "forward events",
    "forward --trim full events",
    "preview events",
    "preview --json events",
    "preview --show events",
    "preview --json --show --trim full events",
    "preview --show --from-log-group /aws/events/ecs/containerinsights/prod/performance",
    "diff --before policy.toml --after other.toml events",
    "timeline events",
    "timeline --json events",
    "timeline --markdown events",
    "timeline --events events",
    "timeline --errors --grep postgres events",
    "timeline --follow --until-settled --interval 20ms --timeout 100ms --since 2026-01-01 \
     --cluster prod",
    "timeline --follow --until-settled --interval 20ms --timeout 100ms --since 2026-01-01 \
     --cluster prod --json",
    "timeline --follow --until-settled --interval 20ms --timeout 100ms --since 2026-01-01 \
     --cluster prod --events",
    "cost events",
    "report events",
    "report --trim full events",
    "report -o - events",
    "replay --dry-run --to cloudwatch --trim full events",
    "replay --to cloudwatch --trim full --journal logs.journal events",
    "replay --dry-run --to lambda --function forwarder events",
    "replay --to lambda --function forwarder --journal function.journal events",
];

/// Log groups that hold events as they came, and CloudWatch Logs and a function that store them.
struct Aws {
    captured: World,
    stored: World,
    function: Invoke,
}

impl Aws {
    fn new() -> Self {
        let (captured, stored) = (World::new(), World::new());
        captured.logs.set_clock(Clock::Timeless);
        stored.logs.set_clock(Clock::Timeless);
        let variables = [("FORWARDER_DETAIL_TYPES", "*"), ("FORWARDER_TRIM", "full")];
        let function = stored.function(&variables);
        let function =
            Invoke::start("forwarder", move |_, payload| Invoked::Ended(function.invoke(payload)));
        Self { captured, stored, function }
    }

    /// Puts events into the log group of `prod`, as the ECS console's event capture does.
    fn capture(&self, event: &str) {
        self.captured.logs.keep(GROUP, real_now_ms(), event);
    }

    fn run(&self, desk: &Desk, words: &str) -> Ran {
        let world = if words.starts_with("replay") { &self.stored } else { &self.captured };
        let desk = desk.copy().set("AWS_EC2_METADATA_DISABLED", "true");
        let desk = desk.set("AWS_ENDPOINT_URL_LAMBDA", &self.function.endpoint());
        let variables = world.aws_environment();
        variables.iter().fold(desk, |desk, (name, value)| desk.set(name, value)).run(words)
    }

    /// What the replays stored.
    fn stored(&self) -> Vec<String> {
        self.stored.logs.ever_stored().into_iter().map(|event| event.message).collect()
    }
}

/// Members of `detail` with the secret `{}` in a place that redaction knows.
fn planted() -> impl Strategy<Value = String> {
    let word = select(vec![
        "token",
        "password",
        "secret",
        "apikey",
        "api_key",
        "api-key",
        "credential",
        "authorization",
    ]);
    let spelling = select(vec![str::to_lowercase as fn(&str) -> String, str::to_uppercase, title]);
    let name =
        (select(vec!["", "db", "splunk-"]), word, spelling, select(vec!["", "-1", "Of_App"]))
            .prop_map(|(before, word, spelling, after)| {
                format!("{before}{}{after}", spelling(word))
            });
    let member = name.prop_map(|name| format!(r#""{name}":"{{}}""#));
    let environment = select(vec![
        r#""environment":{"A":"{}","B":"b"}"#,
        r#""environment":[{"name":"A","value":"{}"}]"#,
        r#""environment":[{"value":"{}"},{"name":"B","value":"b"}]"#,
    ]);
    let parameter = select(vec![
        "X-Amz-Signature",
        "X-Amz-Security-Token",
        "Signature",
        "token",
        "sig",
        "hmac",
        "verify",
        "api_key",
        "password",
    ]);
    let query = (parameter, any::<bool>()).prop_map(|(parameter, is_encoded)| {
        let url = format!("https://host.example/a?b=1&{parameter}=SECRET&c=2");
        let encode = |text: &str| {
            let signs = [("%", "%25"), (":", "%3A"), ("/", "%2F"), ("?", "%3F"), ("=", "%3D")];
            signs.iter().fold(text.to_owned(), |text, (sign, code)| text.replace(sign, code))
        };
        if is_encoded { encode(&url) } else { url }.replace("SECRET", "{}")
    });
    let user =
        select(vec!["postgres://app:{}@db.internal/x", "amqp://{}:{}@mq:5672", "a+b://u:{}@h"]);
    let url = prop_oneof![query, user.prop_map(str::to_owned)];
    let field = select(vec!["stoppedReason", "reason", "link", "cause", "statusReason"]);
    let text = (field, select(vec!["", "cannot connect to "]), url)
        .prop_map(|(field, before, url)| format!(r#""{field}":"{before}{url} again""#));
    prop_oneof![member, environment.prop_map(str::to_owned), text]
}

fn title(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// The member some levels below: in objects, in arrays, in a container.
fn nested() -> impl Strategy<Value = String> {
    let around = select(vec![
        "{}",
        r#""new":{{}}"#,
        r#""new":[{"a":[{{}}]}]"#,
        r#""containers":[{"name":"app",{}}]"#,
        r#""overrides":{"containerOverrides":[{{}}]}"#,
        r#""requestParameters":{"containerDefinitions":[{{}}]}"#,
    ]);
    (around, planted()).prop_map(|(around, member)| around.replacen("{}", &member, 1))
}

/// The seed is fixed; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look further.
fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let rng_seed = match asked.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20_261_128),
        given @ RngSeed::Fixed(_) => given,
    };
    let cases = if asked.cases == 256 { 8 } else { asked.cases };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 64, ..asked }
}

const SAMPLES: [&str; 5] = [
    "task-out-of-memory",
    "deployment-failed",
    "container-instance-registered",
    "cloudtrail-register-task-definition",
    "unknown-kind",
];

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_is_planted_where_redaction_looks_no_command_shows(
        plants in prop::collection::vec(prop::collection::vec(nested(), 1..4), SAMPLES.len()),
        secret in "zq[a-z0-9]{12}",
    ) {
        let planted = SAMPLES.iter().zip(&plants).map(|(sample, members)| {
            let members = members.join(",").replace("{}", &secret);
            (sample, compact(sample).replacen("\"detail\":{", &format!("\"detail\":{{{members},"), 1))
        });
        let planted: Vec<_> = planted.collect();
        let aws = Aws::new();
        for (_, event) in &planted {
            prop_assert!(event.contains(&secret));
            aws.capture(event);
        }
        for words in COMMANDS {
            let desk = desk();
            for (sample, event) in &planted {
                desk.put(&format!("events/{sample}.json"), event);
            }
            let takes_no_list = ["diff", "timeline", "replay --to lambda", "replay --dry-run --to lambda"];
            let words = if takes_no_list.iter().any(|it| words.starts_with(it)) {
                words.to_owned()
            } else {
                format!("{words} --detail-types=*")
            };
            let ran = aws.run(&desk, &words);
            prop_assert!(ran.code != Some(2), "{words}: {ran}");
            prop_assert!(!format!("{ran}").contains(&secret), "{words}: {ran}");
            for (name, text) in desk.files(".") {
                let is_input = name.starts_with("events/");
                prop_assert!(is_input || !text.contains(&secret), "{words}: {name}");
            }
        }
        let stored = aws.stored();
        prop_assert!(stored.len() > SAMPLES.len());
        for message in stored {
            prop_assert!(!message.contains(&secret), "{message}");
        }
    }
}

#[test]
fn no_command_shows_a_secret_that_is_never_stored() {
    let aws = Aws::new();
    for (_, event) in desk().files("events") {
        assert!(event.contains(SECRET));
        aws.capture(&event);
    }
    let mut leaks = Vec::new();
    for words in COMMANDS {
        let desk = desk();
        let ran = aws.run(&desk, words);
        assert!(!ran.stdout.is_empty() || words.starts_with("report"), "{words}: {ran}");
        let files = desk.files(".").into_iter().filter(|(name, _)| !name.starts_with("events/"));
        let written: String = files.map(|(_, text)| text).collect();
        if format!("{ran}{written}").contains(SECRET) {
            leaks.push(words);
        }
    }
    assert_eq!(leaks, Vec::<&str>::new());
    let stored = aws.stored().concat();
    assert!(stored.contains("postgres://***@db.internal") && !stored.contains(SECRET), "{stored}");
}

#[test]
fn the_rest_of_a_reason_with_a_secret_is_still_shown() {
    let ran = desk().run("timeline events");
    assert!(ran.stdout.contains("postgres://***@db.internal"), "{ran}");
}

#[test]
fn the_report_counts_the_bytes_that_came_and_not_those_that_it_shows() {
    let desk = desk();
    assert_eq!(desk.run("report events").code, Some(0));
    let files = desk.files(".");
    let text = |end: &str| &files.iter().find(|(name, _)| name.ends_with(end)).expect("a file").1;
    let bytes = text("task.json").len();
    let shown = format!("{},{:03} bytes received", bytes / 1000, bytes % 1000);
    assert!(text(".html").contains(&shown), "{shown}");
}
