"""Prints the results of a run as text or Markdown, and compares them with the targets."""

from chart import chart

__all__ = ["chart", "markdown", "text"]

CASES = 4
OURS, FALL_BACK = "ours", "ours, fall-back"
# The pairs of rows whose ratios are printed.
RATIOS = [(OURS, "floor"), (OURS, "limit"), (OURS, "bare"), (FALL_BACK, OURS), ("Python", OURS)]
# heading, key, unit, decimals
FIGURES = [
    ("poll ms", "ready_us", 1e3, 2),
    ("first ms", "first_us", 1e3, 2),
    ("cold ms", "cold_us", 1e3, 2),
    ("cold CPU ms", "cold_processor_us", 1e3, 2),
    ("p50 µs", "p50_us", 1, 0),
    ("p99 µs", "p99_us", 1, 0),
    ("CPU µs/event", "processor_us", 1, 1),
    ("peak MB", "peak_bytes", 1e6, 1),
    ("zip MB", "zip_bytes", 1e6, 2),
]


def text(results):
    return "\n\n".join(f"{title}\n\n{plain(rows)}" for title, rows in sections(results))


def markdown(results):
    about = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    parts = [f"{results['date']}: {about}."]
    parts += [f"### {title}\n\n{piped(rows)}" for title, rows in sections(results)]
    if "plan" in results:
        parts.append("![Cost of the plan against the size of an event and of a batch](linear.svg)")
    return "\n\n".join(parts)


def sections(results):
    """Returns titles and tables; a table is a list of rows, headings first."""
    found = []
    if "functions" in results:
        functions = flat(results, "functions")
        found.append(("Functions", functions_table(functions)))
        linked = functions_table(flat(results, "linked"))
        found.append(("The system has a bundle and a directory of links", linked))
        if results.get("slow"):
            slow = functions_table(flat(results, "slow"))
            found.append(("At 128 MB: a fourteenth of a core", slow))
        found.append(("Stored of one payload", stored_table(functions)))
    if "instructions" in results:
        found.append(("Thousands of instructions (user mode)", instructions_table(results)))
    if "plan" in results:
        found.append(("The plan: ns, GB/s, times one RawValue pass", plan_table(results["plan"])))
        found.append(("The plan against size", linear_table(results["plan"])))
        found.append(("Allocations for one event", allocations_table(results["allocations"])))
    targets = targets_table(results)
    if len(targets) > 1:
        found.append(("Targets", targets))
    return found


def flat(results, run):
    """Returns the cases in order, each with its figures by row."""
    cases = {}
    for found in results.get(run, ()):
        found = found | {"zip_bytes": results["sizes"].get(found["row"])}
        found["processor_us"] /= found["events"]
        cases.setdefault(found["case"], {})[found["row"]] = found
    return cases


def functions_table(cases):
    rows = [["case", "row", *(heading for heading, *_ in FIGURES)]]
    for case, by_row in cases.items():
        for name, found in by_row.items():
            told = [number(found[key], unit, decimals) for _, key, unit, decimals in FIGURES]
            rows.append([case, name, *told])
        for top, bottom in RATIOS:
            if not {top, bottom} <= by_row.keys():
                continue
            told = [quotient(by_row[top][key], by_row[bottom][key]) for _, key, *_ in FIGURES]
            rows.append([case, f"{top} / {bottom}", *told])
    return rows


def stored_table(cases):
    rows = [["case", "payload bytes", "events", "row", "log events", "bytes", "puts", "fewest puts"]]
    for case, by_row in cases.items():
        for name, found in by_row.items():
            if name not in ("floor", FALL_BACK):
                about = [case, found["payload_bytes"], found["events"], name]
                keys = ("stored_events", "stored_bytes", "puts", "fewest_puts")
                rows.append([*map(str, about), *(str(found[key]) for key in keys)])
    return rows


def instructions_table(results):
    rows = [["case", "row", "start to first answer", "/ bare", "warm event", "/ bare"]]
    found = {(each["case"], each["row"]): each for each in results["instructions"]}
    for (case, row), each in found.items():
        told = [case, row]
        for key in ("cold", "warm"):
            told += [f"{each[key] / 1e3:,.0f}", times(each[key] / found[case, "bare"][key])]
        rows.append(told)
    return rows


PASSES = ("RawValue", "lean", "full", "minimal", "Value and back")


