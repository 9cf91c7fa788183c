"""Row Python: the forwarder's job as one would write it in an afternoon, without its way out of
most troubles: parse, filter, delete the same fields, put."""

import json
from datetime import datetime

import boto3

EVENT_TYPES = {"INFO", "WARN", "ERROR"}
GROUP = "/aws/events/ecs/containerinsights/{}/performance"
STREAMS = {
    "ECS Task State Change": "task",
    "ECS Container Instance State Change": "container-instance",
    "ECS Service Action": "service-action",
    "ECS Deployment State Change": "deployment",
}
OF_TASK = ("overrides", "ephemeralStorage", "fargateEphemeralStorage", "inferenceAccelerators", "tags")
OF_INSTANCE = ("attributes", "registeredResources", "tags")
OF_CONTAINER = {"name", "image", "lastStatus", "exitCode", "reason", "healthStatus"}
REQUEST_BYTES, OVERHEAD_BYTES, REQUEST_EVENTS, DAY_MS = 1_048_576, 26, 10_000, 86_400_000

logs = boto3.client("logs")


def handler(payload, context):
    records = payload.get("Records")
    events = [payload] if records is None else [json.loads(record["body"]) for record in records]
    batches = {}
    for event in events:
        if not keep(event):
            continue
        trim(event)
        message = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
        batches.setdefault(destination(event), []).append(
            {"timestamp": timestamp(event), "message": message}
        )
    for (group, stream), log_events in batches.items():
        log_events.sort(key=lambda log_event: log_event["timestamp"])
        for batch in within_limits(log_events):
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)
    return {"batchItemFailures": []} if records is not None else {"stored": len(events)}


def keep(event):
    event_type = event["detail"].get("eventType", "INFO")
    return event["source"] == "aws.ecs" and event_type in EVENT_TYPES


def trim(event):
    detail = event["detail"]
    if event["detail-type"] == "ECS Task State Change":
        remove(detail, OF_TASK)
        for container in detail.get("containers", []):
            interfaces = container.get("networkInterfaces", [])
            for key in container.keys() - OF_CONTAINER:
                del container[key]
            if interfaces:
                container["networkInterfaces"] = [
                    {"privateIpv4Address": interface.get("privateIpv4Address")}
                    for interface in interfaces
                ]
    elif event["detail-type"] == "ECS Container Instance State Change":
        remove(detail, OF_INSTANCE)
        for resource in detail.get("remainingResources", []):
            for key in resource.keys() - {"name", "integerValue"}:
                del resource[key]
    for attachment in detail.get("attachments", []):
        remove(attachment, ("id", "details"))


def remove(fields, names):
    for name in names:
        fields.pop(name, None)


def destination(event):
    arn = event["detail"].get("clusterArn")
    # Services and deployments say it in their own ARN alone.
    cluster = arn.rsplit("/", 1)[-1] if arn else event["resources"][0].split("/")[1]
    return GROUP.format(cluster), STREAMS.get(event["detail-type"], "other")


def timestamp(event):
    time = event["detail"].get("updatedAt") or event["time"]
    return int(datetime.fromisoformat(time).timestamp() * 1000)


def within_limits(log_events):
    batch, size = [], 0
    for log_event in log_events:
        size += len(log_event["message"].encode()) + OVERHEAD_BYTES
        is_full = size > REQUEST_BYTES or len(batch) == REQUEST_EVENTS
        if batch and (is_full or log_event["timestamp"] - batch[0]["timestamp"] >= DAY_MS):
            yield batch
            batch, size = [], len(log_event["message"].encode()) + OVERHEAD_BYTES
        batch.append(log_event)
    if batch:
        yield batch
