"""Progress of one step after the other on a terminal; a step's bar goes when the next begins."""

import sys
from typing import Any

from tqdm import tqdm

from layers.bulk import Progress, silent


class Bars:
    """What the long commands hand to layers: ``next`` on a terminal, ``hidden`` elsewhere."""

    def __init__(self, unit: str = "features") -> None:
        self._unit = unit
        self._bar: tqdm[Any] | None = None

    def next(self, step: str, total: int) -> Progress:
        """A bar for a step of so many (0: not known), with its rate and the time that is left."""
        self.close()
        bar = self._bar = tqdm(total=total or None, desc=step, unit=f" {self._unit}", file=sys.stderr, leave=False)

        def done(rows: int) -> None:
            bar.update(rows)

        return done

    def hidden(self, step: str, total: int) -> Progress:
        """The same where nobody watches."""
        return silent

    def close(self) -> None:
        """Takes the last bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
