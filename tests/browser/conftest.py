"""A real browser for the pages: the Chromium of the system, without a window, and pages that tell what they ask for.

Where there is none the tests are skipped and say so. Debian: apt install chromium fonts-wqy-microhei.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright import sync_api as playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@dataclass
class Opened:
    """A page opened from disk, with what it asked for and what it complained of."""

    tab: "playwright.Page"
    file: Path
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, address: str = "#/") -> "playwright.Page":
        """Open an address as a bookmark does: in a fresh document."""
        self.tab.goto("about:blank")
        self.tab.goto(self.file.as_uri() + address)
        self.tab.wait_for_selector("#page[data-drawn] main h1")
        return self.tab

    def turn(self) -> int:
        return int(self.tab.locator("#page").get_attribute("data-drawn") or 0)

    def after(self, act: Callable[[], object]) -> "playwright.Page":
        """Do something that draws the page anew, and wait until it is drawn."""
        before = self.turn()
        act()
        self.tab.wait_for_function("turn => Number(document.getElementById('page').dataset.drawn) > turn", arg=before)
        return self.tab


@pytest.fixture(scope="module")
def chromium() -> Iterator["playwright.Browser"]:
    """One browser for a module; it goes with it, for its event loop would be in the way of tests that have their own."""
    if CHROMIUM is None:
        pytest.skip("没有 Chromium / no Chromium on this machine: apt install chromium fonts-wqy-microhei")
    driver = pytest.importorskip("playwright.sync_api", reason="没有 playwright / no playwright: make env-dev")
    with driver.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def open_page(chromium: "playwright.Browser", file: Path) -> Opened:
    """A tab of its own, as wide as a desk's screen; whoever opens it closes its context."""
    context = chromium.new_context(viewport=DESKTOP, accept_downloads=True)
    opened = Opened(context.new_page(), file)
    opened.tab.set_default_timeout(15_000)
    opened.tab.on("request", lambda request: opened.asked.append(request.url))
    opened.tab.on("console", lambda message: opened.complaints.append(message.text))
    opened.tab.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.tab.on("dialog", lambda dialog: (opened.complaints.append(dialog.message), dialog.dismiss()))
    return opened
