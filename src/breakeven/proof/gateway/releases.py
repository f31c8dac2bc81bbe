"""Which releases of a gateway's program may run, and which known faults one has."""

from __future__ import annotations

from breakeven.shipped import shipped

RELEASES = "proof/gateway/releases.yaml"
EXTRA = {"litellm": "litellm[proxy]"}
NOTES = {
    "litellm": (
        "# Into an environment of its own. The extra [proxy] brings litellm-enterprise, whose licence is proprietary:",
        "# it may be installed, not passed on. Lock it with hashes before production:",
        "#   uv pip compile requirements.txt --generate-hashes --exclude-newer <a week ago> -o requirements.lock",
    ),
}


def requirement(name: str) -> str:
    """The text of a requirements file: the pinned release, and what older ones are known for."""
    known = shipped(RELEASES)[name]
    refused = f", never {' or '.join(known['refused'])}" if known["refused"] else ""
    lines = [*NOTES.get(name, ()), f"# At least {known['at_least']}{refused}"]
    lines += [f"#   before {each['below']}: {each['name']}, {each['what']}" for each in known["advisories"]]
    return "\n".join([*lines, f"{EXTRA.get(name, name)}=={known['pinned']}\n"])


def refusal(name: str, release: str) -> str:
    """Why an installed release may not run; empty where it may."""
    known = shipped(RELEASES)[name]
    number = ordered(release)
    advisories = [
        f"{advisory['name']} ({advisory['what']})"
        for advisory in known["advisories"]
        if ordered(advisory.get("from", "0")) <= number < ordered(advisory["below"])
    ]
    if release in known["refused"] or number < ordered(known["at_least"]):
        return f"{name} {release} may not run: it must be at least {known['at_least']}. {'; '.join(advisories)}".strip()
    return ""


def pinned(name: str) -> str:
    """The release that was tried."""
    return str(shipped(RELEASES)[name]["pinned"])


def ordered(release: str) -> tuple[int, ...]:
    """A release as numbers that can be compared; what comes before a release of the same number counts as it."""
    parts = []
    for part in release.split("."):
        digits = part[: next((at for at, sign in enumerate(part) if not sign.isdigit()), len(part))]
        parts.append(int(digits) if digits else 0)
    return tuple([*parts, 0, 0, 0][:4])
