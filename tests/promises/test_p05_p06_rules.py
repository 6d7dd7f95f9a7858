"""P5 and P6: a further rule never makes a verdict better; the order of rules, files and fields does not matter."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given

from ketascreen import Screener, Stage, load_rulebook
from ketascreen.language.terms import BUILT_IN_ROUTES
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.loading.built_in import built_in_rules
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import read_yaml
from tests.helpers import generate
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import (
    AS_OF,
    SOME,
    assert_no_better,
    near_baseline,
    profile_of,
    rngs,
    screener_for,
    screening,
    shipped,
    shipped_screener,
)

_ANY = re.compile(r"[A-Za-z0-9_.-]+")


@often_reached
@given(rngs)
@SOME
def test_a_further_rule_never_makes_a_verdict_better(rng: Random) -> None:
    rulebook, answers = screening(rng)
    routes = tuple(rulebook.routes)
    new = generate.random_rule(rng, "new-rule", routes, Vocabulary(generate.asked(rulebook)), {})
    before = screener_for(rulebook).screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION)
    more = replace(rulebook, rules=(*rulebook.rules, new))
    after = Screener(more).screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION)
    assert not after.faults
    for route, verdict in before.routes.items():
        assert_no_better(verdict, after.routes[route])
        assert after.routes[route].decision.rank >= verdict.decision.rank
    reached("a verdict with a further rule")


@often_reached
@given(rngs)
@SOME
def test_the_order_of_rules_and_of_a_profiles_fields_does_not_matter(rng: Random) -> None:
    rulebook, answers = screening(rng)
    shuffled = list(rulebook.rules)
    rng.shuffle(shuffled)
    fields = list(answers.items())
    rng.shuffle(fields)
    first = screener_for(rulebook).screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION)
    second = Screener(replace(rulebook, rules=tuple(shuffled))).screen(
        profile_of(dict(fields)), as_of=AS_OF, stage=Stage.SESSION
    )
    assert first.model_dump_json() == second.model_dump_json()
    reached("two verdicts")


def backwards(data: Any) -> Any:
    """The same data with the keys of every mapping in the opposite order."""
    if isinstance(data, dict):
        return {key: backwards(value) for key, value in reversed(data.items())}
    return [backwards(item) for item in data] if isinstance(data, list) else data


def test_files_in_other_folders_with_their_keys_backwards_mean_the_same(tmp_path: Path) -> None:
    folder = built_in_rules()
    for path in sorted(folder.rglob("*.yaml")):
        if not path.name.endswith((".cases.yaml", ".start.yaml")):
            tree, found = read_yaml(path.read_bytes(), path.name, keys=_ANY)
            assert tree is not None
            assert not found
            target = tmp_path / (path.name if path.parent == folder else f"z{path.name[0]}/{path.name}")
            target.parent.mkdir(exist_ok=True)
            target.write_text(json.dumps(backwards(plain(tree)), indent=1, ensure_ascii=False), encoding="utf-8")
    moved = load_rulebook(tmp_path)
    assert moved.meaning_digest == shipped().meaning_digest
    assert moved.bytes_digest != shipped().bytes_digest
    rng = Random(6)
    for _ in range(20):
        profile = profile_of(near_baseline(rng))
        first = shipped_screener().screen(profile, as_of=AS_OF, stage=Stage.SESSION)
        second = Screener(moved).screen(profile, as_of=AS_OF, stage=Stage.SESSION)
        for route in BUILT_IN_ROUTES:
            assert first.routes[route].decision == second.routes[route].decision
            assert first.routes[route].readiness == second.routes[route].readiness
            assert first.routes[route].reasons == second.routes[route].reasons
