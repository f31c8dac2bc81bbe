"""Whether what is locked is known to be faulty, and what it may be licensed under. No network."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from license_expression import ExpressionError, get_spdx_licensing
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent


def pins(lock: Path) -> list[tuple[str, str]]:
    """(package, version) of every line of a lock."""
    lines = [line for line in lock.read_text().splitlines() if line[:1].isalnum() and "==" in line]
    return [
        (canonicalize_name(name), version) for name, _, version in (line.split()[0].partition("==") for line in lines)
    ]


def faulty(locked: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for every pin that an advisory names."""
    listed = YAML(typ="safe").load(HERE / "advisories.yaml")["advisories"]
    return [
        f"{name} {version} is affected by {known['id']} ({known['harm']}); "
        f"take a version outside {known['affected']}: {known['source']}"
        for name, version in locked
        for known in listed
        if known["package"] == name and SpecifierSet(known["affected"]).contains(version, prereleases=True)
    ]


def unlicensed(site_packages: Path) -> Iterator[str]:
    """A sentence for every installed package whose licence is neither allowed nor named."""
    rules = YAML(typ="safe").load(HERE / "licences.yaml")
    licensing, allowed = get_spdx_licensing(), {*rules["allowed"]}
    for package in distributions(path=[str(site_packages)]):
        name = canonicalize_name(package.metadata["Name"])
        stated = licence(package)
        expression = rules["written_otherwise"].get(stated, stated)
        try:
            keys = {*licensing.license_keys(expression, unique=True)} if expression else set()
        except ExpressionError:
            keys = set()
        if name not in rules["others"] and not (keys and keys <= allowed):
            stated = stated or "nothing that it says"
            yield f"{name} is licensed under {stated}: allow it or name it in security/licences.yaml"


def licence(package: Distribution) -> str:
    """As the package states it: an SPDX expression, or the last part of its classifiers, or its words."""
    classifiers = [each for each in package.metadata.get_all("Classifier", []) if each.startswith("License ::")]
    return str(
        package.metadata.get("License-Expression")
        or "; ".join(each.rsplit(" :: ", 1)[-1] for each in classifiers)
        or package.metadata.get("License", "")
    )


if __name__ == "__main__":
    found = sorted({sentence for lock in ROOT.glob("requirements*.lock") for sentence in faulty(pins(lock))})
    sys.exit("\n".join(found) or 0)
