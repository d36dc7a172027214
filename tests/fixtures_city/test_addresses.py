"""Address ranges of the centerlines, and the addresses in them."""

from collections import defaultdict
from itertools import pairwise

import pytest
import shapely

pytestmark = [pytest.mark.xdist_group("almendra"), pytest.mark.slow]


def rows(table):
    names = list(table.columns)
    values = zip(*table.columns.values(), strict=True)
    return [dict(zip(names, row, strict=True)) | {"geom": g} for row, g in zip(values, table.geometries, strict=True)]


@pytest.fixture(scope="module")
def segments(layers):
    return {row["SEGID"]: row for row in rows(layers["public_works/street_centerlines.zip"])}


@pytest.fixture(scope="module")
def addresses(layers):
    return rows(layers["assessor/address_points.csv"])


def side_of(address, segment):
    """Which side's range holds the number with its parity; None where neither does."""
    for side in ("L", "R"):
        first, last = segment[f"{side}_F_ADD"], segment[f"{side}_T_ADD"]
        if first <= address["ADDR_NUM"] <= last and (address["ADDR_NUM"] - first) % 2 == 0:
            return side
    return None


def is_left(point, line):
    """Whether a point lies left of the line's nearest stretch; None beyond its ends."""
    at = line.project(point)
    if not 1.0e-6 < at < line.length * 0.999:
        return None
    here, ahead = line.interpolate(at - line.length / 1000), line.interpolate(at + line.length / 1000)
    return (ahead.x - here.x) * (point.y - here.y) - (ahead.y - here.y) * (point.x - here.x) > 0


def test_every_number_lies_in_the_range_of_its_centerline(addresses, segments):
    strays = [row["FULL_ADDR"] for row in addresses if side_of(row, segments[row["SEGID"]]) is None]
    assert len(addresses) > 14_000
    assert strays == []


def test_numbers_stand_on_their_side_of_the_street(addresses, segments):
    wrong = 0
    for row in addresses:
        segment = segments[row["SEGID"]]
        left = is_left(row["geom"], segment["geom"])
        wrong += left is not None and left != (side_of(row, segment) == "L")
    assert wrong <= len(addresses) * 0.002


def test_the_two_sides_of_a_street_have_different_parity(segments):
    numbered = [row for row in segments.values() if row["L_F_ADD"] is not None]
    assert len(numbered) > 1_500
    assert all((row["L_F_ADD"] - row["R_F_ADD"]) % 2 == 1 for row in numbered)


def test_an_address_is_given_out_once(addresses):
    assert len({row["FULL_ADDR"] for row in addresses}) == len(addresses)


def test_ranges_of_one_street_do_not_overlap(segments):
    streets = defaultdict(list)
    for row in segments.values():
        if row["L_F_ADD"] is not None:
            low = min(row["L_F_ADD"], row["R_F_ADD"])
            streets[row["FULLNAME"]].append((low, max(row["L_T_ADD"], row["R_T_ADD"])))
    overlapping = [name for name, ranges in streets.items() for a, b in pairwise(sorted(ranges)) if b[0] <= a[1]]
    assert overlapping == []


def test_streets_have_directionals_on_both_sides_of_the_baselines(segments):
    assert {row["PREDIR"] for row in segments.values()} == {"N", "S", "E", "W", None}


def test_every_class_of_road_is_there(segments):
    classes = {row["CLASS"] for row in segments.values()}
    assert classes == {"motorway", "ramp", "arterial", "collector", "local", "alley"}


def test_zip_codes_of_both_sides_are_among_the_two(segments, layers):
    known = set(layers["boundaries/census.gpkg:zip_codes"].columns["ZIP5"])
    found = {row[name] for row in segments.values() for name in ("ZIP_L", "ZIP_R")}
    assert found == known | {None}


def test_the_street_net_is_connected(segments):
    """Every named street of the city can be reached from every other."""
    lines = [row["geom"] for row in segments.values() if row["L_F_ADD"] is not None]
    net = shapely.union_all([line.buffer(1e-7) for line in lines])
    parts = sorted(shapely.get_parts(net), key=lambda part: -part.area)
    assert sum(part.area for part in parts[1:]) < parts[0].area * 0.02
