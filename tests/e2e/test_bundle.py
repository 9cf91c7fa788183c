"""The release bundle, as somebody without Rust has it."""

import hashlib
import json
import os
import pathlib
import re
import stat
import tarfile
import zipfile

import pytest
import yaml
from cfnlint.decode.cfn_yaml import load
from cloudformation import decided, evaluate
from conftest import REGION, ROOT, TARGET, logged, run, until
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from test_deploy import ARCHITECTURE, BUILT, UNKNOWN

DIST = TARGET / "e2e" / "dist"
# Of its own, or the other stacks' events would be stored twice.
SOURCE = "bundle.ecs"
ZIP = f"ecs-event-forwarder-{ARCHITECTURE}.zip"
FILES = {
    ZIP, f"ecs-events-linux-{ARCHITECTURE}.tar.gz", f"template-{ARCHITECTURE}.yaml",
    f"stackset-{ARCHITECTURE}.yaml", "LICENSES.txt", "sbom.cdx.json", "SHA256SUMS",
}


def read(name):
    return json.loads(json.dumps(load(str(DIST / name))))


@pytest.fixture(scope="module")
def bundled():
    return read(f"template-{ARCHITECTURE}.yaml")


@pytest.fixture(scope="module")
def plain():
    return read(f"stackset-{ARCHITECTURE}.yaml")


def test_it_has_all_files_and_their_sums():
    sums = dict(reversed(line.split("  ")) for line in (DIST / "SHA256SUMS").read_text().splitlines())
    assert sums.keys() | {"SHA256SUMS"} == FILES == {file.name for file in DIST.iterdir()}
    assert sums == {name: hashlib.sha256((DIST / name).read_bytes()).hexdigest() for name in sums}


def test_the_zip_is_what_sam_builds():
    with zipfile.ZipFile(DIST / ZIP) as archive:
        entry, = archive.infolist()
        assert (entry.filename, entry.external_attr >> 16) == ("bootstrap", 0o100755)
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert archive.read(entry) == (BUILT / "Function" / "bootstrap").read_bytes()


def test_no_binary_names_a_folder_of_the_machine_that_built_it():
    with zipfile.ZipFile(DIST / ZIP) as archive:
        binaries = [archive.read("bootstrap")]
    with tarfile.open(DIST / f"ecs-events-linux-{ARCHITECTURE}.tar.gz") as archive:
        binaries.append(archive.extractfile("ecs-events").read())
        assert {it.mtime for it in archive} == {0}
    homes = {str(ROOT), os.path.expanduser("~/.cargo"), os.environ.get("CARGO_HOME", str(ROOT)), str(TARGET)}
    for binary in binaries:
        assert [home for home in homes if home.encode() in binary] == []


def test_the_command_line_runs(tmp_path):
    with tarfile.open(DIST / f"ecs-events-linux-{ARCHITECTURE}.tar.gz") as archive:
        assert archive.getnames() == ["ecs-events", "LICENSE", "LICENSES.txt"]
        archive.extractall(tmp_path, filter="data")
    assert (tmp_path / "ecs-events").stat().st_mode & stat.S_IXUSR
    assert run(tmp_path / "ecs-events", "--version").stdout.startswith("ecs-events ")
    done = run(tmp_path / "ecs-events", "preview", ROOT / "events" / "task-out-of-memory.json")
    assert "out_of_memory" in done.stdout


