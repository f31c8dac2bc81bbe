"""How the pages of docs/ become a site: Sphinx, MyST and furo, everything from this machine."""

import os
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

project = "breakeven"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 6
myst_enable_extensions = ["attrs_inline"]
html_theme = "furo"
html_title = f"breakeven {release}"
html_baseurl = os.environ.get("SITE_URL", "")
html_copy_source = False  # the Markdown twin beside each page is the source
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"top_of_page_buttons": []}
