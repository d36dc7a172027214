"""Copies the chosen files of other projects into static/vendor, with a manifest that says what each one is.

    python -m geoserver_app.site.vendoring            fetch the versions of package-lock.json with npm and copy
    python -m geoserver_app.site.vendoring --check    compare what lies there with the manifest; no network

npm only fetches; nothing of it runs and none of it is needed to install or to serve. To raise a version, change
package.json and run ``npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved`` beside it.
"""

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = "manifest.json"
LISTS = ("package.json", "package-lock.json")

# fmt: off
ICONS = [
    "arrow-down", "arrow-left", "arrow-right", "arrow-up", "camera", "check", "chevron-down", "clock", "copy",
    "crosshair", "info", "layers", "locate-fixed", "map-pin", "maximize", "megaphone", "minus", "pencil", "phone",
    "plus", "search", "siren", "trash-2", "triangle-alert", "x",
]
# fmt: on

# package -> (folder under static/vendor, {file in the package: file in the folder})
WANTED: dict[str, tuple[str, dict[str, str]]] = {
    "leaflet": (
        "leaflet",
        {
            "dist/leaflet.js": "leaflet.js",
            "dist/leaflet.css": "leaflet.css",
            **{
                f"dist/images/{name}.png": f"images/{name}.png"
                for name in ("layers", "layers-2x", "marker-icon", "marker-icon-2x", "marker-shadow")
            },
        },
    ),
    "protomaps-leaflet": ("protomaps-leaflet", {"dist/protomaps-leaflet.js": "protomaps-leaflet.js"}),
    "@geoman-io/leaflet-geoman-free": (
        "leaflet-geoman",
        {"dist/leaflet-geoman.js": "leaflet-geoman.js", "dist/leaflet-geoman.css": "leaflet-geoman.css"},
    ),
    "@fontsource-variable/public-sans": (
        "public-sans",
        {
            f"files/public-sans-{name}.woff2": f"public-sans-{name}.woff2"
            for name in ("latin-wght-normal", "latin-wght-italic", "latin-ext-wght-normal")
        },
    ),
    "lucide-static": ("lucide", {f"icons/{name}.svg": f"{name}.svg" for name in ICONS}),
}
# Libraries that others carry inside their one file, by folder; their licences travel with them. (Of protomaps-leaflet,
# two more of its own authors, pmtiles and @protomaps/basemaps, ship no licence file: BSD-3-Clause like its own. Of
# leaflet-geoman's, all of @turf have the licence of @turf/helpers; robust-predicates is in the public domain.)
BUNDLED = {
    "protomaps-leaflet": (
        "@mapbox/point-geometry",
        "@mapbox/vector-tile",
        "color2k",
        "fflate",
        "pbf",
        "potpack",
        "quickselect",
        "rbush",
    ),
    "leaflet-geoman": (
        "@turf/helpers",
        "bignumber.js",
        "lodash",
        "point-in-polygon-hao",
        "polyclip-ts",
        "quickselect",
        "rbush",
        "robust-predicates",
        "splaytree-ts",
        "tinyqueue",
        "tslib",
    ),
}

_SOURCE_MAP = re.compile(rb"\n?/[/*][#@] sourceMappingURL=[^\n]*")


@dataclass(frozen=True)
class Vendored:
    """One file under static/vendor: where it is from, under which licence, and what it must hash to."""

    file: str
    package: str
    version: str
    license: str
    bytes: int
    integrity: str


def main(arguments: list[str]) -> int:
    """Fetches and copies, or with ``--check`` only compares; 1 where the manifest does not hold."""
    parser = argparse.ArgumentParser(prog="vendoring", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="compare with the manifest, fetch nothing")
    if not parser.parse_args(arguments).check:
        fetch()
    problems = differences(VENDOR)
    sys.stdout.write("".join(f"{problem}\n" for problem in problems) or f"{len(manifest(VENDOR))} files as stated\n")
    return 1 if problems else 0


def fetch() -> None:
    """Replaces everything under static/vendor but the two lists by fresh copies, and writes the manifest."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for listed in LISTS:
            shutil.copy(VENDOR / listed, work / listed)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=work, check=True)
        _clear(VENDOR)
        vendored = copy_all(work / "node_modules", VENDOR)
    rows = [asdict(one) for one in sorted(vendored, key=lambda one: one.file)]
    (VENDOR / MANIFEST).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def copy_all(modules: Path, target: Path) -> list[Vendored]:
    """Copies every wanted file and every licence out of a node_modules folder."""
    done = []
    for package, (folder, files) in WANTED.items():
        for source, name in files.items():
            done.append(_copy(modules / package, package, source, target, f"{folder}/{name}"))
        done.append(_copy_license(modules / package, package, target, f"{folder}/LICENSE.txt"))
    for folder, packages in BUNDLED.items():
        for package in packages:
            plain = package.replace("@", "").replace("/", "-")
            done.append(_copy_license(modules / package, package, target, f"{folder}/licenses/{plain}.txt"))
    return done


def manifest(folder: Path) -> list[Vendored]:
    """The manifest's rows."""
    return [Vendored(**row) for row in json.loads((folder / MANIFEST).read_text(encoding="utf-8"))]


def differences(folder: Path) -> list[str]:
    """What of a vendor folder is not as its manifest says: missing, changed and unlisted files."""
    stated = {one.file: one for one in manifest(folder)}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    there -= {MANIFEST, *LISTS}
    found = [f"missing: {name}" for name in sorted(set(stated) - there)]
    found += [f"not in the manifest: {name}" for name in sorted(there - set(stated))]
    for name in sorted(there & set(stated)):
        if integrity((folder / name).read_bytes()) != stated[name].integrity:
            found.append(f"changed: {name}")
    return found


def integrity(content: bytes) -> str:
    """The content's hash as browsers write it (Subresource Integrity, sha384)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def _copy(package_folder: Path, package: str, source: str, target: Path, name: str) -> Vendored:
    content = (package_folder / source).read_bytes()
    if name.endswith((".js", ".css")):
        content = _SOURCE_MAP.sub(b"", content)
    path = target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    about = json.loads((package_folder / "package.json").read_text(encoding="utf-8"))
    return Vendored(name, package, about["version"], about["license"], len(content), integrity(content))


def _copy_license(package_folder: Path, package: str, target: Path, name: str) -> Vendored:
    found = sorted(path.name for path in package_folder.iterdir() if path.name.lower().startswith("licen"))
    return _copy(package_folder, package, found[0], target, name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
