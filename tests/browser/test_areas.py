"""An area's sheet, and its map as one file: opened in a browser whose network is cut."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.beside import Beside
from tests.browser.conftest import PHONE, Visit
from tests.browser.faults import assert_no_faults
from tests.browser.offline import cut_off


def test_the_sheet_is_read_without_faults(visit: Visit) -> None:
    page = visit("/neighborhoods/las-palmas/brief.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Las Palmas")
    assert_no_faults(page)
    assert_no_faults(visit("/neighborhoods/las-palmas/brief.html?lang=es", size=PHONE))


def test_a_page_is_walked_by_keyboard_to_another_day(visit: Visit) -> None:
    page = visit("/neighborhoods/las-palmas/")
    box, address = page.get_by_label("Count since"), page.url
    today = box.get_attribute("max") or ""
    box.fill(today)
    box.press("Enter")
    expect(page).to_have_url(f"{address}?since={today}")
    expect(page.locator(".figures dd")).to_have_count(3)


def test_the_file_draws_its_map_with_the_network_cut(
    site: str, browser: Browser, beside: Beside, tmp_path: Path
) -> None:
    beside.do("lives")
    file = tmp_path / "las-palmas.html"
    online = browser.new_context()
    file.write_bytes(online.request.get(f"{site}/neighborhoods/las-palmas/brief.map.html").body())
    online.close()
    with cut_off(browser, file) as page:
        ground = page.locator(".leaflet-image-layer")
        expect(ground).to_be_visible()
        assert ground.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 1500
        expect(page.locator("path.leaflet-interactive, .leaflet-overlay-pane path")).to_have_count(1)
        first = page.locator(".leaflet-marker-pane .mark-number").first
        first.press("Enter")
        expect(page.locator(".leaflet-popup-content")).to_contain_text(first.get_attribute("title") or "no title")
        assert_no_faults(page)
