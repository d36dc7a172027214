"""What never goes into the project: addresses of package registries, paths of somebody's machine, real data."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 3_000_000
# Written in pieces, so that this file does not hold what it forbids.
REGISTRIES = [
    "pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "registry.yarn" + "pkg.com",
    "deb.debian" + ".org", "security.debian" + ".org", "archive.ubuntu" + ".com", "unpkg" + ".com",
    "cdn.jsdelivr" + ".net", "cdnjs.cloud" + "flare.com",
]  # fmt: skip
PATHS = re.compile(r"(?<![\w.<{$}/-])/(?:home|root|work|Users)/[\w.-]+")
RESOLVED = re.compile(r'"resolved"\s*:')
INDEX = re.compile(r"(?:--(?:extra-)?index-url|--registry)\b")


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout: what is tracked cannot be asked")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            found.append((path, content.decode("utf-8", errors="replace")))
    return found


def test_no_file_names_a_package_registry_or_mirror() -> None:
    # Vendored libraries are kept byte for byte; their own comments may name where they come from.
    own = [(path, text) for path, text in texts() if "/static/vendor/" not in str(path)]
    bad = [f"{path.relative_to(ROOT)}: {host}" for path, text in own for host in REGISTRIES if host in text]
    assert bad == []


def test_no_lock_file_says_where_a_package_was_fetched() -> None:
    bad = [str(path) for path, text in texts() if path.name.endswith("lock.json") and RESOLVED.search(text)]
    assert bad == []


def test_no_requirements_file_names_an_index() -> None:
    lines = [
        f"{path.name}: {line}"
        for path, text in texts()
        if path.name.startswith("requirements") or path.name == ".npmrc"
        for line in text.splitlines()
        if INDEX.search(line) and not line.startswith("#")
    ]
    assert lines == []


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    own = [(path, text) for path, text in texts() if "/static/vendor/" not in str(path)]
    bad = [f"{path.relative_to(ROOT)}: {m.group(0)}" for path, text in own for m in PATHS.finditer(text)]
    assert bad == []


def test_no_file_is_as_large_as_real_data_would_be() -> None:
    assert [str(path) for path in tracked() if path.stat().st_size > LARGEST] == []


def test_requirements_are_pinned_and_hashed() -> None:
    for name in ("requirements.txt", "tests/requirements.txt"):
        blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text())
        packages = [block for block in blocks if block and not block.startswith("#")]
        assert packages
        assert [block for block in packages if "==" not in block or "--hash=sha256:" not in block] == []