def plan_table(found):
    by_group = {}
    for each in found:
        by_group.setdefault(each["group"], {})[each["name"]] = each
    rows = [["event", "bytes", *PASSES]]
    for group, by_name in by_group.items():
        if "RawValue" in by_name:
            raw = by_name["RawValue"]
            cells = (by_name[name] for name in PASSES)
            told = [f"{it['ns']:,.0f} · {it['bytes'] / it['ns']:.2f} · {times(it['ns'] / raw['ns'])}"
                    for it in cells]
            rows.append([group, str(raw["bytes"]), *told])
    return sorted(rows, key=lambda row: (row[1] != "bytes", row[1] != "bytes" and int(row[1])))


def linear_table(found):
    rows = [["of", "events", "bytes", "µs", "ns a byte", "events/s"]]
    for group in ("size", "batch"):
        points = sorted((each for each in found if each["group"] == group), key=lambda it: it["bytes"])
        for it in points:
            events = int(it["name"]) if group == "batch" else 1
            rows.append(["SQS batch" if group == "batch" else "event", str(events), str(it["bytes"]),
                         f"{it['ns'] / 1e3:,.1f}", f"{it['ns'] / it['bytes']:.3f}",
                         f"{events / it['ns'] * 1e9:,.0f}"])
    return rows


def allocations_table(found):
    steps = ("payload", "decode", "plan")
    rows = [["event", *steps, "sum", "bytes of decode and plan"]]
    for each in found:
        counts = [each[step] for step in steps]
        total = each["decode_bytes"] + each["plan_bytes"]
        rows.append([each["case"], *map(str, counts), str(sum(counts)), str(total)])
    return rows


def targets_table(results):
    rows = [["what", "target", "is", ""]]

    def row(what, target, value, holds):
        is_ = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
        rows.append([what, target, is_, "yes" if holds else "**missed**"])

    def at_most(what, limit, value):
        row(what, f"≤ {limit:,}", value, value <= limit)

    def at_least(what, limit, value):
        row(what, f"≥ {limit:,}", value, value >= limit)

    cases = flat(results, "functions")
    if len(cases) == CASES:
        small, large = cases["task 3.6 KB"], cases["task 61 KB"]

        def ratio(case, key, top, bottom):
            return case[top][key] / case[bottom][key]

        at_most("cold / bare", 0.85, ratio(small, "cold_us", OURS, "bare"))
        linked = flat(results, "linked")["task 3.6 KB"]
        at_most("cold / bare, bundle and links", 0.5, ratio(linked, "cold_us", OURS, "bare"))
        at_least("Python's cold / cold", 70, ratio(small, "cold_us", "Python", OURS))
        at_most("first event / bare", 0.25, ratio(small, "first_us", OURS, "bare"))
        at_most("first event / warm p50", 5, small[OURS]["first_us"] / small[OURS]["p50_us"])
        at_most("CPU an event / bare", 1.12, ratio(small, "processor_us", OURS, "bare"))
        at_most("warm p50 / bare", 1.1, ratio(small, "p50_us", OURS, "bare"))
        at_most("warm p50 / bare, 61 KB", 1.0, ratio(large, "p50_us", OURS, "bare"))
        at_most("peak memory / bare", 1.1, ratio(small, "peak_bytes", OURS, "bare"))
        at_most("zipped MB", 2.6, results["sizes"][OURS] / 1e6)
    if "instructions" in results:
        counted = {each["row"]: each for each in results["instructions"] if each["case"] == "task 3.6 KB"}
        if counted:
            at_most("instructions to the first answer / bare", 0.5, counted[OURS]["cold"] / counted["bare"]["cold"])
    if "plan" in results:
        ns = {(each["group"], each["name"]): each["ns"] for each in results["plan"]}
        for group, limit in (("task 3.6 KB", 3), ("task 61 KB", 2.5)):
            at_most(f"plan / RawValue, {group}", limit, ns[group, "lean"] / ns[group, "RawValue"])
        large = next(each for each in results["plan"]
                     if (each["group"], each["name"]) == ("task 61 KB", "lean"))
        at_least("plan of 61 KB: GB/s", 1, large["bytes"] / large["ns"])
        single = next(each for each in results["allocations"] if each["case"] == "task 3.6 KB")
        # The allocations of the payload are the runtime's, which reads it before it calls us.
        at_most("allocations for one event", 10, single["decode"] + single["plan"])
    return rows


def number(value, unit, decimals):
    return "" if value is None else f"{value / unit:.{decimals}f}"


def quotient(top, bottom):
    return "" if top is None else times(top / bottom)


def times(ratio):
    return f"{ratio:.2f}×" if ratio < 10 else f"{ratio:.0f}×"


def plain(rows):
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in rows)


def piped(rows):
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
