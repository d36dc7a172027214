"""What breaks a rule of accessibility (WCAG 2.2 AA) on a page, as axe sees it."""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

# Marks of a map may touch: where they lie is what they say, and the list beside has them all (2.5.8, essential).
_SIZES = """
() => {
  for (const menu of document.querySelectorAll('.bar-more details[open]')) menu.open = false; // it lies over the page
  return axe.run(
    { include: document, exclude: ['.leaflet-marker-pane', '.leaflet-requests-pane'] },
    { resultTypes: ['violations'], runOnly: ['target-size'] },
  );
}
"""


def assert_no_faults(page: Page, what: str = "") -> None:
    """Nothing breaks a rule; ``what`` says which of several pages or states this is."""
    if not page.evaluate("'axe' in window"):  # read once a page: it takes as long as the rules themselves
        page.evaluate(AXE_SCRIPT)
    _assert_none(page.evaluate("axe.run({ resultTypes: ['violations'] })"), what)
    _assert_none(page.evaluate(_SIZES), what)  # axe leaves them out unless told


def _assert_none(results: dict[str, object], what: str) -> None:
    found = AxeResults(results)
    assert found.violations_count == 0, f"{what} {found.generate_report()}"
