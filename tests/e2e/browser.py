"""Headless Chromium over its debugging pipe: no port, no other package."""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path

# Pixels of a picture at most: Chromium takes minutes for one of a hundred thousand.
HIGHEST = 8000
# Seconds in which Chromium answers, on a busy machine too.
WAIT = 120
NAMES = ["chromium", "chromium-browser", "google-chrome"]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--no-first-run",
]


def find() -> str | None:
    """A Chromium, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    """A page in a Chromium of its own."""

    def __init__(self, program: str, folder: Path, page: Path) -> None:
        read, self.to = os.pipe()
        self.answers, write = os.pipe()
        # Chromium reads commands from 3 and writes answers to 4.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{read} 4>&{write}', "bash", program, *FLAGS,
             "--remote-debugging-pipe", f"--user-data-dir={folder / 'tab'}"],
            pass_fds=(read, write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(read)
        os.close(write)
        self.buffer, self.number, self.session = b"", 0, None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        self.ask("Page.navigate", url=page.as_uri())
        # The event of its end may come before the answer of its beginning.
        while self.evaluate("document.readyState + ' ' + location") != f"complete {page.as_uri()}":
            time.sleep(0.05)

    def __enter__(self) -> "Tab":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)
        os.close(self.to)
        os.close(self.answers)

    def message(self) -> dict:
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.answers], [], [], WAIT)
            assert ready, f"Chromium has not answered for {WAIT} s"
            piece = os.read(self.answers, 1 << 20)
            assert piece, "Chromium has ended"
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method: str, **params: object) -> dict:
        self.number += 1
        command = {"id": self.number, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.to, json.dumps(command).encode() + b"\0")
        while (answer := self.message()).get("id") != self.number:
            pass
        assert "error" not in answer, (method, answer)
        return answer["result"]

    def show(self, width: int, media: str = "screen", scheme: str = "light") -> None:
        """Sets the width, the medium and the colour scheme."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.ask("Emulation.setEmulatedMedia", media=media, features=[feature])
        self.ask("Emulation.setDeviceMetricsOverride",
                 width=width, height=900, deviceScaleFactor=1, mobile=width < 600)

    def evaluate(self, script: str) -> object:
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self, path: Path, height: int = HIGHEST) -> None:
        """The page down to that height."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "scale": 1, "width": size["width"],
                "height": min(height, size["height"])}
        shot = self.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))
