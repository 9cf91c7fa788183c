#!/usr/bin/env python3
"""Opens a report in headless Chromium: no console message, no request, the preview's numbers, and
all of it in sight on a desktop, on a phone, on paper and in the dark.

    cargo build && tests/e2e/report_page.py docs/report.png

takes the picture of docs/cli/report.md. With a folder in place of the picture, it leaves a picture of
each medium there.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import browser
from browser import FLAGS, Tab

ROOT = Path(__file__).resolve().parents[2]
INCIDENT = [ROOT / "tests/fixtures/incident/events.jsonl"]
INPUTS = [[ROOT / "events"], INCIDENT]

# What is drawn beyond the right or left edge, or can only be seen by scrolling sideways.
OUT_OF_SIGHT = """(() => {
    document.querySelectorAll("details").forEach(it => it.open = true);
    const edge = document.documentElement.clientWidth, found = [];
    for (const it of document.querySelectorAll("body, body *")) {
        const box = it.getBoundingClientRect();
        const isOut = box.width > 0 && (box.right > edge + 0.5 || box.left < -0.5);
        const scrolls = it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0
            && ["auto", "scroll"].includes(getComputedStyle(it).overflowX);
        if (isOut || scrolls) found.push(it.tagName + ": " + it.textContent.slice(0, 60));
    }
    document.querySelectorAll("details").forEach(it => it.open = false);
    return found;
})()"""

# Numbers that a table shows on the desktop and not here.
HIDDEN_NUMBERS = """[...document.querySelectorAll("td.n, data")]
    .filter(it => it.textContent && !it.closest("details") && it.getBoundingClientRect().width == 0)
    .map(it => it.textContent)"""

# Cards that are drawn with a title and nothing below it.
EMPTY_CARDS = """[...document.querySelectorAll("section")]
    .filter(it => it.getBoundingClientRect().height > 0)
    .filter(it => ![...it.children].some(
        child => !["H2", "P"].includes(child.tagName) && child.getBoundingClientRect().height > 0))
    .filter(it => !it.querySelector("p") || it.querySelector("details"))
    .map(it => it.textContent.slice(0, 60))"""


def ecs_events() -> Path:
    metadata = subprocess.run(
        ["cargo", "metadata", "--no-deps", "--format-version=1"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    return Path(json.loads(metadata.stdout)["target_directory"]) / "debug" / "ecs-events"


def browse(program: str, folder: Path, page: Path) -> tuple[str, set[str]]:
    """The page as Chromium reads it, and the addresses that it asked for on behalf of the page."""
    log = folder / "net.json"
    command = [
        program, *FLAGS, "--enable-logging=stderr", f"--user-data-dir={folder / 'profile'}",
        f"--log-net-log={log}", "--dump-dom", page.as_uri(),
    ]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    messages = [line for line in ran.stderr.splitlines() if "CONSOLE" in line]
    assert not messages, messages
    asked = set(re.findall(r'"url":"((?:https?|wss?|ftp)://[^"]+)"', log.read_text()))
    # Chromium itself asks Google for this and that; the page never could.
    own = re.compile(r"https?://([a-z0-9-]+\.)*(google|googleapis|gvt1|gstatic)\.com[:/]")
    return ran.stdout, {url for url in asked if not own.match(url)}


def report(folder: Path, inputs: list[Path]) -> Path:
    page = folder / "report.html"
    command = [ecs_events(), "report", "--quiet", "--force", "-o", page, *inputs]
    subprocess.run(command, check=False)
    return page


def check_numbers(program: str, folder: Path, inputs: list[Path]) -> None:
    page = report(folder, inputs)
    preview = subprocess.run(
        [ecs_events(), "preview", "--json", *inputs], check=False, capture_output=True, text=True
    )
    expected = json.loads(preview.stdout.splitlines()[-1])["summary"]
    dom, asked = browse(program, folder, page)
    assert not asked, asked
    found = dict(re.findall(r'data-total="(\w+)" value="(\d+)"', dom))
    for name, value in expected.items():
        assert int(found[name]) == value, (name, found[name], value)
    assert "</html>" in dom and dom.count("<section") == dom.count("</section>") > 5


def check_media(program: str, folder: Path, inputs: list[Path]) -> None:
    """Looks at the page in each medium, and leaves a picture of it."""
    with Tab(program, folder, report(folder, inputs)) as tab:
        for name, width, media, scheme in [
            ("desktop", 1280, "screen", "light"), ("phone", 375, "screen", "light"),
            ("print", 718, "print", "light"), ("dark", 1280, "screen", "dark"),
            ("dark-phone", 375, "screen", "dark"),
        ]:
            tab.show(width, media, scheme)
            assert tab.evaluate(OUT_OF_SIGHT) == [], name
            assert tab.evaluate(HIDDEN_NUMBERS) == [], name
            assert tab.evaluate(EMPTY_CARDS) == [], name
            ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
            is_dark = max(map(int, re.findall(r"\d+", ground))) < 64
            assert is_dark == (scheme == "dark"), (name, ground)
            tab.picture(folder / f"{name}.png")


def main() -> None:
    program = browser.find()
    if program is None:
        sys.exit("there is no Chromium; on Debian: apt-get install chromium")
    target = Path(sys.argv[1]).resolve()
    if target.is_dir():
        check_media(program, target, INCIDENT)
        return
    with tempfile.TemporaryDirectory() as name:
        with Tab(program, Path(name), report(Path(name), INCIDENT)) as tab:
            tab.show(1040)
            tab.picture(target, 1125)
    print(target)


if __name__ == "__main__":
    main()
