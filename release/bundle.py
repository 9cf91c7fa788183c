"""Packs the built files into the release bundle. `release/build` calls it.

Its output depends on the commit alone: times and order are fixed.
"""

import gzip
import hashlib
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import uuid
import zipfile
from datetime import datetime, timezone

from materials import bill, licences, packages
from stackset import stackset

ROOT = pathlib.Path(__file__).parent.parent
TARGETS = {"arm64": "aarch64-unknown-linux-gnu", "x86_64": "x86_64-unknown-linux-gnu"}
# The first second that a zip file knows.
EPOCH = (1980, 1, 1, 0, 0, 0)
SERIAL_NUMBERS = uuid.uuid5(uuid.NAMESPACE_URL, "ecs-event-forwarder/release")


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def write_zip(file, binary):
    """The function's code: one `bootstrap` that may be executed."""
    entry = zipfile.ZipInfo("bootstrap", EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o100755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(entry, binary.read_bytes(), compresslevel=9)


def write_tar(file, members):
    """Files, each with its mode, in the order given."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content, mode in members:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            archive.addfile(entry, io.BytesIO(content))
    with file.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(plain.getvalue())


def once(pattern, replacement, text):
    """The text with its one match replaced."""
    text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
    assert count == 1, f"the template has {pattern!r} {count} times, not once"
    return text


def template_for(architecture):
    """The template for the zip file beside it: one architecture, and nothing to build."""
    text = (ROOT / "template.yaml").read_text()
    text = once(r"^    Metadata:\n      BuildMethod: .*\n      BuildProperties:\n        Binary: .*\n", "", text)
    text = once(r"^      CodeUri: \.$", f"      CodeUri: ecs-event-forwarder-{architecture}.zip", text)
    return once(
        r"^(  Architecture:\n    Type: String\n)    Default: .*\n    AllowedValues: .*\n    Description: .*$",
        rf"\1    Default: {architecture}\n    AllowedValues: [{architecture}]\n"
        r"    Description: Architecture of the function, which is that of the zip file beside this template.",
        text,
    )


def main(built, folder, architectures):
    commit, seconds = git("log", "-1", "--format=%H %ct").split()
    if git("status", "--porcelain"):
        print("note: files differ from the commit that the bill of materials names", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    inside = packages([TARGETS[it] for it in architectures])
    texts = licences(inside)
    for architecture in architectures:
        write_zip(folder / f"ecs-event-forwarder-{architecture}.zip", built / architecture / "ecs-event-forwarder")
        write_tar(folder / f"ecs-events-linux-{architecture}.tar.gz", [
            ("ecs-events", (built / architecture / "ecs-events").read_bytes(), 0o755),
            ("LICENSE", (ROOT / "LICENSE").read_bytes(), 0o644),
            ("LICENSES.txt", texts.encode(), 0o644),
        ])
        text = template_for(architecture)
        (folder / f"template-{architecture}.yaml").write_text(text)
        (folder / f"stackset-{architecture}.yaml").write_text(stackset(text))
    (folder / "LICENSES.txt").write_text(texts)
    at = datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    materials = bill(inside, uuid.uuid5(SERIAL_NUMBERS, " ".join([commit, *architectures])), at, commit)
    (folder / "sbom.cdx.json").write_text(json.dumps(materials, indent=1) + "\n")
    files = sorted(file for file in folder.iterdir() if file.is_file())
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(sums))
    print("".join(sums), end="")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:])
