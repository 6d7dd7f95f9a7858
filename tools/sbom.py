"""Finishes the list of parts (CycloneDX) of a wheel: `python -m tools.sbom LISTED WHEEL`, beside cyclonedx-bom.

LISTED is what cyclonedx-py says of the environment that the lock made, with the wheel in it. Kept is what the wheel or
its extras bring; what only builds is left out. The list is checked by CycloneDX's own schema and written beside WHEEL.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tools.licences import ROOT, locked, normal

RUNTIME = ROOT / "requirements" / "runtime.txt"


def finished(listed: dict[str, Any], version: str, brought: frozenset[str]) -> dict[str, Any]:
    """The list with the wheel's own version, and of its parts those that are `brought`.

    Raises:
        ValueError: ketascreen names a part that is not among them.
    """
    kept = [part for part in listed["components"] if normal(part["name"]) in brought]
    main = listed["metadata"]["component"]
    main |= {"version": version, "purl": f"pkg:pypi/{main['name']}@{version}"}
    refs = {part["bom-ref"] for part in kept} | {main["bom-ref"]}
    needs = [one for one in listed["dependencies"] if one["ref"] in refs]
    for one in needs:
        if unlisted := set(one.get("dependsOn", ())) - refs:
            raise ValueError(f"{one['ref']} needs what the lock does not bring: {', '.join(sorted(unlisted))}")
    return {**listed, "components": kept, "dependencies": needs}


def require_valid(text: str) -> None:
    """Raises unless a text keeps to the schema of CycloneDX 1.6.

    Raises:
        ValueError: it does not.
    """
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(f"the list of parts is not CycloneDX: {error}")


def main() -> None:
    """Writes the list beside the wheel, and says how many parts it has."""
    listed, wheel = (Path(name) for name in sys.argv[1:])
    brought = frozenset(locked(RUNTIME.read_text(encoding="utf-8")))
    made = finished(json.loads(listed.read_text(encoding="utf-8")), wheel.name.split("-")[1], brought)
    text = json.dumps(made, indent=1, sort_keys=True) + "\n"
    require_valid(text)
    wheel.with_suffix(".cdx.json").write_text(text, encoding="utf-8")
    print(f"{len(made['components'])} parts are listed in {wheel.with_suffix('.cdx.json').name}.")


if __name__ == "__main__":
    main()
