"""The map of an import's requests of which the old system named other areas: one file that needs no network."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from geoserver_app.past.differing_map import write_map
from tests.browser.conftest import DESK, PHONE
from tests.browser.faults import assert_no_faults
from tests.browser.offline import cut_off
from tests.browser.server import Served
from tests.past.conftest import Bring, _city, bring, city, row
from tests.route.city import City

__all__ = ["_city", "bring", "city"]

# Pixels of a canvas in the color of the first kind of area: its outlines, and the requests.
PAINTED = """() => {
  const canvas = document.querySelector('canvas.leaflet-zoom-animated');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    found += data[at] > 150 && data[at + 1] < 80 && data[at + 2] < 80 && data[at + 3] > 150;
  }
  return found; }"""


def settled(page: Page) -> int:
    """How many pixels are painted, once ten frames in a row have not changed it: it is painted by frames."""
    found: int = page.evaluate(
        """async (painted) => {
          const count = eval(painted);
          for (let same = 0, last = -1; same < 10;) {
            await new Promise((done) => requestAnimationFrame(done));
            const now = count();
            same = now === last && now > 0 ? same + 1 : 0;
            last = now;
          }
          return count(); }""",
        PAINTED,
    )
    return found


def test_those_that_differ_are_drawn_from_the_file_alone(
    served: Served, browser: Browser, city: City, bring: Bring, tmp_path: Path
) -> None:
    # The server's database is copied from that of the tests, so it is there before anything is written to the latter.
    assert served.address
    bring(row("A-1"), row("A-2", Beat="2"), row("A-3", x=150.0, Beat="02"))
    file = tmp_path / "differ.html"
    assert write_map(city.hall.jurisdiction, "notes", file) == 2
    with cut_off(browser, file) as page:
        expect(page.get_by_role("heading", level=1)).to_contain_text("where notes names another area")
        drawn = settled(page)
        assert drawn > 150
        switch = page.get_by_role("checkbox")
        switch.focus()
        page.keyboard.press("Space")
        expect(switch).not_to_be_checked()
        page.wait_for_function(f"({PAINTED})() < {drawn - 100}")
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            assert_no_faults(page)
