//! CloudWatch metrics, in embedded metric format.
//!
//! Counts are summed in the execution environment and written once a minute, because a line for each
//! invocation would cost more than trimming saves. They are written at once if the forwarder failed,
//! or if ECS failed: the last event of a quiet cluster is the one that its alarm waits for.
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

pub mod name;

use crate::deliver::Delivered;
use crate::filter::DropReason;
use crate::line::{End, Entry};
use crate::note::{Note, Signal};
use crate::policy::{Metrics, MetricsLevel};
use metrics::{Label, Unit, counter, describe_counter, describe_histogram, histogram};
use metrics_cloudwatch_embedded::{Builder, Collector};
use name::Metric;
use std::collections::HashSet;
use std::io::{self, Write};

/// The least time between two lines if nothing failed.
pub const INTERVAL_MS: i64 = 60_000;

/// The least time between two lines that are written because a deployment, a placement or a task failed.
pub const URGENT_INTERVAL_MS: i64 = 1_000;

/// The most combinations of cluster, service and stop category with metrics of their own, because AWS
/// charges for each. Further ones are only in the totals.
pub const PLACES: usize = 1000;

/// The most values of a metric in one line of the embedded metric format.
const VALUES: usize = 100;

/// The counts of one execution environment.
pub struct Ledger {
    metrics: Metrics,
    function_name: String,
    collector: &'static Collector,
    places: HashSet<Vec<Label>>,
    deliveries: usize,
    written_ms: Option<i64>,
    /// When a line last held counts that an alarm may wait for.
    urgent_ms: Option<i64>,
    /// True if an alarm may wait for counts that are not yet written.
    is_urgent: bool,
}

impl Ledger {
    /// An empty ledger, or none if metrics are off. A process has one ledger.
    ///
    /// # Errors
    ///
    /// The process already has one.
    pub fn new(metrics: Metrics, function_name: &str) -> Result<Option<Self>, String> {
        if !metrics.are_on() {
            return Ok(None);
        }
        let collector = Builder::new().cloudwatch_namespace(name::NAMESPACE).init();
        let collector = collector.map_err(|error| format!("metrics: {error}"))?;
        for Metric { name, unit } in name::ALL {
            if *unit == Unit::Milliseconds {
                describe_histogram!(*name, *unit, "");
            } else {
                describe_counter!(*name, *unit, "");
            }
        }
        Ok(Some(Self {
            metrics,
            function_name: function_name.to_owned(),
            collector,
            places: HashSet::new(),
            deliveries: 0,
            written_ms: None,
            urgent_ms: None,
            is_urgent: false,
        }))
    }

    /// Counts where the entries of an invocation ended, and their delivery.
    pub fn count(&mut self, entries: &[Entry], delivered: &Delivered) {
        for entry in entries {
            self.count_end(entry);
            if let (End::Stored, Some(note), true) =
                (entry.end(), entry.note(), self.metrics.of_ecs)
            {
                self.count_signal(note);
            }
        }
        if self.metrics.level == MetricsLevel::Detailed {
            self.count_delivery(delivered);
        }
    }

    /// Counts where an entry ended, in the total and for its cluster.
    fn count_end(&mut self, entry: &Entry) {
        let Metrics { level, by_cluster, .. } = self.metrics;
        if level == MetricsLevel::Off {
            return;
        }
        let mut counts = vec![(name::BYTES_IN, entry.bytes_in())];
        match entry.end() {
            End::Stored => counts.extend([(name::STORED, 1), (name::BYTES_OUT, entry.bytes_out())]),
            End::Dropped(reason) => {
                counts.push((name::DROPPED, 1));
                counts.extend((level == MetricsLevel::Detailed).then(|| (dropped_by(*reason), 1)));
            }
            End::Duplicate if level == MetricsLevel::Detailed => {
                counts.push((name::DUPLICATES, 1));
            }
            End::Duplicate => {}
            End::Failed(_) => counts.push((name::FAILED, 1)),
        }
        let cluster = entry.note().map(|note| note.cluster.as_deref());
        if level == MetricsLevel::Detailed && cluster == Some(None) {
            counts.push((name::UNRESOLVED, 1));
        }
        add(&counts, &self.of_function());
        if let (true, Some(Some(cluster))) = (by_cluster, cluster) {
            let mut labels = self.of_function();
            labels.push(Label::new(name::CLUSTER_NAME, cluster.to_owned()));
            self.add_at_place(&counts, labels);
        }
    }

