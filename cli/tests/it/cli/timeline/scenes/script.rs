//! Events of a scene, minimal and real in shape.

use serde_json::{Value, json};

const DAY: &str = "2026-11-20";
const ACCOUNT: &str = "arn:aws:ecs:us-east-1:123456789012";

/// Events while they are written.
pub(crate) struct Script {
    cluster: String,
    service: String,
    pub(crate) lines: Vec<String>,
}

/// A task while it is described.
#[derive(Clone)]
pub(crate) struct Task {
    group: String,
    started_by: String,
    definition: String,
    created: String,
    started_after: Option<u32>,
    stopped: String,
    drained: String,
    code: String,
    reason: String,
    container: Value,
}

impl Task {
    pub(crate) fn of_service(definition: &str, deployment: &str) -> Self {
        let service = definition.split(':').next().unwrap();
        Self::new(&format!("service:{service}"), deployment, definition)
    }

    pub(crate) fn of_daemon(definition: &str) -> Self {
        let daemon = definition.split(':').next().unwrap();
        Self::new(&format!("daemon:{daemon}"), "", definition)
    }

    pub(crate) fn standalone(definition: &str) -> Self {
        let family = definition.split(':').next().unwrap();
        Self::new(&format!("family:{family}"), "events-rule/nightly", definition)
    }

    fn new(group: &str, started_by: &str, definition: &str) -> Self {
        Self {
            group: group.to_owned(),
            started_by: started_by.to_owned(),
            definition: definition.to_owned(),
            created: String::new(),
            started_after: None,
            stopped: String::new(),
            drained: String::new(),
            code: String::new(),
            reason: String::new(),
            container: json!({"name": definition.split(':').next()}),
        }
    }

    pub(crate) fn created(self, at: &str) -> Self {
        Self { created: at.to_owned(), ..self }
    }

    /// It was running so many seconds after it was created.
    pub(crate) fn started(self, after: u32) -> Self {
        Self { started_after: Some(after), ..self }
    }

    pub(crate) fn stopped(self, at: &str) -> Self {
        Self { stopped: at.to_owned(), drained: at.to_owned(), ..self }
    }

    /// It ran on until then, after it was told to stop.
    pub(crate) fn drained(self, at: &str) -> Self {
        Self { drained: at.to_owned(), ..self }
    }

    pub(crate) fn with(self, code: &str, reason: &str) -> Self {
        Self { code: code.to_owned(), reason: reason.to_owned(), ..self }
    }

    pub(crate) fn container(self, name: &str, code: Option<i64>, reason: Option<&str>) -> Self {
        Self { container: json!({"name": name, "exitCode": code, "reason": reason}), ..self }
    }

    pub(crate) fn containers(self, all: &[(&str, Option<i64>)]) -> Self {
        let all = all.iter().map(|(name, code)| json!({"name": name, "exitCode": code}));
        Self { container: all.collect(), ..self }
    }

    fn started_at(&self) -> Option<String> {
        let seconds = self.started_after?;
        Some(format!("{}{seconds:02}", &self.created[..6]))
    }
}

fn time(at: &str) -> String {
    format!("{DAY}T{at}Z")
}

impl Script {
    pub(crate) fn of(cluster: &str, service: &str) -> Self {
        Self { cluster: cluster.to_owned(), service: service.to_owned(), lines: Vec::new() }
    }

    /// The same events in another cluster, under other ids.
    pub(crate) fn moved(mut self, cluster: &str) -> Self {
        for line in &mut self.lines {
            *line = line.replace("prod", cluster).replace("\"id\":\"1", "\"id\":\"2");
            *line = line.replace("2222222222222222222", "3333333333333333333");
        }
        self
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.lines.extend(other.lines);
    }

    /// Adds events of another service, whose numbers go on from its own.
    pub(crate) fn merge(&mut self, other: Self) {
        let renamed = |line: String| line.replace("\"id\":\"1", "\"id\":\"5");
        self.lines.extend(other.lines.into_iter().map(renamed));
    }

    fn event(&mut self, at: &str, kind: &str, resource: &str, mut detail: Value) {
        let number = self.lines.len();
        let cluster = format!("{ACCOUNT}:cluster/{}", self.cluster);
        detail.as_object_mut().unwrap().insert("clusterArn".to_owned(), cluster.into());
        let event = json!({
            "version": "0",
            "id": format!("1{number:07x}-0000-4000-8000-000000000000"),
            "detail-type": kind,
            "source": "aws.ecs",
            "account": "123456789012",
            "time": time(at),
            "region": "us-east-1",
            "resources": [format!("{ACCOUNT}:{resource}")],
            "detail": detail,
        });
        self.lines.push(event.to_string());
    }

