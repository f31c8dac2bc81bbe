"""The software bill of materials of what a user installs: requirements-core.lock as CycloneDX."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from security.check import ROOT, licence

ENTRY = re.compile(
    r"^([A-Za-z0-9_.\-]+)==([^ ;\\]+)((?:.*\\\n)?(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def bill(lock: Path) -> str:
    """CycloneDX 1.6 as JSON; the same lock gives the same bytes (no serial number, no time)."""
    ours = Component(
        name="breakeven", version=distribution("breakeven").version, type=ComponentType.APPLICATION, bom_ref="breakeven"
    )
    bom = Bom(components=[_component(*found.groups()) for found in ENTRY.finditer(lock.read_text())])
    bom.metadata.component = ours
    bom.register_dependency(ours, bom.components)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["serialNumber"], document["metadata"]["timestamp"]
    return json.dumps(document, indent=2) + "\n"


def _component(name: str, version: str, hashes: str) -> Component:
    try:
        licences = [LicenseFactory().make_from_string(licence(distribution(name)))]
    except PackageNotFoundError:  # only for another system than this one, so its licence is unknown here
        licences = []
    return Component(
        name=name,
        version=version,
        purl=PackageURL("pypi", name=name, version=version),
        bom_ref=f"{name}@{version}",
        licenses=licences,
        hashes=[
            HashType(alg=HashAlgorithm.SHA_256, content=found) for found in re.findall(r"sha256:([0-9a-f]{64})", hashes)
        ],
    )


if __name__ == "__main__":
    sys.stdout.write(bill(ROOT / "requirements-core.lock"))
