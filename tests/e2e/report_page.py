#!/usr/bin/env python3
"""Opens a report in headless Chromium: no console message, no request, and the preview's numbers.

    cargo build && tests/e2e/report_page.py docs/report.png

takes the picture of docs/cli/report.md.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INPUTS = [[ROOT / "events"], [ROOT / "tests/fixtures/incident/events.jsonl"]]
NAMES = ["chromium", "chromium-browser", "google-chrome"]


def ecs_events() -> Path:
    metadata = subprocess.run(
        ["cargo", "metadata", "--no-deps", "--format-version=1"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    return Path(json.loads(metadata.stdout)["target_directory"]) / "debug" / "ecs-events"


def browse(browser: str, folder: Path, page: Path, *words: str) -> tuple[str, set[str]]:
    """What Chromium prints, and the addresses that it asked for on behalf of the page."""
    log = folder / "net.json"
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--disable-background-networking", "--disable-component-update", "--no-first-run",
        "--enable-logging=stderr", f"--user-data-dir={folder / 'profile'}",
        f"--log-net-log={log}", *words, page.as_uri(),
    ]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    messages = [line for line in ran.stderr.splitlines() if "CONSOLE" in line]
    assert not messages, messages
    asked = set(re.findall(r'"url":"((?:https?|wss?|ftp)://[^"]+)"', log.read_text()))
    # Chromium itself asks Google for this and that; the page never could.
    own = re.compile(r"https?://([a-z0-9-]+\.)*(google|googleapis|gvt1|gstatic)\.com[:/]")
    return ran.stdout, {url for url in asked if not own.match(url)}


def browser() -> str | None:
    """A Chromium, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def check(program: str, folder: Path, inputs: list[Path]) -> None:
    page = folder / "report.html"
    binary = ecs_events()
    subprocess.run([binary, "report", "--quiet", "-o", page, *inputs], check=False)
    preview = subprocess.run(
        [binary, "preview", "--json", *inputs], check=False, capture_output=True, text=True
    )
    expected = json.loads(preview.stdout.splitlines()[-1])["summary"]
    dom, asked = browse(program, folder, page, "--dump-dom")
    assert not asked, asked
    found = dict(re.findall(r'data-total="(\w+)" value="(\d+)"', dom))
    for name, value in expected.items():
        assert int(found[name]) == value, (name, found[name], value)
    assert "</html>" in dom and dom.count("<section") == dom.count("</section>") > 5


def main() -> None:
    program = browser()
    if program is None:
        sys.exit("there is no Chromium; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check(program, folder, INPUTS[0])
        picture = Path(sys.argv[1]).resolve()
        browse(program, folder, folder / "report.html",
               f"--screenshot={picture}", "--window-size=1040,1500")
        print(picture)


if __name__ == "__main__":
    main()