    fn service_resource(&self) -> String {
        format!("service/{}/{}", self.cluster, self.service)
    }

    pub(crate) fn deployment(&mut self, at: &str, step: &str, id: &str, reason: &str) {
        let event_type = if step == "FAILED" { "ERROR" } else { "INFO" };
        let detail = json!({
            "eventType": event_type,
            "eventName": format!("SERVICE_DEPLOYMENT_{step}"),
            "deploymentId": id,
            "updatedAt": time(at),
            "reason": reason,
        });
        let resource = self.service_resource();
        self.event(at, "ECS Deployment State Change", &resource, detail);
    }

    pub(crate) fn action(&mut self, at: &str, event_type: &str, name: &str, reason: Option<&str>) {
        let detail = json!({
            "eventType": event_type, "eventName": name, "createdAt": time(at), "reason": reason,
        });
        let resource = self.service_resource();
        self.event(at, "ECS Service Action", &resource, detail);
    }

    /// A call of `UpdateService` for the service that IAM denied.
    pub(crate) fn denied(&mut self, at: &str) {
        let detail = json!({
            "eventName": "UpdateService",
            "eventSource": "ecs.amazonaws.com",
            "eventTime": time(at),
            "errorCode": "AccessDenied",
            "errorMessage": "User: deploy is not authorized to perform: ecs:UpdateService",
            "requestParameters": {
                "cluster": format!("{ACCOUNT}:cluster/{}", self.cluster),
                "service": self.service,
            },
        });
        let resource = self.service_resource();
        self.event(at, "AWS API Call via CloudTrail", &resource, detail);
    }

    pub(crate) fn daemon(&mut self, at: &str, step: &str) {
        let (cluster, daemon) = (&self.cluster, &self.service);
        let event_type = if step.ends_with("FAILED") { "ERROR" } else { "INFO" };
        let resource = format!("daemon/{cluster}/{daemon}");
        let deployment = format!("daemon-deployment/{cluster}/{daemon}/OaOkG388qOveuO00dAFlF");
        let detail = json!({
            "eventType": event_type,
            "eventName": format!("DAEMON_DEPLOYMENT_{step}"),
            "daemonArn": format!("{ACCOUNT}:{resource}"),
            "daemonDeploymentArn": format!("{ACCOUNT}:{deployment}"),
            "updatedAt": time(at),
        });
        self.event(at, "ECS Daemon Deployment State Change", &resource, detail);
    }

    /// A task of the daemon that did not start.
    pub(crate) fn daemon_task_fails(&mut self, at: &str, number: usize, reason: &str) {
        let (cluster, daemon) = (&self.cluster, &self.service);
        let resource = format!("task/{cluster}/{number:032x}");
        let detail = json!({
            "eventType": "WARNING",
            "eventName": "DAEMON_TASK_START_IMPAIRED",
            "taskArn": format!("{ACCOUNT}:{resource}"),
            "daemonArn": format!("{ACCOUNT}:daemon/{cluster}/{daemon}"),
            "failureType": "TASK_FAILED_TO_RUN",
            "createdAt": time(at),
            "reason": format!("Task failed to reach RUNNING status: {reason}"),
        });
        self.event(at, "ECS Daemon Service Action", &resource, detail);
    }

    pub(crate) fn hook(&mut self, at: &str, name: &str, stage: &str) {
        let (cluster, service) = (&self.cluster, &self.service);
        let resource = format!("service-deployment/{cluster}/{service}/YIzG9vvDxq6SBFQTZgDVE");
        let detail = json!({
            "eventType": "INFO",
            "eventName": name,
            "hookType": "PAUSE",
            "lifecycleStage": stage,
            "serviceArn": format!("{ACCOUNT}:service/{cluster}/{service}"),
            "serviceDeploymentArn": format!("{ACCOUNT}:{resource}"),
            "updatedAt": time(at),
        });
        self.event(at, "ECS Hook State Change", &resource, detail);
    }

    /// A call that `CloudTrail` recorded.
    pub(crate) fn call(&mut self, at: &str, detail: Value) {
        self.event(at, "AWS API Call via CloudTrail", "cluster/prod", detail);
    }

    pub(crate) fn instance(&mut self, at: &str, is_connected: bool) {
        self.instance_is(at, "ACTIVE", is_connected);
    }

