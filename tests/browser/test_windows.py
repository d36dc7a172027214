"""What a page does wrong is noticed in a window that others used before; and nothing of theirs is left in it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LogIn, visits
from tests.browser.test_console import numbers, office
from tests.browser.windows import Windows

__all__ = ["numbers", "office"]
PLAIN = "/nothing-here"
ERROR = "new Promise((done) => { addEventListener('error', done); setTimeout(() => { throw new Error('wrong'); }); })"
FORBIDDEN = """new Promise((done) => { document.addEventListener('securitypolicyviolation', done);
  document.body.setAttribute('style', 'color: red'); })"""


@pytest.mark.parametrize(("wrong", "told"), [(ERROR, "wrong"), (FORBIDDEN, "style-src")])
def test_what_a_page_does_wrong_is_noticed(windows: Windows, wrong: str, told: str) -> None:
    with visits(windows) as visit:
        visit(PLAIN)
    with pytest.raises(AssertionError, match=told), visits(windows) as visit:
        visit(PLAIN).evaluate(f"{wrong}.then(() => undefined)")
    with visits(windows) as visit:
        visit(PLAIN)


@pytest.mark.usefixtures("numbers")
def test_nobody_meets_who_was_there_before(windows: Windows, log_in: LogIn) -> None:
    with visits(windows) as visit:
        before = visit(PLAIN, cookies=log_in("dora", "es"))
        expect(before.locator("html")).to_have_attribute("lang", "es")
        before.evaluate("localStorage.setItem('left', 'behind')")
    with visits(windows) as visit:
        page = visit(PLAIN)
        assert page == before
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length") == 0
        page.goto("/console/")
        expect(page.locator("input[name=login]")).to_be_visible()
