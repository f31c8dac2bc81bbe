"""Runs inside LiteLLM's proxy: sends the share of a workload that canary.json names to its candidate.

Written by `breakeven gateway`. Needs nothing but LiteLLM. The file is looked at once a second at most; one that is
gone, half-written or malformed changes nothing. It never raises: a fault here must not become a client's error.

Environment: BREAKEVEN_CANARY, the path of the plan (else canary.json beside this file).
Each deployment in the configuration says what it is in `model_info`: its `arm` (api, or the candidate's name), the
`candidate` of its workload (self: a fleet of one's own; host: another host), and `copies` (to whom else the gateway
sends the request: none, api, the candidate, or the candidate and "+aa").
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import time
import uuid
from pathlib import Path

from litellm.integrations.custom_logger import CustomLogger

PATH = Path(os.environ.get("BREAKEVEN_CANARY") or Path(__file__).with_name("canary.json"))
LOOK_AGAIN = 0.5  # seconds
# Keys in a request's metadata, which LiteLLM carries to copies and fallbacks: its arm, and a name of its own (clients
# may give one trace to many requests).
ASSIGNED, PAIR = "breakeven_assigned", "breakeven_pair"
SHARES = ("share", "mirror", "mirror_back")
log = logging.getLogger("breakeven.canary")


class LivePlan:
    """The plan in force: the last one that was whole."""

    def __init__(self, path=PATH):
        self.path, self.looked, self.mark, self.workloads = path, -LOOK_AGAIN, "", {}

    def shares(self, workload):
        """The shares of a workload; None: it is not in the plan."""
        now = time.monotonic()
        if now - self.looked >= LOOK_AGAIN:
            self.looked = now
            self._look()
        return self.workloads.get(workload)

    def _look(self):
        mark = None
        try:
            stat = self.path.stat()
            mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if mark != self.mark:
                self.workloads = checked(json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            if mark != self.mark:
                log.warning("the plan in %s is not used, the one before stays in force: %s", self.path, error)
        self.mark = mark


def checked(plan):
    """The shares of each workload. Raises ValueError where one is none."""
    if plan["schema"] != 1 or not isinstance(plan["step"], int):
        raise ValueError("not a plan of schema 1")
    return {str(name): _shares(stated) for name, stated in plan["workloads"].items()}


def _shares(stated):
    if unknown := set(stated) - {*SHARES, "sticky"}:
        raise ValueError(f"not known: {', '.join(sorted(unknown))}")
    shares = {}
    for name in SHARES:
        value = stated.get(name, 0.0)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise ValueError(f"{name} is {value!r}, not a share")
        shares[name] = float(value)
    sticky = stated.get("sticky", "user")
    if sticky not in ("user", "request"):
        raise ValueError(f"sticky is {sticky!r}")
    return shares | {"sticky": sticky}


def metadata_of(request):
    """LiteLLM's own metadata of a request, made where there is none."""
    for name in ("litellm_metadata", "metadata"):
        if isinstance(request.get(name), dict):
            return request[name]
    return request.setdefault("metadata", {})


def user_of(request):
    """Who asks, as well as the request says it; empty where it does not."""
    metadata = metadata_of(request)
    stated = (
        request.get("user"),
        request.get("safety_identifier"),
        metadata.get("user_api_key_end_user_id"),
        metadata.get("user_id"),
        request.get("litellm_session_id"),
        metadata.get("session_id"),
    )
    return next((str(user) for user in stated if user), "")


def place(workload, key):
    """A number from 0 to 1 for a user, below the share the candidate's: the same at each, so a ramp moves none back."""
    digest = hashlib.sha256(f"{workload}\0{key}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def about(deployment):
    """What the configuration says of a deployment."""
    return deployment.get("model_info") or {}


class Canary(CustomLogger):
    """Chooses the deployment of a request, by the plan in force."""

    def __init__(self, path=PATH, draw=random.random):
        super().__init__()
        self.plan, self.draw = LivePlan(path), draw

    async def async_filter_deployments(
        self, model, healthy_deployments, messages=None, request_kwargs=None, parent_otel_span=None
    ):
        """The one deployment that shall answer, as a list; LiteLLM calls this with the names as they stand."""
        try:
            return self.chosen(model, healthy_deployments, request_kwargs if request_kwargs is not None else {})
        except Exception:
            log.exception("the plan could not be followed; LiteLLM chooses")
            return healthy_deployments

    def chosen(self, workload, deployments, request):
        """One deployment of the arm that the request is assigned to; of the API, where that one is taken out."""
        shares = self.plan.shares(workload)
        if shares is None or not any(about(deployment).get("arm") for deployment in deployments):
            return deployments
        user = user_of(request) if shares["sticky"] == "user" else ""
        candidate = next(filter(None, (about(deployment).get("candidate") for deployment in deployments)), "self")
        arm = candidate if (place(workload, user) if user else self.draw()) < shares["share"] else "api"
        metadata_of(request).update({ASSIGNED: arm, PAIR: uuid.uuid4().hex})
        there = self.fitting(deployments, arm, shares["mirror_back"]) if arm != "api" else []
        there = there or self.fitting(deployments, "api", shares["mirror"])
        return [self.drawn(there)] if there else deployments

    def fitting(self, deployments, arm, copied_share):
        """The arm's deployments that copy the request, or those that do not, as the share has it."""
        copied = self.draw() < copied_share
        ours = [each for each in deployments if about(each).get("arm") == arm]
        return [each for each in ours if (about(each).get("copies", "none") != "none") == copied]

    def drawn(self, deployments):
        """One of several, by their weights."""
        weights = [float((each.get("litellm_params") or {}).get("weight") or 1) for each in deployments]
        left = self.draw() * sum(weights)
        for each, weight in zip(deployments, weights, strict=True):
            left -= weight
            if left < 0:
                return each
        return deployments[-1]


instance = Canary()
