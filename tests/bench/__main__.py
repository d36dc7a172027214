"""`./run bench [NAME ...] [--full]`: the benchmarks by name, against a limit or peer measured in the same run."""

import argparse
import importlib
import os
import sys
from pathlib import Path

os.environ["ONEMAP_AS_OWNER"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoserver_app.settings")

NOT_BENCHMARKS = {
    "__init__", "__main__", "report", "database", "tile_server", "calibration", "cost", "duplicates_fit",
    "duplicates_truth", "map_answers", "map_live", "map_over_http", "map_peers", "map_sizes", "map_writes",
    "old_system", "over_http",
}  # fmt: skip


def names() -> list[str]:
    """The benchmarks there are: every module beside this one that is not part of the frame."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_BENCHMARKS)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(names())} (default: all)")
    parser.add_argument("--full", action="store_true", help="the long version, with the large sizes")
    options = parser.parse_args()
    unknown = set(options.names) - set(names())
    if unknown:
        parser.error(f"no benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(names())}")

    from tests.bench import database, report

    database.prepare()
    for name in options.names or names():
        importlib.import_module(f"tests.bench.{name}").run(report.Report(), full=options.full)
    return 0


if __name__ == "__main__":
    sys.exit(main())
