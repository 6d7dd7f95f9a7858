"""`ketascreen mutate`: every slip in every rule, and the cases that notice it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import click

from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.mutation.git_diff import rules_changed_since
from ketascreen.authoring.mutation.left_out import LeftOut
from ketascreen.authoring.mutation.line_edits import read_sources
from ketascreen.authoring.mutation.mutant import Mutant, mutants, source_paths
from ketascreen.authoring.mutation.run import Fate, MutantResult, MutantRun, try_all
from ketascreen.cli.exit_status import AUTHORING_MEANING, AuthoringStatus, epilog
from ketascreen.cli.options import counter, json_option, rule_of, rulebook_of, show_json
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.built_in import built_in_rules
from ketascreen.rendering.mutants import as_data, render
from ketascreen.rendering.page import show
from ketascreen.runtime.process_pool import cores

MEANING = {
    **AUTHORING_MEANING,
    AuthoringStatus.WELL: "every slip is noticed, or as many as `--fail-under` asks for",
    AuthoringStatus.FINDINGS: "a slip that no case notices, or a case that does not hold",
}


@click.command("mutate", epilog=epilog(MEANING))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--rule", "rules", metavar="RULE", multiple=True, help="Only this rule; may be given more than once.")
@click.option("--since", metavar="REV", help="Only rules that changed since this git revision.")
@click.option(
    "-j", "workers", metavar="N", type=click.IntRange(1, 256), help="The number of processes; one for each core."
)
@click.option(
    "--fail-under",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    default=100,
    help="The percentage of slips that cases must notice.  [all of them]",
)
@click.option("-v", "--verbose", is_flag=True, help="Show each slip, not the first of each rule alone.")
@json_option
def command(
    folder: Path | None,
    rules: Sequence[str],
    since: str | None,
    workers: int | None,
    fail_under: float,
    verbose: bool,
    as_json: bool,
) -> None:
    """Try every slip in the rulebook in DIR, or in the built-in one.

    A slip is a small mistake: a threshold one step up or down, `at_least` for `above`, `any` for `all`, a dropped
    branch, word, route or mark, a swapped choice, a weaker effect. The command makes each slip and runs the cases that
    touch it. If no case notices a slip, it shows the changed line and the missing case.

    Cases that do not hold are left out, and a rule with one of its own among them is not tried.
    """
    place = folder or built_in_rules()
    rulebook = rulebook_of(folder)
    whole = MutantRun(rulebook, read_cases(place, rulebook))
    failing = whole.failing()
    wanted = _chosen(place, rulebook, rules, since)
    left_out = LeftOut.of(failing, wanted)
    tried = whole.without(failing)
    chosen = tuple(mutant for mutant in wanted if left_out.is_tried(mutant))
    results = try_all(chosen, tried, workers=workers or cores(), progress=counter("slips tried", of=len(chosen)))
    if as_json:
        show_json(as_data(chosen, results, left_out))
    else:
        show(render(chosen, results, rulebook, left_out, verbose=verbose))
    raise click.exceptions.Exit(AuthoringStatus.FINDINGS if failing else _status(results, fail_under))


def _chosen(place: Path, rulebook: Rulebook, rules: Sequence[str], since: str | None) -> tuple[Mutant, ...]:
    for rule in rules:
        rule_of(rulebook, rule)
    found = mutants(rulebook, read_sources(place, source_paths(rulebook)))
    if not rules and since is None:
        return found
    wanted = frozenset(rules or (rule.id for rule in rulebook.rules))
    if since is not None:
        wanted &= rules_changed_since(since, place, rulebook)
    return tuple(mutant for mutant in found if wanted.intersection(mutant.touches))


def _status(results: Sequence[MutantResult], fail_under: float) -> AuthoringStatus:
    counted = Counter(result.fate for result in results)
    killed, all_that_count = counted[Fate.KILLED], counted[Fate.KILLED] + counted[Fate.SURVIVED]
    enough = Fraction(killed * 100) >= Fraction(fail_under) * all_that_count
    return AuthoringStatus.WELL if enough else AuthoringStatus.FINDINGS
