import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoserver_app.geocode.asked import Block, Corner, House, Mile
from geoserver_app.geocode.plain import key_of, plain
from geoserver_app.geocode.reading import read


@given(st.text(max_size=400))
def test_normalizing_again_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=400) | st.text(min_size=5000, max_size=10_000))
def test_every_text_can_be_read(text: str) -> None:
    for reading in read(text).readings:
        assert not isinstance(reading, House) or 0 <= reading.number <= 9_999_999


@pytest.mark.parametrize(
    ("one", "other"),
    [("4TH", "04TH"), ("4TH", "FOURTH"), ("4", "CUARTA"), ("O'FARRELL", "OFARRELL"), ("BAY SHORE", "BAYSHORE"),
     ("SAINT FRANCIS", "ST FRANCIS"), ("US HWY 101", "HIGHWAY 101"), ("STATE RTE 35", "ROUTE 35"), ("I- 280", "I 280"),
     ("TWENTY FIRST", "21ST"), ("THE EMBARCADERO", "EMBARCADERO"), ("MOUNT VERNON", "MT VERNON")],
)  # fmt: skip
def test_two_spellings_of_a_name_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_different_names_have_different_keys() -> None:
    assert len({key_of(name) for name in ("24TH", "25TH", "AVENUE D", "D", "HWY 1", "1")}) == 6  # highway 1 is not 1st


@pytest.mark.parametrize(
    ("text", "number", "suffix", "unit", "street"),
    [
        ("12 1/2 N 4th Street", 12, "1/2", "", "N 4TH ST"),
        ("1310½ Page St", 1310, "1/2", "", "PAGE ST"),
        ("410A Olive Ave # 12", 410, "A", "12", "OLIVE AVE"),
        ("1550 4th St 303", 1550, "", "303", "4TH ST"),
        ("100 Avenue B", 100, "", "", "AVENUE B"),
        ("Apt 1B 626 E Kilbourn Ave, Milwaukee, WI 53202", 626, "", "1B", "E KILBOURN AVE"),
        ("BUILDING 1013 - 1033 OAKDALE AVENUE", 1013, "", "", "OAKDALE AVE"),
        ("1200 Avenida del Olivo Sur", 1200, "", "", "OLIVO AVE S"),
        ("Calle Olivo #410", 410, "", "", "OLIVO ST"),
        ("10 Main St 2nd floor", 10, "", "2ND", "MAIN ST"),
        ("1800 M Street, NW, Washington, DC 20036", 1800, "", "", "M ST NW"),
        ("Zendesk Christian Golding 1019 Market St San Francisco CA 94103", 1019, "", "", "MARKET ST"),
    ],
)
def test_a_house_is_taken_apart(text: str, number: int, suffix: str, unit: str, street: str) -> None:
    house = read(text).readings[0]
    assert isinstance(house, House)
    assert (house.number, house.suffix, house.unit, house.street.written) == (number, suffix, unit, street)


def test_a_range_keeps_both_ends() -> None:
    house = read("14-18 Hollis St").readings[0]
    assert isinstance(house, House) and (house.number, house.last) == (14, 18)


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [("4 St & Mission", "4 ST", "MISSION"), ("ALDAMA ST AT AVENUE 56, 90042", "ALDAMA ST", "AVENUE 56"),
     ("A AVE AT B AVE, 90029", "A AVE", "B AVE"),
     ("AVALON BLVD AT PACIFIC COAST HWY, 90744", "AVALON BLVD", "PACIFIC COAST HWY"),
     ("MARTIN LUTHER KING, JR BLVD AT WELLINGTON ROAD, 90008", "MARTIN LUTHER KING JR BLVD", "WELLINGTON RD")],
)  # fmt: skip
def test_a_corner_is_two_streets(text: str, one: str, other: str) -> None:
    asked = read(text)
    corner = asked.readings[0]
    assert isinstance(corner, Corner) and (corner.one.written, corner.other.written) == (one, other)


@pytest.mark.parametrize(
    ("text", "zip_code", "city"),
    [("10 Main St, Boston, MA 02115-1234", "02115", "BOSTON"), ("10 Main St, 2115.0", "02115", ""),
     ("10 Main St, Boston MA 021151234", "02115", "BOSTON"), ("410 Highway 99501", "", ""), ("600 LINCOLN WY", "", "")],
)  # fmt: skip
def test_zip_code_and_city_are_taken_off(text: str, zip_code: str, city: str) -> None:
    asked = read(text, frozenset({"BOSTON"}))
    assert (asked.zip_code, asked.city) == (zip_code, city)


def test_blocks_and_miles_are_read() -> None:
    block, mile = read("100 Block of X St").readings[0], read("mile post 41.5 on Hwy 99").readings[0]
    assert isinstance(block, Block) and (block.number, block.street.written) == (100, "X ST")
    assert isinstance(mile, Mile) and mile.road is not None and (mile.mile, mile.road.name) == (41.5, "HWY99")