def test_the_release_runs_what_is_inside(tmp_path):
    """The steps of the workflow that runs what is published, against this bundle."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
    scripts = [it["run"] for it in workflow["jobs"]["run"]["steps"] if "published" in it.get("run", "")]
    (tmp_path / "bundle-0").symlink_to(DIST)
    (tmp_path / "events").symlink_to(ROOT / "events")
    for script in scripts[:-1]:
        done = run("bash", "-euc", script, environment={"ARCHITECTURE": ARCHITECTURE}, folder=tmp_path)
    assert "out_of_memory" in done.stdout
    function = tmp_path / "published" / "bootstrap"
    assert function.read_bytes() == (BUILT / "Function" / "bootstrap").read_bytes()
    # It runs as far as it can outside Lambda.
    done = run(function, ok=False)
    assert done.returncode != 0 and json.loads(done.stderr)["target"] == "ecs_event_forwarder"


def test_the_template_differs_from_the_source_in_the_code_alone(template, bundled):
    expected = json.loads(json.dumps(template))
    function = expected["Resources"]["Function"]
    assert function.pop("Metadata")["BuildMethod"] == "rust-cargolambda"
    function["Properties"]["CodeUri"] = ZIP
    expected["Parameters"]["Architecture"] |= {
        "Default": ARCHITECTURE,
        "AllowedValues": [ARCHITECTURE],
        "Description": bundled["Parameters"]["Architecture"]["Description"],
    }
    assert bundled == expected


def test_the_stackset_template_is_plain_and_takes_the_code_from_parameters(bundled, plain):
    assert "Transform" not in plain
    code = plain["Resources"]["Function"]
    assert code["Type"] == "AWS::Lambda::Function"
    assert code["Properties"]["Code"] == {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}
    added = {name: it for name, it in plain["Parameters"].items() if name not in bundled["Parameters"]}
    assert added.keys() == {"CodeBucket", "CodeKey"}
    # A key that stays the same would hide a new version.
    assert not any("Default" in it for it in added.values())
    bucket = re.compile(added["CodeBucket"]["AllowedPattern"])
    assert bucket.search("my-code.eu-west-1") and not bucket.search("s3://my-code") and not bucket.search("My")
    same = {key: value for key, value in plain["Parameters"].items() if key not in added}
    assert same == bundled["Parameters"]
    assert plain["Outputs"] == bundled["Outputs"]
    assert plain["Conditions"] == bundled["Conditions"]
    assert plain["Resources"].keys() >= bundled["Resources"].keys()
    shown = plain["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert {name for group in shown for name in group["Parameters"]} == plain["Parameters"].keys()


@pytest.mark.parametrize("name", [f"template-{ARCHITECTURE}.yaml", f"stackset-{ARCHITECTURE}.yaml"])
def test_its_templates_are_linted(name):
    run("cfn-lint", DIST / name)


@pytest.mark.parametrize("name", [f"template-{ARCHITECTURE}.yaml", f"stackset-{ARCHITECTURE}.yaml"])
def test_its_templates_are_too_long_to_be_sent_and_short_enough_for_a_bucket(name):
    """So the AWS CLI needs a bucket for both, as docs/bundle.md says."""
    assert 51_200 < (DIST / name).stat().st_size <= 1_048_576


def test_the_bill_of_materials_is_one(tmp_path):
    text = (DIST / "sbom.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    materials = json.loads(text)
    inside = {it["name"]: it for it in materials["components"]}
    assert {"ecs-event-forwarder", "ecs-events", "rust-std", "ring", "lambda_runtime"} <= inside.keys()
    # What builds or tests is not in it.
    assert not {"syn", "cc", "proptest", "insta", "world"} & inside.keys()
    texts = (DIST / "LICENSES.txt").read_text()
    assert [name for name, it in inside.items() if f"{name} {it['version']}: " not in texts] == []
    commit = run("git", "log", "-1", "--format=%H %cI").stdout.split()
    assert materials["metadata"]["component"]["properties"] == [{"name": "commit", "value": commit[0]}]


def test_it_deploys_without_rust_and_stores_an_event(moto, ministack, bundled, tmp_path):
    """In a folder without a Cargo.toml, and without cargo on the PATH."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / ZIP).write_bytes((DIST / ZIP).read_bytes())
    given = {"Sources": f"aws.ecs,{SOURCE}", "LogGroup": "/from-the-bundle/{cluster}"}
    template = bundled | {
        "Resources": {key: it for key, it in bundled["Resources"].items() if it["Type"] not in UNKNOWN},
    }
    conditions, _ = evaluate(moto, template, given, {})
    (folder / "template.json").write_text(json.dumps(decided(template, conditions)))

    sam = pathlib.Path(ROOT / "tests" / "e2e" / ".venv" / "tools" / "bin" / "sam")
    path = tmp_path / "bin"
    path.mkdir()
    (path / "sam").symlink_to(sam)
    environment = {"PATH": str(path), "AWS_ENDPOINT_URL": ministack.url}
    assert run("/bin/sh", "-c", "command -v cargo", environment=environment, ok=False).returncode != 0
    deploy = [
        path / "sam", "deploy", "--template-file", folder / "template.json", "--stack-name", "bundle",
        "--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--region", REGION, "--parameter-overrides",
        *(f"{key}={json.dumps(value)}" for key, value in given.items()),
    ]
    run(*deploy, environment=environment, folder=folder)

    event = json.loads((ROOT / "events" / "task-out-of-memory.json").read_text())
    answer = ministack.client("events").put_events(Entries=[{
        "Source": SOURCE, "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"]),
        "Resources": event["resources"],
    }])
    assert answer["FailedEntryCount"] == 0, answer
    (_, messages), = until(lambda: logged(ministack.client("logs"), "/from-the-bundle/"), 60).items()
    assert json.loads(messages[0])["forwarder"]["stopCategory"] == "out_of_memory"

    # The same zip file again changes nothing.
    again = run(*deploy, "--no-fail-on-empty-changeset", environment=environment, folder=folder)
    assert "is up to date" in again.stdout + again.stderr
