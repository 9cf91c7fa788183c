"""What CloudFormation makes of the template's text, asked of two emulators.

ministack deploys the whole template, but in `Conditions` it knows only Ref and Equals. moto knows
all functions there, but not all resources. So moto says what each condition is, and ministack gets
a template in which that is written down.
"""

import itertools
import json
import re

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


NOTHING = object()


class Resolver:
    """What CloudFormation makes of a template that is transformed already, with no emulator.

    `known` holds what `Ref` and `Fn::GetAtt` ("Function.Arn") give; parameters have their defaults.
    """

    def __init__(self, template, given, known):
        defaults = {name: str(it["Default"]) for name, it in template["Parameters"].items()}
        self.template = template
        self.known = {"AWS::NoValue": NOTHING} | known | defaults | given

    def holds(self, condition):
        return self.value(self.template["Conditions"][condition])

    def resources(self):
        """The properties of each resource whose condition holds, by logical name."""
        return {
            name: self.value(it.get("Properties", {}))
            for name, it in self.template["Resources"].items()
            if "Condition" not in it or self.holds(it["Condition"])
        }

    def value(self, it):
        if isinstance(it, list):
            return [value for value in map(self.value, it) if value is not NOTHING]
        if not isinstance(it, dict):
            return it
        if len(it) == 1:
            [(name, argument)] = it.items()
            function = getattr(self, "fn_" + name.removeprefix("Fn::").lower(), None)
            if function and (name.startswith("Fn::") or name in ("Ref", "Condition") and isinstance(argument, str)):
                return function(argument)
        values = {name: self.value(value) for name, value in it.items()}
        return {name: value for name, value in values.items() if value is not NOTHING}

    def fn_ref(self, name):
        return self.known[name]

    def fn_getatt(self, path):
        return self.known[".".join(path) if isinstance(path, list) else path]

    def fn_condition(self, name):
        return self.holds(name)

    def fn_equals(self, pair):
        left, right = map(self.value, pair)
        return str(left) == str(right)

    def fn_not(self, one):
        return not self.value(one[0])

    def fn_and(self, all_of_it):
        return all(map(self.value, all_of_it))

    def fn_or(self, any_of_it):
        return any(map(self.value, any_of_it))

    def fn_if(self, parts):
        condition, then, otherwise = parts
        return self.value(then if self.holds(condition) else otherwise)

    def fn_join(self, parts):
        return parts[0].join(self.value(parts[1]))

    def fn_split(self, parts):
        return self.value(parts[1]).split(parts[0])

    def fn_select(self, parts):
        return self.value(parts[1])[int(parts[0])]

    def fn_sub(self, parts):
        text, named = parts if isinstance(parts, list) else (parts, {})
        named = {name: self.value(value) for name, value in named.items()}
        return re.sub(r"\$\{([^!}]+)\}", lambda found: str((self.known | named)[found[1]]), text)
