"""How a benchmark speaks: one line a figure, with what it is a ratio to and under which circumstances it was had."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _commit() -> str:
    # The short hash of the checkout, "-dirty" where something is changed; "unknown" outside git.
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


@dataclass
class Report:
    """Prints figures as they come: ``name: value unit (ratio to X), n, bytes, load, commit``."""

    commit: str = field(default_factory=_commit)

    def line(
        self, name: str, value: float, unit: str, *, ratio: tuple[float, str] | None = None, n: int = 0, size: int = 0
    ) -> None:
        """One figure. ``ratio`` is (value / other, what the other is); ``size`` is in bytes."""
        compared = f" ({ratio[0]:.2f}x of {ratio[1]})" if ratio else ""
        load = os.getloadavg()[0]
        print(
            f"{name}: {value:.4g} {unit}{compared}, n={n}, bytes={size}, load={load:.1f}, commit={self.commit}",
            flush=True,
        )


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def alternate(rounds: int, *works: Callable[[], object]) -> list[float]:
    """The median seconds of each work, run in turn (A B A B ...) so that a drifting machine hits them alike."""
    for work in works:
        work()
    times = [[seconds(work) for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def paired_ratio(rounds: int, one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float, float]:
    """(median seconds of one, of the other, median of the ratios pair by pair)."""
    one(), other()
    pairs = [(seconds(one), seconds(other)) for _ in range(rounds)]
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )
