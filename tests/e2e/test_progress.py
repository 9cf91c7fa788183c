"""The progress bar of every command that reads events, on a terminal that we hold the other end of."""

import json
import os
import pty
import subprocess
import threading
import time

from conftest import PLAIN, ROOT, TARGET, until

EVENT = json.dumps(json.loads((ROOT / "events/task-out-of-memory.json").read_text()))
POLICY = "--before policy.toml --after policy.toml"
COMMANDS = [
    "timeline -", "timeline --json -", "preview -", "preview --json -", f"diff {POLICY} -",
    "cost --events-per-month 1000 -", "report -o report.html -", "forward -", "replay - --to cloudwatch --dry-run",
]


class Slow:
    """A command whose standard error is a terminal, and whose standard input takes its time."""

    def __init__(self, words, folder):
        folder.mkdir()
        (folder / "policy.toml").write_text('trim = "lean"\n')
        self.words, (self.ours, theirs) = words, pty.openpty()
        self.process = subprocess.Popen(
            [TARGET / "debug/ecs-events", *words.split()], cwd=folder, env=PLAIN | {"TERM": "xterm"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs,
        )
        os.close(theirs)
        self.shown, self.printed = b"", b""
        self.pieces = []
        self.readers = [threading.Thread(target=self.watch, daemon=True),
                        threading.Thread(target=self.take, daemon=True)]
        for reader in self.readers:
            reader.start()
        self.process.stdin.write(EVENT.encode() + b"\n")
        self.process.stdin.flush()

    def watch(self):
        try:
            while piece := os.read(self.ours, 65536):
                self.pieces.append((time.monotonic(), piece))
                self.shown += piece
        except OSError:
            pass  # The other end is closed.

    def take(self):
        self.printed = self.process.stdout.read()

    def end(self):
        self.process.stdin.close()
        self.process.wait(20)
        for reader in self.readers:
            reader.join()
        os.close(self.ours)
        return self.process.returncode


def test_every_command_that_reads_for_long_shows_a_bar_and_removes_it(tmp_path):
    slow = [Slow(words, tmp_path / str(number)) for number, words in enumerate(COMMANDS)]
    for one in slow:
        assert until(lambda one=one: b" B, " in one.shown, 10), (one.words, one.shown)
    for one in slow:
        code = one.end()
        assert code in (0, 1), (one.words, code, one.shown)
        assert one.printed and b"\x1b[2K" not in one.printed, (one.words, one.printed)
        # The last thing that is done to the line of the bar is to clear it.
        assert b"\x1b[2K" in one.shown[one.shown.rindex(b" B, "):], (one.words, one.shown)


def test_a_short_command_shows_no_bar(tmp_path):
    for number, words in enumerate(COMMANDS):
        one = Slow(words, tmp_path / str(number))
        one.end()
        assert b" B, " not in one.shown, (words, one.shown)


def test_the_bar_is_in_sight_while_the_work_goes_on(tmp_path):
    for number, words in enumerate(["preview --json -", "preview -", f"diff --summary {POLICY} -"]):
        one = Slow(words, tmp_path / str(number))
        assert until(lambda one=one: b" B, " in one.shown, 10), (words, one.shown)
        begin = time.monotonic()
        one.process.stdin.write((EVENT + "\n").encode() * 6000)
        one.end()
        pieces = [(at, piece) for at, piece in one.pieces if at > begin]
        # A hidden bar is recognised: at the end there is one.
        assert pieces[-1][1].endswith(b"\x1b[2K"), (words, pieces[-1])
        hidden = sum(
            after - at for (at, piece), (after, _) in zip(pieces, pieces[1:])
            if piece.endswith(b"\x1b[2K")
        )
        worked = pieces[-1][0] - begin
        assert hidden < worked / 4, (words, hidden, worked)
