//! Prices and how often things happen, from options.

use crate::dollars::{Function, MONTH_MS, Prices, Terms, real};
use clap::Args;
use ecs_event_forwarder::policy::Delivery;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const HEADING: &str = "Prices";

/// The Region whose prices are used for Regions without known prices.
const USUAL_REGION: &str = "us-east-1";

/// Events that span less than a day, or more than a year, are a poor basis for a month.
const DAY_MS: f64 = 24.0 * 3_600_000.0;
const YEAR_MS: f64 = 366.0 * DAY_MS;

const PRICE_FILE: &str = "Prices that override those of the region, in TOML or (*.json) JSON";
const PRICE_FILE_LONG: &str = "\
Prices that override those of the region, in TOML or (*.json) JSON

US dollars under the names ingestion_per_gb, ingestion_infrequent_access_per_gb, \
storage_per_gb_month, compression_ratio, query_per_gb, requests_per_million and \
duration_per_gb_second. With all seven, the region can be any.";

/// The options for prices and rates.
#[derive(Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct Rates {
    /// Number of events in a month (1000000, 1,000,000, 1e6, 1m); by default, scaled from the time
    /// that the events span
    #[arg(long, value_name = "NUMBER", value_parser = count)]
    events_per_month: Option<usize>,
    /// Region whose prices are used: us-east-1 or ap-northeast-1; any other gets those of us-east-1
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    region: String,
    #[arg(long, value_name = "FILE", help = PRICE_FILE, long_help = PRICE_FILE_LONG)]
    price_file: Option<PathBuf>,
    /// Memory of the function
    #[arg(long, hide_short_help = true, value_name = "MB", default_value = "128", value_parser = clap::value_parser!(u32).range(128..=10240))]
    memory_mb: u32,
    /// Billed duration of an average invocation, as in the function's REPORT lines or the metric
    /// Duration
    #[arg(long, hide_short_help = true, value_name = "MS", default_value = "15", value_parser = positive)]
    duration_ms: f64,
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "expected a number greater than 0".to_owned())
}

/// Reads a whole number in the forms in which people write large ones.
fn count(text: &str) -> Result<usize, String> {
    const MOST: f64 = 1e12;
    let plain = text.trim().replace([',', '_'], "").to_ascii_lowercase();
    let units = [("k", 1e3), ("m", 1e6), ("b", 1e9)];
    let (digits, unit) = units
        .into_iter()
        .find_map(|(name, unit)| Some((plain.strip_suffix(name)?, unit)))
        .unwrap_or((&plain, 1.0));
    let number = digits.parse().ok().map(|number: f64| (number * unit).round());
    let number = number.filter(|number| (1.0..=MOST).contains(number));
    let number = number.and_then(|number| format!("{number:.0}").parse().ok());
    number.ok_or_else(|| {
        "expected a number of events, at least 1, such as 1000000, 1,000,000, 1e6 or 1m".to_owned()
    })
}

impl Rates {
    /// Returns the prices to use.
    pub(crate) fn prices(&self) -> Result<Prices, String> {
        let given = self.price_file.as_deref().map_or_else(|| Ok(BTreeMap::new()), read)?;
        let of_region = Prices::of(&self.region);
        let is_known = of_region.is_some();
        let mut prices =
            of_region.or_else(|| Prices::of(USUAL_REGION)).expect("it is in the table");
        let needed = prices.fields().map(|(name, _)| name);
        let has_all = needed.into_iter().all(|name| given.contains_key(name));
        let region = if is_known || has_all {
            self.region.clone()
        } else {
            let regions: Vec<_> = Prices::regions().collect();
            let known = regions.join(" and ");
            format!(
                "{USUAL_REGION}, because the prices of {} are not known, only those of {known}",
                self.region
            )
        };
        prices.name = match &self.price_file {
            Some(file) => format!("{region} with {}", file.display()),
            None => region,
        };
        for (name, price) in given {
            let file = self.price_file.as_deref().unwrap_or(Path::new("")).display();
            prices.set(&name, price).map_err(|problem| format!("{file}: {problem}"))?;
        }
        Ok(prices)
    }

    /// Explains why the events are a poor basis for a month, if they are one.
    pub(crate) fn doubt(&self, span_ms: i64) -> Option<String> {
        let span_ms = real(usize::try_from(span_ms).unwrap_or(0));
        let span = if span_ms < DAY_MS {
            "less than a day".to_owned()
        } else if span_ms > YEAR_MS {
            format!("{:.1} years", span_ms / YEAR_MS)
        } else {
            return None;
        };
        let is_given = self.events_per_month.is_some();
        (!is_given).then(|| {
            format!(
                "the events span {span}, which is a poor basis for a month; give --events-per-month"
            )
        })
    }

    /// Returns the factor from the measured events to a month.
    pub(crate) fn times_a_month(&self, events: usize, span_ms: i64) -> Result<f64, String> {
        if events == 0 {
            return Err("there is no event to measure".to_owned());
        }
        if let Some(events_per_month) = self.events_per_month {
            return Ok(real(events_per_month) / real(events));
        }
        let span_ms = usize::try_from(span_ms).unwrap_or(0);
        if span_ms == 0 {
            let which = if events == 1 { "one event is" } else { "events of one moment are" };
            return Err(format!("{which} no basis for a month; give --events-per-month"));
        }
        Ok(MONTH_MS / real(span_ms))
    }

    pub(crate) fn terms(&self, prices: Prices, delivery: &Delivery, times_a_month: f64) -> Terms {
        Terms {
            prices,
            log_class: delivery.new_log_group.log_class(),
            retention_days: delivery.new_log_group.retention().days(),
            function: Function { memory_mb: self.memory_mb, duration_ms: self.duration_ms },
            times_a_month,
        }
    }
}

fn read(file: &Path) -> Result<BTreeMap<String, f64>, String> {
    #[expect(clippy::disallowed_methods, reason = "files are the command line's")]
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let is_json = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("json"));
    let prices = if is_json {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    } else {
        toml::from_str(&text).map_err(|error| error.message().to_owned())
    };
    prices.map_err(|error| format!("{}: not a list of prices: {error}", file.display()))
}
