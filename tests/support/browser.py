"""A browser as people have it: Debian's Chromium, driven by Playwright, with what it complains about written down."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright

from tests.support.apt import install
from tests.support.product import ROOT

AXE = (ROOT / "tests" / "support" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_LAYOUT = ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]
"""Rules of axe whose answer depends on how wide the window is."""
PICTURES = ROOT / "build" / "console"
WIDE, NARROW = 1280, 320


@dataclass(slots=True)
class Said:
    """What a browser complained about, with the page: its console, errors of scripts, and what the policy refused."""

    lines: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Write down what is said on a page from now on; of the console what is not information."""
        page.on("console", lambda message: self._note(page, message.type, message.text))
        page.on("pageerror", lambda error: self._note(page, "error", str(error)))

    def _note(self, page: Page, kind: str, text: str) -> None:
        # A page that tells of a refusal has a status of its own, which Chromium calls a failure to load.
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.lines.append(f"{page.url}: {text}")


def ensure_chromium() -> str:
    """Where Chromium is; installed from Debian's package when root, else one clear message."""
    if shutil.which("chromium") is None:
        install("Chromium", "chromium")
    found = shutil.which("chromium")
    assert found is not None
    return found


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Start the browser, and end it after the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=ensure_chromium(), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        await browser.close()


async def sign_in(page: Page, console: str, name: str) -> None:
    """Be one of the sample people."""
    await page.goto(f"{console}/login")
    for other in await page.locator("details").all():
        await other.evaluate("each => each.open = true")
    await page.get_by_role("button", name=f"Sign in as {name}", exact=True).click()
    await page.wait_for_load_state()


async def look(page: Page, url: str) -> Response:
    """Open a page; gives its answer."""
    answer = await page.goto(url)
    assert answer is not None
    return answer


async def violations(page: Page, rules: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """What axe finds on the page as it stands, by all its rules or some; the page's own policy must be off for it."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    only = {"type": "tag", "values": TAGS} if rules is None else {"type": "rule", "values": rules}
    result: dict[str, Any] = await page.evaluate("only => axe.run({runOnly: only, resultTypes: ['violations']})", only)
    return [(each["id"], each["nodes"][0]["html"][:160]) for each in result["violations"]]


async def take_picture(page: Page, name: str, *, is_whole: bool = True) -> Path:
    """Keep the page as it looks in the build's output, or only what the window shows of it; gives where."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": WIDE})["width"]
    path = PICTURES / f"{name}-{width}.png"
    await page.screenshot(path=path, full_page=is_whole)
    return path


async def open_context(browser: Browser, width: int = WIDE, **options: Any) -> BrowserContext:
    """A browser of its own, with a window so wide."""
    return await browser.new_context(viewport={"width": width, "height": 900}, **options)
