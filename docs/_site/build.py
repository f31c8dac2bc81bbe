"""Builds the site: `make site` writes it to out/site. Nothing is loaded from elsewhere, while it is built or read.

The pages stay as they read on any forge; what only a site needs is added to a copy of them: the order of the pages,
anchors that Sphinx knows, and at the end of each page links to its Markdown twin. With SITE_URL set, to where the
site will stand, there are also links that open a page in an assistant; they are followed when somebody clicks them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
NOT_PAGES = ("_generate", "_site", "examples", "profiles")
ORDER = {
    "Start": ("tutorial", "is-it-for-me", "how-we-know", "limits", "gallery"),
    "How to": ("how-to/*",),
    "Method": ("method/*",),
    "Reference": ("reference/*",),
    "How it is built": ("architecture", "decisions/*"),
}
ANCHOR = re.compile(r'<a id="([\w.-]+)"></a>')
OUTSIDE = re.compile(r"\[([^\]\n]+)\]\(((?:\.\./)+(?:skills/[^)#\s]+|[A-Z]+)\.md)\)")  # Markdown beside docs/
OPEN_IN = {"Claude": "https://claude.ai/new?q={}", "ChatGPT": "https://chatgpt.com/?q={}"}
ASK = "Read {} and answer my questions about it. State no number that is not in it."


def prepared(source: Path) -> None:
    """A copy of the pages, with what only the site needs; files that pages link to stay where they are linked."""
    shutil.copytree(DOCS, source / "docs", ignore=shutil.ignore_patterns("_generate", "_site", "__pycache__"))
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "server.json", "llms.txt", "AGENTS.md"):
        shutil.copy(ROOT / name, source / name)
    for name in ("examples", "skills", "src", "tests"):
        (source / name).symlink_to(ROOT / name)
    for page in pages(source / "docs"):
        text = ANCHOR.sub(r"[]{#\1}", page.read_text(encoding="utf-8"))
        for language in ("csv", "console"):  # Sphinx knows no csv, and what a program prints is no shell
            text = text.replace(f"```{language}\n", "```text\n")
        text = OUTSIDE.sub(partial(_beside, page.relative_to(source / "docs")), text)
        page.write_text(text, encoding="utf-8")
    index = source / "docs" / "index.md"
    index.write_text(f"{index.read_text(encoding='utf-8')}\n{trees()}", encoding="utf-8")


def _beside(page: Path, link: re.Match[str]) -> str:
    """A link to Markdown that is no page: to the file as it is, which `twins` puts under files/."""
    target = os.path.normpath(DOCS / page.parent / link[2])
    there = Path(target).relative_to(ROOT)
    up = "../" * len(page.parent.parts)
    return f'<a href="{up}files/{there.as_posix()}">{link[1]}</a>'


def pages(docs: Path) -> list[Path]:
    """Every page."""
    return [each for each in sorted(docs.rglob("*.md")) if not set(each.relative_to(docs).parts) & {*NOT_PAGES}]


def trees() -> str:
    """The order of the pages, for the side of the site only."""
    made = []
    for caption, names in ORDER.items():
        there = [name for name in names if "*" in name or (DOCS / f"{name}.md").is_file()]
        made.append("\n".join([f"```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n", *there, "```"]))
    return "\n\n".join(made) + "\n"


def twins(out: Path) -> None:
    """The Markdown beside each page, and the links to it at the page's end."""
    for page in pages(DOCS):
        name = page.relative_to(DOCS)
        shutil.copy(page, out / name)
        html = out / name.with_suffix(".html")
        text = html.read_text(encoding="utf-8")
        if "</article>" not in text:
            raise SystemExit(f"{name}: the theme has no place for its links any more.")
        html.write_text(text.replace("</article>", f"{links(name)}</article>", 1), encoding="utf-8")
    shutil.copy(ROOT / "llms.txt", out / "llms.txt")
    for each in (ROOT, ROOT / "skills"):
        for file in each.glob("*.md") if each == ROOT else each.rglob("*.md"):
            there = out / "files" / file.relative_to(ROOT)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, there)


def links(name: Path) -> str:
    """Plain links: nothing happens before somebody clicks one."""
    found = [f'<a href="{name.name}">this page as Markdown, to copy</a>']
    if site := os.environ.get("SITE_URL", "").rstrip("/"):
        said = quote(ASK.format(f"{site}/{name.as_posix()}"))
        found += [f'<a href="{to.format(said)}" rel="noreferrer">open in {who}</a>' for who, to in OPEN_IN.items()]
    return f'<p class="twin"><small>{" · ".join(found)}</small></p>'


def main() -> int:
    """Build it, and let a warning be a failure."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "out" / "site").resolve()
    shutil.rmtree(out, ignore_errors=True)
    with TemporaryDirectory() as place:
        prepared(Path(place))
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-b", "html"]
        paths = ["-c", str(DOCS / "_site"), "-d", f"{place}/doctrees", f"{place}/docs", str(out)]
        code = subprocess.run([*command, *paths], check=False).returncode
    if code == 0:
        twins(out)
        print(f"{out / 'index.html'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
