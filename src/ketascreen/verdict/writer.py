"""Writes verdicts as JSON, with the words of each rule encoded once."""

from __future__ import annotations

from datetime import date
from operator import attrgetter

from ketascreen.arguments import require
from ketascreen.language.terms import Outcome
from ketascreen.verdict.finding import FactUsed, Finding
from ketascreen.verdict.verdict import Verdict
from ketascreen.verdict.wording import Wording

_FIELDS = list(Finding.model_fields)
_HEAD = _FIELDS[: _FIELDS.index("outcome")]
_MIDDLE = _FIELDS[_FIELDS.index("outcome") + 1 : _FIELDS.index("rests_on")]
_words = attrgetter(*_HEAD, *_MIDDLE)
_VERDICT = list(Verdict.model_fields)
_BEFORE, _AFTER = (
    set(_VERDICT[: _VERDICT.index("findings")]),
    set(_VERDICT[_VERDICT.index("findings") + 1 :]),
)


class VerdictWriter:
    """Writes the bytes of `Verdict.model_dump_json`, in two thirds of its time, for verdicts by one rulebook."""

    def __init__(self, words: Wording) -> None:
        require(words, Wording, "words", "the words of a rulebook", "give `screener.wording`")
        blank = words.findings(((rule, Outcome.NOT_MET, (), ()) for rule in words.rules), date.min)
        self._written = {
            finding.rule: (_words(finding), _part(finding, _HEAD), _part(finding, _MIDDLE)) for finding in blank
        }

    def json(self, verdict: Verdict) -> str:
        """The JSON of a verdict. A finding with other words than the rulebook's is written by its own words."""
        require(verdict, Verdict, "verdict", "a Verdict", "give what `screen` returned")
        used: dict[int, str] = {}
        findings = ",".join([self._finding(finding, used) for finding in verdict.findings])
        before, after = (verdict.model_dump_json(include=fields) for fields in (_BEFORE, _AFTER))
        return f'{before[:-1]},"findings":[{findings}],{after[1:]}'

    def _finding(self, finding: Finding, used: dict[int, str]) -> str:
        """`used` has the JSON of each fact by its identity: many findings rest on the same."""
        words, head, middle = self._written.get(finding.rule, ((), "", ""))
        if words != _words(finding):
            return finding.model_dump_json()
        rests_on = ",".join([_fact(fact, used) for fact in finding.rests_on])
        lacks = ",".join([fact.model_dump_json() for fact in finding.lacks])
        return f'{{{head},"outcome":"{finding.outcome.value}",{middle},"rests_on":[{rests_on}],"lacks":[{lacks}]}}'


def _part(finding: Finding, fields: list[str]) -> str:
    return finding.model_dump_json(include=set(fields))[1:-1]


def _fact(fact: FactUsed, used: dict[int, str]) -> str:
    if id(fact) not in used:
        used[id(fact)] = fact.model_dump_json()
    return used[id(fact)]
