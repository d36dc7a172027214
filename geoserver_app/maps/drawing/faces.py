"""The pages' letters cut to single weights: painters and printers know no variable letters, nor compressed ones."""

from functools import cache
from io import BytesIO
from typing import Literal

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from geoserver_app.site.vendoring import VENDOR

FAMILY = "Public Sans"
WEIGHTS = (400, 700)
Slant = Literal["normal", "italic"]
# The variable file calls itself by its thinnest weight ("Public Sans Thin"), under which nobody looks for it.
_FAMILY_NAMES = (1, 16)


@cache
def cut(slant: Slant, weight: int) -> bytes:
    """One weight as a TrueType file; some 0.5 s of CPU, once a process."""
    variable = TTFont(VENDOR / "public-sans" / f"public-sans-latin-wght-{slant}.woff2")
    font = instantiateVariableFont(variable, {"wght": weight})
    for name in _FAMILY_NAMES:
        font["name"].setName(FAMILY, name, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font.flavor = None
    kept = BytesIO()
    font.save(kept)
    return kept.getvalue()
