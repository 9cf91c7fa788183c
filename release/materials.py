"""The contents of the binaries, as Cargo lists them: a CycloneDX bill of materials, and the licences."""

import json
import pathlib
import re
import subprocess
import tomllib

ROOT = pathlib.Path(__file__).parent.parent
OURS = ("ecs-event-forwarder", "ecs-events")
NAMES = re.compile(r"^(licen[sc]e|copying|notice|unlicense|copyright)", re.IGNORECASE)


def cargo(*arguments):
    command = ["cargo", *arguments, "--locked"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def packages(targets):
    """The packages that are in a binary for one of these targets, by name and version, with what each uses.

    No test, build script or macro is in it, and no feature that is off.
    """
    known = {
        (it["name"], it["version"]): it
        for it in json.loads(cargo("metadata", "--format-version", "1"))["packages"]
    }
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    sums = {(it["name"], it["version"]): it.get("checksum") for it in lock}
    found = {}
    for target in targets:
        tree = cargo("tree", *(f"--package={it}" for it in OURS), "--edges=normal,no-proc-macro",
                     f"--target={target}", "--prefix=depth", "--format= {p}")
        above = []
        for line in filter(None, tree.splitlines()):
            depth, name, version = re.match(r"(\d+) (\S+) v(\S+)", line).groups()
            key = (name, version)
            found.setdefault(key, known[key] | {"checksum": sums[key], "uses": set()})
            del above[int(depth):]
            if above:
                found[above[-1]]["uses"].add(key)
            above.append(key)
    return dict(sorted(found.items()))


def compiler():
    """The compiler's version: the standard library is in the binaries, too."""
    return re.match(r"rustc (\S+)", subprocess.run(
        ["rustc", "--version"], cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout)[1]


def reference(key):
    return "pkg:cargo/{}@{}".format(*key)


def component(key, package):
    ours = package["source"] is None
    found = {
        "type": "application" if package["name"] in OURS else "library",
        "bom-ref": reference(key),
        "name": key[0],
        "version": key[1],
        "description": " ".join((package["description"] or "").split()),
        "licenses": [{"expression": expression(package)}],
        "purl": reference(key),
    }
    if not ours:
        found["hashes"] = [{"alg": "SHA-256", "content": package["checksum"]}]
    if package["repository"]:
        found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return found


def expression(package):
    # Cargo still accepts the old notation for "or".
    return (package["license"] or "").replace("/", " OR ") or "NOASSERTION"


def bill(inside, serial, at, commit):
    """The bill of materials. https://cyclonedx.org/docs/1.6/json/"""
    version = next(it["version"] for key, it in inside.items() if key[0] == OURS[0])
    root = f"pkg:generic/ecs-event-forwarder-bundle@{version}"
    rust = compiler()
    library = f"pkg:generic/rust-std@{rust}"
    tops = [key for key in inside if key[0] in OURS]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": at,
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "ecs-event-forwarder-bundle",
                "version": version,
                "licenses": [{"expression": "Apache-2.0"}],
                "properties": [{"name": "commit", "value": commit}],
            },
        },
        "components": [
            *(component(key, package) for key, package in inside.items()),
            {
                "type": "library",
                "bom-ref": library,
                "name": "rust-std",
                "version": rust,
                "description": "The standard library of Rust",
                "licenses": [{"expression": "MIT OR Apache-2.0"}],
                "externalReferences": [{"type": "vcs", "url": "https://github.com/rust-lang/rust"}],
            },
        ],
        "dependencies": [
            {"ref": root, "dependsOn": [reference(key) for key in tops]},
            *(
                {
                    "ref": reference(key),
                    "dependsOn": [*map(reference, sorted(package["uses"])), *([library] if key in tops else [])],
                }
                for key, package in inside.items()
            ),
            {"ref": library, "dependsOn": []},
        ],
    }


def licences(inside):
    """The licence of every package, and each licence's text once, with the packages that bring it."""
    lines = [
        "Licences of what is inside the binaries of the ECS event forwarder.",
        "",
        f"rust-std {compiler()}: MIT OR Apache-2.0, The Rust Project contributors, https://www.rust-lang.org",
    ]
    texts = {}
    for (name, version), package in inside.items():
        lines.append(f"{name} {version}: {expression(package)}")
        folder = pathlib.Path(package["manifest_path"]).parent
        files = {file for file in folder.iterdir() if file.is_file() and NAMES.match(file.name)}
        if package["license_file"]:
            files.add(folder / package["license_file"])
        if not files and package["source"] is not None:
            lines[-1] += f" (it brings no text; by {', '.join(package['authors']) or package['repository']})"
        for file in sorted(files):
            text = file.read_text(errors="replace").replace("\r\n", "\n").strip()
            texts.setdefault(text, []).append(f"{name} {version}")
    for text, owners in texts.items():
        lines += ["", "=" * 100, ", ".join(dict.fromkeys(owners)), "=" * 100, "", text]
    return "\n".join(lines) + "\n"