    /// Counts an occurrence in ECS, in the total and for its service.
    fn count_signal(&mut self, note: &Note) {
        let Some(signal) = note.signal else { return };
        self.is_urgent |= note.is_urgent();
        let (metric, category) = match signal {
            Signal::StoppedTask(category) => (name::STOPPED_TASKS, Some(category)),
            Signal::FailedDeployment => (name::FAILED_DEPLOYMENTS, None),
            Signal::PlacementFailure => (name::PLACEMENT_FAILURES, None),
        };
        let category = category.map(|it| Label::new(name::STOP_CATEGORY, it.as_str()));
        let mut labels = self.of_function();
        labels.extend(category.clone());
        add(&[(metric, 1)], &labels);
        if let (Some(cluster), Some(service)) = (&note.cluster, &note.service) {
            let mut labels = vec![
                Label::new(name::CLUSTER_NAME, cluster.to_string()),
                Label::new(name::SERVICE_NAME, service.to_string()),
            ];
            labels.extend(category);
            self.add_at_place(&[(metric, 1)], labels);
        }
    }

    /// Counts the progress of delivery.
    fn count_delivery(&mut self, delivered: &Delivered) {
        let counts = [
            (name::REJECTED, delivered.rejected),
            (name::RESTAMPED, delivered.restamped),
            (name::LOG_GROUPS_CREATED, delivered.log_groups_created),
        ];
        add(&counts, &self.of_function());
        if let (Some(took), true) = (delivered.took, self.deliveries < VALUES) {
            self.deliveries += 1;
            histogram!(name::DELIVERY_MS.name, self.of_function()).record(took.as_secs_f64() * 1e3);
        }
    }

    /// The labels of the totals.
    fn of_function(&self) -> Vec<Label> {
        vec![Label::new(name::FUNCTION_NAME, self.function_name.clone())]
    }

    /// Adds counts with dimensions of their own, as long as there are not too many.
    fn add_at_place(&mut self, counts: &[(Metric, usize)], labels: Vec<Label>) {
        if self.places.len() < PLACES || self.places.contains(&labels) {
            add(counts, &labels);
            self.places.insert(labels);
        }
    }

    /// Writes the counts since the last line, if it is time: a line for each set of dimensions that
    /// has counts.
    ///
    /// # Errors
    ///
    /// The counts cannot be written.
    pub fn write(&mut self, entries: &[Entry], now_ms: i64, out: impl Write) -> io::Result<()> {
        let has_failed = entries.iter().any(|entry| matches!(entry.end(), End::Failed(_)));
        // Urgent lines have an interval of their own. Otherwise the first line of an environment would
        // delay one about a failure soon after it.
        let is_urgent = self.is_urgent && is_due(self.urgent_ms, URGENT_INTERVAL_MS, now_ms);
        if !has_failed && !is_urgent && !is_due(self.written_ms, INTERVAL_MS, now_ms) {
            return Ok(());
        }
        self.written_ms = Some(now_ms);
        if self.is_urgent {
            self.urgent_ms = Some(now_ms);
            self.is_urgent = false;
        }
        self.deliveries = 0;
        self.collector.flush(out)
    }
}

/// True if this time has passed since the last line.
///
/// The first line is due at once: an environment that serves only one event would otherwise never
/// write any.
pub fn is_due(written_ms: Option<i64>, interval_ms: i64, now_ms: i64) -> bool {
    written_ms.is_none_or(|written_ms| now_ms.saturating_sub(written_ms) >= interval_ms)
}

fn add(counts: &[(Metric, usize)], labels: &[Label]) {
    for (metric, count) in counts.iter().filter(|(_, count)| *count > 0) {
        counter!(metric.name, labels.to_vec()).increment(*count as u64);
    }
}

/// The metric for a reason to drop events.
fn dropped_by(reason: DropReason) -> Metric {
    match reason {
        DropReason::DetailType => name::DROPPED_BY_DETAIL_TYPE,
        DropReason::EventType => name::DROPPED_BY_EVENT_TYPE,
        DropReason::Cluster => name::DROPPED_BY_CLUSTER,
        DropReason::EventName => name::DROPPED_BY_EVENT_NAME,
        DropReason::Service => name::DROPPED_BY_SERVICE,
        DropReason::TaskStatus => name::DROPPED_BY_TASK_STATUS,
        DropReason::Rules => name::DROPPED_BY_RULES,
        DropReason::Select => name::DROPPED_BY_SELECT,
    }
}
