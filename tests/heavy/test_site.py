"""The site is built without a warning, its links lead somewhere, and reading it loads nothing from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from parts import ROOT

pytestmark = pytest.mark.heavy
SITE = "https://docs.example.org/breakeven"
LOADS = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"), ("object", "data")}
RELATIONS = ("canonical", "nofollow", "noreferrer")
HEAVY_PAGES = ("index.html", "tutorial.html", "reference/lines.html")


class Page(HTMLParser):
    """What a page links to, what it loads, and the names in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.names |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and given.get("rel") not in RELATIONS:
            self.loads.append(given.get("href", ""))
        self.loads += [value for name, value in given.items() if (tag, name) in LOADS]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "out"
    command = [sys.executable, str(ROOT / "docs/_site/build.py"), str(out)]
    done = subprocess.run(command, env={**os.environ, "SITE_URL": SITE}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_page_is_there_with_its_markdown_beside_it(site: Path) -> None:
    written = [each for each in (ROOT / "docs").rglob("*.md") if "_generate" not in each.parts]
    assert len(written) > 45
    for each in written:
        name = each.relative_to(ROOT / "docs")
        assert (site / name.with_suffix(".html")).is_file(), name
        assert (site / name).read_text(encoding="utf-8") == each.read_text(encoding="utf-8")
    assert (site / "llms.txt").is_file()


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    loaded = [(path.name, each) for path, page in pages.items() for each in page.loads]
    assert len(loaded) > 100
    assert [each for each in loaded if "://" in each[1] or each[1].startswith("//")] == []
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert "@import" not in text, style
        assert "url(http" not in text.replace('"', "").replace("'", ""), style


def test_every_link_within_the_site_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    assert list(broken(site, pages)) == []


def broken(site: Path, pages: dict[Path, Page]) -> Iterator[str]:
    for path, page in pages.items():
        for link in page.links:
            to, _, anchor = unquote(link).partition("#")
            if ":" in to.split("/")[0]:
                continue
            there = (path.parent / to).resolve() if to else path
            if there.is_dir():
                there /= "index.html"
            if not there.is_file() or not there.is_relative_to(site.resolve()):
                yield f"{path.relative_to(site)} -> {link}"
            elif anchor and there in pages and anchor not in pages[there].names:
                yield f"{path.relative_to(site)} -> {link}: no such place"


def test_a_page_is_opened_elsewhere_only_by_a_plain_link(site: Path) -> None:
    text = (site / "tutorial.html").read_text(encoding="utf-8")
    assert 'href="tutorial.md"' in text
    for who in ("claude.ai", "chatgpt.com"):
        place = text.index(who)
        assert text.rindex("<a ", 0, place) > text.rindex("<p ", 0, place)
    assert "tutorial.md" in unquote(text)
    assert "https%3A//docs.example.org/breakeven/tutorial.md" in text


@pytest.mark.parametrize("name", HEAVY_PAGES)
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_asks_nobody_else_and_the_page_fits(site: Path, name: str, width: int, scheme: str) -> None:
    """Wide tables and pictures scroll in their own boxes: the page itself does not."""
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as browsers:
        program = next((str(each) for each in map(Path, ("/usr/bin/chromium",)) if each.exists()), None)
        with browsers.chromium.launch(executable_path=program, args=["--no-sandbox"]) as browser:
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
            page.on("request", lambda request: asked.append(request.url))
            page.goto((site / name).as_uri())
            wide = page.evaluate("document.documentElement.scrollWidth")
            if folder := os.environ.get("BREAKEVEN_PICTURES"):
                page.screenshot(path=f"{folder}/{Path(name).stem}-{width}-{scheme}.png")
    assert [each for each in asked if not each.startswith("file:")] == []
    assert wide <= width
