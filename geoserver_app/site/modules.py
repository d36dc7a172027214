"""Which modules of JavaScript a module imports, so that a page can ask for all of them at once.

A browser learns of an import only when it has read the module that holds it: each level is a round trip more.
"""

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.contrib.staticfiles import finders

_IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*?["'](\.[^"']+)["']""", re.MULTILINE)


@cache
def imported_by(name: str) -> tuple[str, ...]:
    """The static names of all modules that a module needs, directly or not, in the order in which they are met."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop(0)
        for other in _imports(one):
            if other not in found and other != name:
                found[other] = None
                waiting.append(other)
    return tuple(found)


def _imports(name: str) -> list[str]:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(f"There is no static file {name}.")
    text = Path(path).read_text(encoding="utf-8")
    return [normpath(join(dirname(name), one)) for one in _IMPORT.findall(text)]
