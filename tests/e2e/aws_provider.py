"""The arguments and attributes that a release of Terraform's AWS provider knows.

The provider itself is in a registry of its own. A package on npm that is generated from its schema,
bindings for the CDK Terrain, says the same.
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import urllib.request

from conftest import TARGET

# The package is of this release of the provider.
RELEASE = "6.64.0"
PACKAGE = "25.5.0"
URL = f"https://registry.npmjs.org/@cdktn/provider-aws/-/provider-aws-{PACKAGE}.tgz"
SHA256 = "99c963ab90050d979dab08106698ee9273e2303b0fcaacaf5a893614b41e90d0"
BINDINGS = "@cdktn/provider-aws."


def downloaded():
    with urllib.request.urlopen(URL, timeout=300) as answer:
        package = answer.read()
    assert hashlib.sha256(package).hexdigest() == SHA256, URL
    with tarfile.open(fileobj=io.BytesIO(package)) as files:
        about = json.load(files.extractfile("package/package.json"))
        assert about["cdktn"]["provider"]["version"] == RELEASE
        return json.loads(files.extractfile("package/.jsii").read())["types"]


def inner(kind):
    """The type of a block, whether there may be one or many."""
    found = re.findall(rf'"fqn": "{re.escape(BINDINGS)}([^"]+)"', json.dumps(kind))
    return found[0] if found else None


def reduced(types):
    """Of each type: its properties, whether each must be given, and what type it has if it is a block."""
    return {
        name.removeprefix(BINDINGS): {
            it["name"]: [not it.get("optional"), inner(it["type"])] for it in kind.get("properties", [])
        }
        for name, kind in types.items()
    }


def schema():
    """All types, as `reduced` has them. They are downloaded once."""
    cached = TARGET / "e2e" / f"provider-aws-{RELEASE}.json.gz"
    if not cached.exists():
        cached.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(cached.with_suffix(".new"), "wt") as file:
            json.dump(reduced(downloaded()), file)
        cached.with_suffix(".new").rename(cached)
    with gzip.open(cached, "rt") as file:
        return json.load(file)


def camel(name):
    return re.sub("_([a-z0-9])", lambda found: found[1].upper(), name)


def types_of(kind):
    """The names of the types of a resource's arguments and attributes ("data." for a data source)."""
    stem = camel(kind.removeprefix("data.").removeprefix("aws_"))
    pascal = stem[0].upper() + stem[1:]
    if kind.startswith("data."):
        stem, pascal = f"dataAws{pascal}", f"DataAws{pascal}"
    return f"{stem}.{pascal}Config", f"{stem}.{pascal}"
