# ruff: noqa: T201  (it is a program for a terminal)
"""Starts ./run, asks for the pages a visitor would, prints what came and how long all took, and stops it again."""

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
PAGES = ("", "?lang=es", "readyz", "tiles/catalog.json")


def main() -> int:
    """0 where every page came."""
    started = time.monotonic()
    run = subprocess.Popen([CLONE / "run"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert run.stdout
    address = None
    for line in run.stdout:
        print(line, end="", flush=True)
        found = re.match(r"One Map City Hall is at (\S+)", line)
        if found:
            address = found.group(1)
        if line.startswith("Logs:"):
            break
    if address is None:
        return 1
    print(f"== from nothing to the map: {time.monotonic() - started:.0f} s")
    failed = [page for page in PAGES if not came(address + page)]
    subprocess.run([CLONE / "run", "stop"], check=True)
    run.communicate()
    return 1 if failed else 0


def came(address: str) -> bool:
    """Whether a page came, with its size printed."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  (our own loopback address)
            print(f"   {answer.status} {address} {len(answer.read())} bytes")
            return True
    except urllib.error.URLError as error:
        print(f"   failed: {address}: {error}")
        return False


if __name__ == "__main__":
    sys.exit(main())
