"""`ketascreen verify-sources`: whether the cited words are where the rules say."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.authoring.traceability import Carrier, documents_in, mentions, no_documents, verify
from ketascreen.cli.exit_status import ExitStatus
from ketascreen.cli.options import json_option, rulebook_of, rules_option, show_json
from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.built_in import built_in_rules
from ketascreen.rendering.page import Line, Style, show, width_of, wrapped
from ketascreen.signing import VerifyKey

_PLURALS = {
    Carrier.RULE: "rules",
    Carrier.DEFINITION: "definitions",
    Carrier.PARAMETER: "parameters",
    Carrier.CONFLICT: "conflicts",
    Carrier.ROUTE: "routes",
    Carrier.NOT_ENCODED: "what is not encoded",
    Carrier.RETIRED: "retired rules",
}


@click.command("verify-sources")
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@json_option
@rules_option
def command(folder: Path | None, as_json: bool, rules: Path | None, keys: tuple[VerifyKey, ...]) -> None:
    """Check each source document in DIR by its sha256, and each cited phrase by its line.

    Without DIR the documents are in documents/ in the rulebook's folder.
    It ends with 0 when all is well, and with 2 when a document differs or a phrase is not found.
    """
    rulebook = rulebook_of(rules, keys)
    documents = folder or documents_in(rules or built_in_rules(), rulebook)
    if documents is None:
        raise RequestError([no_documents("put them there, or name the folder that holds them")])
    problems = verify(rulebook, documents)
    if as_json:
        show_json({**_counts(rulebook), "problems": [problem.as_data() for problem in problems]})
    else:
        show(render(rulebook, problems))
    raise click.exceptions.Exit(ExitStatus.BAD_INPUT if problems else 0)


def _counts(rulebook: Rulebook) -> dict[str, object]:
    cited = list(mentions(rulebook))
    inside = Counter(mention.carrier for mention in cited if mention.citation.document is not None)
    return {
        "documents": len(rulebook.documents),
        "phrases": inside.total(),
        "phrases_by_carrier": {carrier: inside[carrier] for carrier in Carrier},
        "outside_not_checked": len(cited) - inside.total(),
    }


def render(rulebook: Rulebook, problems: tuple[Diagnostic, ...]) -> Iterator[Line]:
    """What was checked, and each problem with its place."""
    counts = _counts(rulebook)
    cited = [mention for mention in mentions(rulebook) if mention.citation.document is not None]
    carriers = Counter(mention.carrier for mention in cited)
    plurals = {**_PLURALS, Carrier.ROUTE: rulebook.identity.options.many}
    told = {
        carrier: plural for carrier, plural in plurals.items() if carrier is not Carrier.RETIRED or rulebook.retired
    }
    by_carrier = ", ".join(f"{carriers[carrier]} of {plural}" for carrier, plural in told.items())
    yield from wrapped(f"Documents checked by sha256 and number of lines: {counts['documents']}.")
    yield from wrapped(f"Phrases looked for on their lines: {counts['phrases']} ({by_carrier}).")
    yield from wrapped(f"Citations of outside sources, not looked at: {counts['outside_not_checked']}.")
    for problem in problems:
        yield from (Line(line, Style.URGENT) for line in problem.lines(width_of(sys.stdout)))
    found = f"Problems: {len(problems)}." if problems else "All found."
    yield from wrapped(found, style=Style.URGENT if problems else Style.GOOD)
