"""P7 and P10: the same input gives the same bytes, in any process, and from any thread."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import pytest

from ketascreen import PatientProfile, Screener, Stage, Verdict
from tests.helpers.screening import AS_OF, shipped, shipped_cases, shipped_screener

_PROGRAM = """
import hashlib
from ketascreen import Screener
from ketascreen.authoring.cases import read_cases
from ketascreen.loading.built_in import built_in_rules
screener = Screener.default()
whole = hashlib.sha256()
for case in read_cases(built_in_rules(), screener.rulebook):
    if case.rule is None and case.refused is None:
        verdict = screener.screen(case.profile, as_of=case.as_of, stage=case.stage)
        whole.update(verdict.model_dump_json().encode())
print(whole.hexdigest())
"""

PROFILES = [case.profile for case in shipped_cases() if case.rule is None and case.refused is None]


def in_a_process(environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_hash_seed_time_zone_and_locale_change_no_byte() -> None:
    environments = [
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8", "PYTHONOPTIMIZE": "1"},
    ]
    here = hashlib.sha256()
    for case in shipped_cases():
        if case.rule is None and case.refused is None:
            verdict = shipped_screener().screen(case.profile, as_of=case.as_of, stage=case.stage)
            here.update(verdict.model_dump_json().encode())
    assert {in_a_process(environment) for environment in environments} == {here.hexdigest()}


def test_a_verdict_goes_out_as_json_and_comes_back_the_same() -> None:
    for profile in PROFILES[::7]:
        verdict = shipped_screener().screen(profile, as_of=AS_OF, stage=Stage.SESSION)
        again = Verdict.model_validate_json(verdict.model_dump_json())
        assert again == verdict
        assert again.model_dump_json() == verdict.model_dump_json()


def one_by_one(profiles: list[PatientProfile]) -> list[str]:
    return [screen(shipped_screener(), profile) for profile in profiles]


def screen(screener: Screener, profile: PatientProfile) -> str:
    return screener.screen(profile, as_of=AS_OF, stage=Stage.SESSION).model_dump_json()


def test_eight_threads_on_one_screener_give_what_one_gives() -> None:
    profiles = PROFILES * 3
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda profile: screen(shipped_screener(), profile), profiles))
    assert together == one_by_one(profiles)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_workers_give_what_the_parent_gives() -> None:
    some = PROFILES[::20]
    expected = hashlib.sha256("".join(one_by_one(some)).encode()).hexdigest()
    for _ in range(2):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            got = hashlib.sha256("".join(one_by_one(some)).encode()).hexdigest()
            os.write(writer, got.encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            assert pipe.read() == expected
        assert os.waitpid(child, 0)[1] == 0


def test_a_pickled_or_copied_screener_gives_the_same() -> None:
    for screener in (pickle.loads(pickle.dumps(shipped_screener())), deepcopy(shipped_screener())):
        assert screen(screener, PROFILES[0]) == screen(shipped_screener(), PROFILES[0])
        assert screener.rulebook.bytes_digest == shipped().bytes_digest


def test_a_closed_screener_opens_again() -> None:
    with Screener(shipped()) as screener:
        before = screen(screener, PROFILES[0])
    assert screen(screener, PROFILES[0]) == before
