"""The dead-letter queues: what the function fails on is kept there, and comes back when it is asked for."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from conftest import EVENTS, forwarded, logged, until
from test_deploy import ARCHITECTURE, deploy

STACK = "drained"


class Denies(BaseHTTPRequestHandler):
    """CloudWatch Logs, as a role meets it that may not write."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"__type": "AccessDeniedException", "message": "not authorized"}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def denied(functions):
    """While it lasts, the function may not write to CloudWatch Logs."""
    variables = functions.get_function_configuration(FunctionName=STACK)["Environment"]["Variables"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Denies)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def set_variables(more):
        functions.update_function_configuration(
            FunctionName=STACK, Environment={"Variables": variables | more}
        )

    set_variables({"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": f"http://127.0.0.1:{server.server_port}"})
    try:
        yield
    finally:
        set_variables({})
        server.shutdown()
        server.server_close()


def waiting(sqs, queue):
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return sum(int(found[name]) for name in names)


def test_what_failed_waits_in_its_queue_and_is_stored_once_when_the_cause_is_gone(
    moto, ministack, tmp_path
):
    given = {"Architecture": ARCHITECTURE, "LogGroup": "/drained/{cluster}",
             "FallbackLogGroup": "/drained/_unresolved"}
    outputs = deploy(moto, ministack, STACK, given)
    sqs, functions, logs = (ministack.client(name) for name in ("sqs", "lambda", "logs"))
    failures, undelivered = outputs["FailureQueueUrl"], outputs["UndeliveredQueueUrl"]

    folder = tmp_path / "events"
    folder.mkdir()
    files = [file for file in EVENTS if file.name.startswith(("service-", "deployment-", "hook-"))]
    for file in files:
        (folder / file.name).write_text(json.dumps(json.loads(file.read_text())))
    given_up, not_handed_over = files[::2], files[1::2]
    expected = forwarded(folder, tmp_path / "out", {
        "FORWARDER_LOG_GROUP": given["LogGroup"],
        "FORWARDER_FALLBACK_LOG_GROUP": given["FallbackLogGroup"],
    })
    assert sum(map(len, expected.values())) == len(files)

    with denied(functions):
        for file in given_up:
            functions.invoke(
                FunctionName=STACK, InvocationType="Event", Payload=(folder / file.name).read_bytes()
            )
        assert until(lambda: waiting(sqs, failures) == len(given_up), 90)
    # EventBridge writes the event itself, and only where it could not hand it over.
    for file in not_handed_over:
        sqs.send_message(QueueUrl=undelivered, MessageBody=(folder / file.name).read_text())
    assert logged(logs, "/drained/") == {}

    deploy(moto, ministack, STACK, given | {"ProcessDeadLetters": "true"})
    assert until(lambda: waiting(sqs, failures) + waiting(sqs, undelivered) == 0, 90)
    stored = logged(logs, "/drained/")
    assert {place: sorted(messages) for place, messages in stored.items()} == {
        place: sorted(messages) for place, messages in expected.items()
    }
    assert waiting(sqs, outputs["ParkedQueueUrl"]) == 0
