"""What breaks a rule of accessibility (WCAG 2.2 AA) on a page, as axe sees it."""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page


def assert_no_faults(page: Page, what: str = "") -> None:
    """Nothing breaks a rule; ``what`` says which of several pages or states this is."""
    if not page.evaluate("'axe' in window"):  # read once a page: it takes as long as the rules themselves
        page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate("axe.run({ resultTypes: ['violations'] })"))
    assert found.violations_count == 0, f"{what} {found.generate_report()}"
