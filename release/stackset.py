"""The template without its transform, for StackSets, which do not run transforms everywhere."""

import json
import os
from types import SimpleNamespace

import yaml

CODE = {
    "CodeBucket": {
        "Type": "String",
        "AllowedPattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        "ConstraintDescription": "must be the name of a bucket",
        "Description": "Bucket with the zip file of the function: in the stack's Region, and readable by its account.",
    },
    "CodeKey": {
        "Type": "String",
        "MinLength": 1,
        "MaxLength": 1024,
        "Description": "Key of the zip file in CodeBucket, with the version: without a new key, CloudFormation sees no change.",
    },
}


class Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""

    def ignore_aliases(self, data):
        return True


def text(dumper, value):
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


Dumper.add_representer(str, text)


def stackset(template):
    """Plain CloudFormation, with two parameters for the place of the code."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    from cfnlint.decode.cfn_yaml import loads
    from samtranslator.translator.transform import transform

    source = json.loads(json.dumps(loads(template)))
    source["Parameters"] = CODE | source["Parameters"]
    groups = source["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    groups.insert(0, {"Label": {"default": "Where the code is"}, "Parameters": list(CODE)})
    source["Resources"]["Function"]["Properties"]["CodeUri"] = {
        "Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"},
    }
    plain = transform(source, {}, SimpleNamespace(load=dict))
    assert "Transform" not in plain
    return yaml.dump(plain, Dumper=Dumper, sort_keys=False, width=10_000, allow_unicode=True)