    pub(crate) fn instance_is(&mut self, at: &str, status: &str, is_connected: bool) {
        let fields = json!({"agentConnected": is_connected, "status": status});
        let ids = ("115ab5dbd1eab78b0f64449a4cc0adef", "i-0123456789abcdef0");
        self.instance_event(at, "ECS Container Instance State Change", ids, &fields);
    }

    /// The agent of one of several instances.
    pub(crate) fn instance_of(&mut self, number: usize, at: &str, is_connected: bool) {
        let fields = json!({"agentConnected": is_connected, "status": "ACTIVE"});
        let (id, ec2) = (format!("{number:032x}"), format!("i-{number:017x}"));
        self.instance_event(at, "ECS Container Instance State Change", (&id, &ec2), &fields);
    }

    /// The health of one of several instances: `OK` or `IMPAIRED`.
    pub(crate) fn health_of(&mut self, number: usize, at: &str, health: &str) {
        let check = json!({"type": "CONTAINER_RUNTIME", "status": health});
        let fields = json!({"overallStatus": health, "healthChecks": [check]});
        let (id, ec2) = (format!("{number:032x}"), format!("i-{number:017x}"));
        self.instance_event(at, "ECS Container Instance Health Change", (&id, &ec2), &fields);
    }

    fn instance_event(&mut self, at: &str, kind: &str, (id, ec2): (&str, &str), fields: &Value) {
        let resource = format!("container-instance/{}/{id}", self.cluster);
        let mut detail = json!({
            "containerInstanceArn": format!("{ACCOUNT}:{resource}"),
            "ec2InstanceId": ec2,
            "version": self.lines.len() + 1,
            "updatedAt": time(at),
        });
        let all = detail.as_object_mut().unwrap();
        all.extend(fields.as_object().unwrap().clone());
        self.event(at, kind, &resource, detail);
    }

    /// Gives the first event the id of the last, and the other way round.
    pub(crate) fn swap_ids(&mut self) {
        let id = |number: usize| format!("\"id\":\"1{number:07x}-");
        let (first, last) = (id(0), id(self.lines.len() - 1));
        for line in &mut self.lines {
            let other = if line.contains(&first) { (&first, &last) } else { (&last, &first) };
            *line = line.replace(other.0, other.1);
        }
    }

    /// A task that is created and runs.
    pub(crate) fn runs(&mut self, number: usize, task: &Task, at: &str) {
        self.state(number, task, (1, "PROVISIONING", "RUNNING"), &task.created, json!({}));
        let detail = json!({"startedAt": time(at)});
        self.state(number, task, (2, "RUNNING", "RUNNING"), at, detail);
    }

    /// A task that is created, may run, and stops.
    pub(crate) fn ends(&mut self, number: usize, task: &Task) {
        if let Some(at) = task.started_at() {
            self.runs(number, task, &at);
        } else {
            self.state(number, task, (1, "PROVISIONING", "RUNNING"), &task.created, json!({}));
        }
        self.end(number, task);
    }

    /// The end of a task alone.
    pub(crate) fn end(&mut self, number: usize, task: &Task) {
        let detail = json!({
            "startedAt": task.started_at().map(|at| time(&at)),
            "stoppingAt": time(&task.stopped),
            "executionStoppedAt": time(&task.drained),
            "stoppedAt": time(&task.drained),
            "stopCode": task.code,
            "stoppedReason": task.reason,
        });
        self.state(number, task, (3, "STOPPED", "STOPPED"), &task.drained, detail);
    }

    fn state(
        &mut self,
        number: usize,
        task: &Task,
        (version, last, desired): (usize, &str, &str),
        at: &str,
        mut detail: Value,
    ) {
        let resource = format!("task/{}/{number:032x}", self.cluster);
        let fields = json!({
            "taskArn": format!("{ACCOUNT}:{resource}"),
            "taskDefinitionArn": format!("{ACCOUNT}:task-definition/{}", task.definition),
            "group": task.group,
            "startedBy": task.started_by,
            "createdAt": time(&task.created),
            "updatedAt": time(at),
            "lastStatus": last,
            "desiredStatus": desired,
            "version": version,
            "containers": if last != "STOPPED" {
                json!([{}])
            } else if task.container.is_array() {
                task.container.clone()
            } else {
                json!([task.container])
            },
        });
        let all = detail.as_object_mut().unwrap();
        all.extend(fields.as_object().unwrap().clone());
        self.event(at, "ECS Task State Change", &resource, detail);
    }
}
