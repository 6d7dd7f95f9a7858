"""`options` gives the routes another name in what people read, and in nothing else; `--route` goes by the rulebook."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from ketascreen import Ledger, RequestError, Screener, load_rulebook
from ketascreen.language.rulebook import OptionWords, Rulebook
from ketascreen.loading import snapshot
from ketascreen.screening.request import read_request
from ketascreen.texts.english import ENGLISH
from tests.helpers.command_line import AS_OF, Ran, flat, run
from tests.helpers.route_names import files_with
from tests.helpers.rulebook_files import RULE, changed, problems, text_of, with_files
from tests.helpers.screening import AS_OF as TIME
from tests.helpers.screening import baseline, profile_of

WORDS = "options: {one: drug, many: drugs}\n"
ROUTES = ("alteplase", "tenecteplase")
FILES = files_with(ROUTES, Random(2))
DRUGS = {**FILES, "rulebook.yaml": text_of("rulebook.yaml") + WORDS}
PATIENT = b'{"age": {"value": 20, "at": "2026-11-22"}}'


@pytest.fixture(scope="module")
def drugs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_files(tmp_path_factory.mktemp("drugs"), DRUGS)


@pytest.fixture(scope="module")
def plainly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_files(tmp_path_factory.mktemp("plainly"), FILES)


def screen(folder: Path, *args: str) -> Ran:
    return run("screen", "-", "--as-of", AS_OF, "--rules", str(folder), *args, stdin=PATIENT)


def without_digest(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("Rulebook: "))


def test_the_page_of_a_verdict_speaks_of_drugs_and_says_the_same(drugs: Path, plainly: Path) -> None:
    named, usual = (without_digest(screen(folder, "-v").out) for folder in (drugs, plainly))
    assert "Drug          Recommendation" in named
    assert "of other drugs" in flat(named)
    assert "Drugs: " in named
    assert "oute" not in named
    renamed = [("Drugs", "Routes"), ("Drug ", "Route"), ("drugs", "routes")]
    for word, other in renamed:
        named = named.replace(word, other)
    assert flat(named) == flat(usual.replace("Route  ", "Route "))


def test_json_and_options_keep_their_names(drugs: Path, plainly: Path) -> None:
    named, usual = (json.loads(screen(folder, "--json", "--route", "alteplase").out) for folder in (drugs, plainly))
    assert list(named["routes"]) == ["alteplase"]
    assert named.pop("rulebook").keys() == usual.pop("rulebook").keys()
    assert named == usual


@pytest.mark.parametrize("command", [("screen", "-"), ("rules",), ("screen", "-", "--many")])
@pytest.mark.parametrize("route", ["alteplas", "iv", "", "Alteplase"])
def test_an_unknown_route_is_refused_with_those_of_the_rulebook(
    command: tuple[str, ...], route: str, drugs: Path
) -> None:
    ran = run(*command, "--rules", str(drugs), "--route", route, stdin=PATIENT)
    assert (ran.status, ran.out) == (2, "")
    assert flat(ran.err) == f"the rulebook has no drug `{route}`; it has alteplase, tenecteplase [route]"


def test_only_the_routes_asked_for_are_screened(drugs: Path) -> None:
    ran = screen(drugs, "--route", "tenecteplase", "--route", "alteplase", "--route", "alteplase")
    rows = [
        line.split()[0] for line in ran.out.splitlines() if line.endswith(("About alteplase", "About tenecteplase"))
    ]
    assert rows == ["alteplase", "tenecteplase"]
    many = screen(drugs, "--many", "--route", "tenecteplase")
    assert ("alteplase" in many.out.replace("tenecteplase", ""), "tenecteplase" in many.out) == (False, True)


def test_other_pages_and_messages_speak_of_drugs(drugs: Path, tmp_path: Path) -> None:
    assert "Drugs: all" in run("show", "heart", "--rules", str(drugs)).out
    (refused,) = problems(with_files(tmp_path / "a", {**DRUGS, **changed(RULE, "routes: all", "routes: [iv]")}))
    assert refused.message == "the rulebook has no drug `iv`"
    assert refused.hint == "the drugs are the keys of routes.yaml: alteplase, tenecteplase; `all` is all of them"
    rulebook = load_rulebook(drugs)
    with pytest.raises(RequestError, match="names a drug that the rulebook does not have; it has alteplase, tenec"):
        read_request(rulebook, TIME, "candidacy", ["iv"])
    none = replace(rulebook, rules=tuple(rule for rule in rulebook.rules if rule.effect != "exclude"))
    with pytest.raises(Exception, match="no exclusion for the drug `alteplase`"):
        Screener(none, channels=("reference",))


def test_the_page_of_a_record_speaks_of_drugs(drugs: Path, tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        screener = Screener(load_rulebook(drugs), channels=("reference",), ledger=ledger)
        receipt = screener.screen(profile_of(baseline()), as_of=TIME, reference="p-1").receipt
    assert receipt is not None
    page = run("audit", "show", str(tmp_path / "ledger.db"), str(receipt.record)).out
    assert "\nDrugs\n" in page
    assert "\nRoutes\n" not in page


def test_the_words_are_meaning_only_where_they_are_given(drugs: Path, plainly: Path) -> None:
    named, usual = load_rulebook(drugs), load_rulebook(plainly)
    assert (named.identity.options, usual.identity.options) == (OptionWords("drug", "drugs"), OptionWords())
    assert usual.meaning_digest != named.meaning_digest == with_words(usual, "drug", "drugs").meaning_digest
    assert with_words(usual, "route", "routes").meaning_digest == usual.meaning_digest
    again = snapshot.read(json.loads(json.dumps(snapshot.write(named))), named.files, named.bytes_digest, ())
    assert again.identity == named.identity


def with_words(rulebook: Rulebook, one: str, many: str) -> Rulebook:
    return replace(rulebook, identity=replace(rulebook.identity, options=OptionWords(one, many)))


def test_a_catalogue_keeps_all_other_texts() -> None:
    other = ENGLISH.calling("MAOI drug", "MAOI drugs")
    differing = {text_id: text for text_id, text in other.templates.items() if ENGLISH.templates[text_id] != text}
    assert differing == {
        "option.many": "MAOI drugs",
        "option.head.one": "MAOI drug",
        "option.head.many": "MAOI drugs",
    }
    assert ENGLISH.calling("route", "routes") == ENGLISH
