"""What CloudFormation makes of the template's text, asked of two emulators.

ministack deploys the whole template, but in `Conditions` it knows only Ref and Equals. moto knows
all functions there, but not all resources. So moto says what each condition is, and ministack gets
a template in which that is written down.
"""

import itertools
import json

NUMBERS = itertools.count()


def parameters(given):
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]


def evaluate(moto, template, given, values):
    """The conditions that are true, and the texts of `values`, with these parameters."""
    outputs = {f"Value{name}": {"Value": value} for name, value in values.items()}
    outputs |= {
        f"Is{name}": {"Value": {"Fn::If": [name, "true", "false"]}} for name in template["Conditions"]
    }
    small = {
        "Parameters": template["Parameters"],
        "Conditions": template["Conditions"],
        "Resources": {"Nothing": {"Type": "AWS::SQS::Queue"}},
        "Outputs": outputs,
    }
    client = moto.client("cloudformation")
    name = f"evaluate-{next(NUMBERS)}"
    client.create_stack(StackName=name, TemplateBody=json.dumps(small), Parameters=parameters(given))
    found = client.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    found = {output["OutputKey"]: output["OutputValue"] for output in found}
    conditions = {name for name in template["Conditions"] if found[f"Is{name}"] == "true"}
    return conditions, {name: found[f"Value{name}"] for name in values}


def decided(template, conditions):
    """The template with each condition as it was found to be."""
    written = {
        name: {"Fn::Equals": ["true", "true" if name in conditions else "false"]}
        for name in template["Conditions"]
    }
    return template | {"Conditions": written}
