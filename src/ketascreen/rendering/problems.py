"""Problems for programs: one line of JSON, the same from every command. schema/problems.schema.json describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ketascreen.diagnostic import Diagnostic


def problems_json(problems: Iterable[Diagnostic], about: Mapping[str, int | str] | None = None) -> str:
    """`{"problems": [...]}` in ASCII on one line, so that it can follow JSON Lines; before it what it is `about`."""
    told = {**(about or {}), "problems": [problem.as_data() for problem in problems]}
    return json.dumps(told, separators=(",", ":"))
