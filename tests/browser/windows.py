"""Windows of a browser that are used again: empty of cookies and stores, but scripts and styles are there already.

A window that is new each time fetches and compiles everything anew, which takes as long as a test itself; and a page
that is new in its window starts another process.
"""

from typing import Any

from playwright.sync_api import Browser, Error, Page

WATCH_POLICY = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
Key = tuple[int, int, bool]


class Windows:
    """Those of one site that nobody looks into, each with its page; each is given to one visitor at a time."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser, self.site = browser, site
        self._idle: dict[Key, list[Page]] = {}
        self._keys: dict[Page, Key] = {}

    def take(self, size: dict[str, int], *, scripts: bool, **options: Any) -> Page:
        """An empty page in a window; with ``options`` of its own (a place, a permission) it is a new one."""
        key = (size["width"], size["height"], scripts)
        if not options and self._idle.get(key):
            return self._idle[key].pop()
        context = self.browser.new_context(
            viewport=size, java_script_enabled=scripts, base_url=self.site, locale="en-US", **options
        )
        context.add_init_script(WATCH_POLICY)
        page = context.new_page()
        if not options:
            self._keys[page] = key
        return page

    def give_back(self, page: Page) -> None:
        """It is emptied, and whoever was there is forgotten; one that cannot be, since it is on its way, is closed."""
        key = self._keys.get(page)
        try:
            if key is not None:
                self._empty(page, key)
                self._idle.setdefault(key, []).append(page)
                return
        except Error:
            del self._keys[page]
        page.context.close()

    def _empty(self, page: Page, key: Key) -> None:
        if key[-1] and page.url.startswith(self.site):
            page.evaluate("localStorage.clear()")
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.goto("about:blank")
        page.context.clear_cookies()
        page.mouse.move(0, 0)
        if page.viewport_size != (size := {"width": key[0], "height": key[1]}):
            page.set_viewport_size(size)

    def close(self) -> None:
        for page in self._keys:
            page.context.close()
