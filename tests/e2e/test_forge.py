"""The workflows, and what they call. zizmor and actionlint look at them in `.ci/run`."""

import os
import pathlib
import re
import subprocess
from fnmatch import fnmatch

import pytest
import yaml
from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MANIFEST = '[workspace.package]\nversion = "1.2.3"\n'


def notes(tag, changelog, tmp_path):
    """What `release/notes` says in a folder of its own."""
    (tmp_path / "release").mkdir()
    program = tmp_path / "release" / "notes"
    program.write_text((ROOT / "release" / "notes").read_text())
    (tmp_path / "CHANGELOG.md").write_text(changelog)
    (tmp_path / "Cargo.toml").write_text(MANIFEST)
    return subprocess.run(["python3", program, tag], capture_output=True, text=True)


@pytest.mark.parametrize("tag, changelog, said", [
    ("v1.2.3", "# Changelog\n\n## Unreleased\n\n- c\n\n## 1.2.3\n\n- a\n- b\n\n## 1.2.2\n\n- z\n", "- a\n- b\n"),
    ("v1.2.3", "## 1.2.3 (2026-12-01)\n\n- a\n", "- a\n"),
    ("v1.2.2", "## 1.2.2\n\n- z\n", None),
    ("v1.2.3", "## Unreleased\n\n- c\n", None),
    ("v1.2.3", "## 1.2.3\n\n## 1.2.2\n\n- z\n", None),
    ("v1.2.3", "## 1.2.30\n\n- z\n", None),
])
def test_a_release_has_the_notes_of_its_version_or_does_not_happen(tag, changelog, said, tmp_path):
    done = notes(tag, changelog, tmp_path)
    assert (done.returncode, done.stdout) == ((0, said) if said else (1, "")), done.stderr


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_action_is_a_commit_with_its_release_beside_it(file):
    uses = re.findall(r"uses: (.*)", file.read_text())
    assert uses and [it for it in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", it)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_job_may_do_what_it_needs_and_no_more(file):
    workflow = yaml.safe_load(file.read_text())
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        allowed = {"contents": "read"}
        if name == "publish":
            allowed = {"contents": "write", "id-token": "write", "attestations": "write"}
        assert job["permissions"] == allowed, name
        assert "timeout-minutes" in job, name


def test_nothing_is_released_without_a_tag():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
    # YAML 1.1 reads "on" as true.
    assert list(workflow[True]) == ["push"] and list(workflow[True]["push"]) == ["tags"]
    publish = workflow["jobs"]["publish"]
    assert publish["needs"] == ["test", "build", "run"]
    publishing = [
        (name, file.name) for file in WORKFLOWS
        for name, job in yaml.safe_load(file.read_text())["jobs"].items() if "gh release" in str(job)
    ]
    assert publishing == [("publish", "release.yml")]


def test_a_machine_of_each_architecture_runs_what_is_published():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())["jobs"]
    machines = {"x86_64": "ubuntu-24.04", "arm64": "ubuntu-24.04-arm"}
    run = jobs["run"]
    assert run["needs"] == "build" and run["runs-on"] == jobs["test"]["runs-on"] == "${{ matrix.machine }}"
    assert {it["architecture"]: it["machine"] for it in run["strategy"]["matrix"]["include"]} == machines
    assert [it["machine"] for it in jobs["test"]["strategy"]["matrix"]["include"]] == [*machines.values()]
    published = re.search(r"gh release create .* (\S+)/\*$", str(jobs["publish"]["steps"][-1]["run"]))[1]
    downloads = [it["with"] for it in run["steps"] if "download-artifact" in it.get("uses", "")]
    assert downloads == [{"name": published, "path": published}]
    assert any("WORLD_FUNCTION=$PWD/published/bootstrap cargo test" in it.get("run", "") for it in run["steps"])


def test_only_the_report_is_left_out_where_there_is_no_browser():
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())["jobs"]["test"]
    left_out = {it["machine"]: it["leave-out"] for it in job["strategy"]["matrix"]["include"]}
    assert left_out == {"ubuntu-24.04": "", "ubuntu-24.04-arm": "--ignore=tests/e2e/test_report.py"}
    assert (ROOT / left_out["ubuntu-24.04-arm"].removeprefix("--ignore=")).exists()
    step = job["steps"][-1]
    assert step["env"] == {"LEAVE_OUT": "${{ matrix.leave-out }}"}
    said = subprocess.run(
        ["bash", "-c", step["run"].replace("tests/e2e/run", "printf '[%s]'")], check=True, capture_output=True,
        text=True, env={"PATH": os.defpath, "LEAVE_OUT": left_out["ubuntu-24.04-arm"]},
    ).stdout
    assert said == "[--ignore=tests/e2e/test_report.py]"
    users = [file.name for file in (ROOT / "tests" / "e2e").glob("test_*.py") if "browser" in imported(file)]
    assert users == ["test_report.py"], "another test needs a browser"


def imported(file):
    return re.findall(r"^(?:import|from) (\w+)", file.read_text(), re.MULTILINE)


def test_programs_that_workflows_call_are_there():
    for file in WORKFLOWS:
        for program in re.findall(r"(?:run: |^ +)((?:release|tests|\.ci)/[\w/-]+)", file.read_text(), re.MULTILINE):
            assert (ROOT / program).stat().st_mode & 0o111, program


def test_dependabot_looks_into_every_folder_that_pins_what_others_make():
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    watched = {it["package-ecosystem"]: it.get("directories", [it.get("directory")]) for it in updates}
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    found = {"cargo": set(), "pip": set(), "terraform": set(), "github-actions": {"/"}}
    for file in files:
        folder = f"/{pathlib.PurePath(file).parent}".removesuffix(".")
        if file.endswith("Cargo.lock"):
            found["cargo"].add(folder)
        elif "requirements" in file and file.endswith(".txt"):
            found["pip"].add(folder)
        elif file.endswith(".tf") and "required_providers" in (ROOT / file).read_text():
            found["terraform"].add(folder)
    assert watched.keys() == found.keys()
    for ecosystem, folders in found.items():
        assert folders
        for patterns, names in ((watched[ecosystem], folders), (folders, watched[ecosystem])):
            missing = [it for it in names if not any(fnmatch(it, one) or fnmatch(one, it) for one in patterns)]
            assert missing == [], ecosystem


def test_documents_name_the_versions_that_the_tests_use():
    pinned = dict(
        line.split("==") for line in (ROOT / "tests" / "e2e" / "requirements-tools.txt").read_text().splitlines()
        if "==" in line
    )
    named = f"SAM CLI {pinned['aws-sam-cli']}, cargo lambda {pinned['cargo-lambda']} and zig {pinned['ziglang']}"
    assert named in (ROOT / "docs" / "deploy.md").read_text()
    page = (ROOT / "docs" / "bundle.md").read_text()
    for version in (pinned["cargo-lambda"], pinned["ziglang"], pinned["aws-sam-translator"]):
        assert version in page, version
