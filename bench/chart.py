"""Cost against size, both on logarithmic axes, where what is linear runs parallel to the grey line."""

from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 320, 64, 16, 36, 48


def chart(plan):
    """An SVG of two panels: one event by its bytes, one batch by its records."""
    def points(group, x):
        return sorted((x(each), each["ns"] / 1e3) for each in plan if each["group"] == group)

    panels = [
        ("One event", "bytes", points("size", lambda each: each["bytes"])),
        ("One SQS batch", "records", points("batch", lambda each: int(each["name"]))),
    ]
    drawn = [panel(at * WIDTH, *each) for at, each in enumerate(panels)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12">',
        f'<rect width="{2 * WIDTH}" height="{HEIGHT}" fill="white"/>',
        *drawn,
        "</svg>\n",
    ])


def panel(offset, title, unit, points):
    xs, ys = zip(*points)
    x_low, x_high = floor(log10(min(xs))), ceil(log10(max(xs)))
    y_low, y_high = floor(log10(min(ys))), ceil(log10(max(ys)))

    def x_at(x):
        return offset + LEFT + (log10(x) - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)

    def y_at(y):
        return HEIGHT - BOTTOM - (log10(y) - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)

    lines = [text(offset + WIDTH / 2, 20, title), text(offset + WIDTH / 2, HEIGHT - 8, unit),
             text(offset + LEFT, TOP - 8, "µs", "end")]
    for power in range(x_low, x_high + 1):
        x = x_at(10**power)
        lines.append(line([(x, TOP), (x, HEIGHT - BOTTOM)], "#ddd"))
        lines.append(text(x, HEIGHT - BOTTOM + 18, f"{10**power:,}"))
    for power in range(y_low, y_high + 1):
        y = y_at(10**power)
        lines.append(line([(offset + LEFT, y), (offset + WIDTH - RIGHT, y)], "#ddd"))
        lines.append(text(offset + LEFT - 6, y + 4, f"{10**power:,g}", "end"))
    # What the largest costs, in proportion.
    in_proportion = [(x_at(x), y_at(ys[-1] * x / xs[-1])) for x in xs if ys[-1] * x / xs[-1] >= 10**y_low]
    lines.append(line(in_proportion, "#999", "4 4"))
    lines.append(line([(x_at(x), y_at(y)) for x, y in points], "#06c"))
    lines += [f'<circle cx="{x_at(x):.1f}" cy="{y_at(y):.1f}" r="3" fill="#06c"/>' for x, y in points]
    return "\n".join(lines)


def line(points, colour, dashes="none"):
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-dasharray="{dashes}"/>'


def text(x, y, words, anchor="middle"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
