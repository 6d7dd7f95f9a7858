"""`ketascreen new`: a rule with its cases, or a fact, to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.authoring.new_fact import FRESH_FOR, TYPES, NewFact, check_fact, write_fact
from ketascreen.authoring.new_rule import NewRule, check_new, unread_rule, write_rule
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import dir_option, require_rulebook
from ketascreen.diagnostic import printable
from ketascreen.language.terms import Effect
from ketascreen.rendering.page import Flow, Line, show, wrapped
from ketascreen.rendering.shell import pasted

_OF_A_RULE = {
    AuthoringStatus.WELL: "the rule and its cases are written",
    AuthoringStatus.BAD_INPUT: "the call was refused; nothing is written",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}
_OF_A_FACT = {**_OF_A_RULE, AuthoringStatus.WELL: "the fact is written"}


class _New(click.Group):
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Says what to write to somebody who names no kind of thing, but the rule itself."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            name = printable(args[0])
            ctx.fail(f"`{name}` is neither `rule` nor `fact`; write `{ctx.command_path} rule {name}` for a new rule")
        return super().resolve_command(ctx, args)


@click.group("new", cls=_New)
def command() -> None:
    """Write a new rule with its cases, or a new fact, for you to fill in."""


@command.command("rule", epilog=epilog(_OF_A_RULE))
@click.argument("name", metavar="RULE")
@click.option("--effect", metavar="EFFECT", required=True, help=f"What follows when it is met: {', '.join(Effect)}.")
@click.option(
    "--stage",
    metavar="STAGE",
    help="candidacy, session, or, for an alert, both. [the first of these that the effect can have]",
)
@click.option("--routes", metavar="ROUTES", default="all", help="all, or routes with commas between, such as iv,im.")
@click.option(
    "--list",
    "about",
    metavar="FACT",
    help="The rule is about this list: write its condition, and a rule for entries that nobody has read too.",
)
@dir_option
def rule(name: str, effect: str, stage: str | None, routes: str, about: str | None, folder: Path) -> None:
    """Write a rule named RULE with its cases, for you to fill in.

    RULE is its id: lower-case words joined by hyphens, such as kidney-failure. The file is in the subfolder of its
    effect, with its cases beside it. Until every key has its value, `ketascreen check` points at each key without one,
    and the rulebook does not load.
    """
    require_rulebook(folder)
    listed = [] if routes == "all" else [route.strip() for route in routes.split(",")]
    made = check_new(name, effect, stage, listed, folder, about)
    unread = unread_rule(made, folder) if about is not None else None
    written = [(one, *write_rule(one, folder)) for one in (made, unread) if one is not None]
    show(_told(written, folder))


@command.command("fact", epilog=epilog(_OF_A_FACT))
@click.argument("name", metavar="NAME")
@click.option("--type", "kind", metavar="TYPE", required=True, help=f"What an answer is: {', '.join(TYPES)}.")
@click.option("--choices", metavar="WORDS", help="For list and choice: the words, with commas between.")
@click.option("--unit", metavar="UNIT", help="For a number or a time since an event, such as mmHg, months or none.")
@click.option("--minimum", metavar="NUMBER", help="The lowest number that an answer can be.")
@click.option("--maximum", metavar="NUMBER", help="The highest number that an answer can be.")
@click.option("--label", metavar="TEXT", help="What a reader sees, such as Liver conditions.")
@click.option("--domain", metavar="TEXT", help="The part of medicine that it is listed under, such as liver.")
@click.option("--fresh-for", metavar="TIME", help=f"How long an answer counts: {FRESH_FOR}.")
@click.option("--reason", metavar="TEXT", help="Why an answer counts for so long.")
@click.option("--uses", metavar="WORDS", help="The kinds of data that it uses, with commas between, or none.")
@dir_option
def fact(
    name: str,
    kind: str,
    choices: str | None,
    unit: str | None,
    minimum: str | None,
    maximum: str | None,
    label: str | None,
    domain: str | None,
    fresh_for: str | None,
    reason: str | None,
    uses: str | None,
    folder: Path,
) -> None:
    """Add a fact named NAME to vocabulary.yaml, with how long an answer counts.

    NAME is lower-case words joined by underscores, such as liver_conditions. What no option gives stands there as a key
    without a value: until you fill it in, `ketascreen check` points at it, and the rulebook does not load. All else in
    the file stays as it is. If the folder has schemas for an editor, they are written again once the fact is complete.
    """
    require_rulebook(folder)
    used = () if uses == "none" else _words(uses)
    made = NewFact(name, kind, _words(choices), unit, minimum, maximum, label, domain, fresh_for, reason, used)
    written, schemas = write_fact(check_fact(made, folder), folder)
    show(_told_fact(made, written, schemas, folder))


def _words(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(word.strip() for word in text.split(","))


def _told(written: list[tuple[NewRule, Path, Path]], folder: Path) -> Iterator[Line]:
    """What was written, and what to do next."""
    for made, rule_file, cases in written:
        yield from wrapped(f"Wrote {rule_file}")
        yield from wrapped(f"  and {cases}", indent=2)
        if made.unread and made.about is not None:
            yield from wrapped(f"for entries of {made.about.name} that nobody has read.", indent=4)
    first = written[0][0]
    if first.about is not None and len(written) == 1:
        yield from wrapped(f"No other rule is needed for entries of {first.about.name} that nobody has read.")
    yield from _next("Fill in each key that has no value. This points at each one that is left:", folder)


def _told_fact(made: NewFact, written: Path, schemas: int, folder: Path) -> Iterator[Line]:
    yield from wrapped(f"Added {made.name} to {written}.")
    if made.uses is None:
        yield from wrapped(
            "`ketascreen attributes` shows what it uses as not said; write `uses: []` or its kinds.", hang=2
        )
    if made.is_complete:
        if schemas:
            yield from wrapped(f"Wrote its {schemas} schemas again.")
        yield from _next("Ask the fact in a rule. This points at what is wrong:", folder)
        return
    yield from _next("Fill in each key that has no value. This points at each one that is left:", folder)
    if schemas:
        yield from wrapped("Then write the schemas again, so that an editor knows the fact:")
        yield Line(f"  {pasted('ketascreen', 'schema', folder)}", flow=Flow.WHOLE)


def _next(text: str, folder: Path) -> Iterator[Line]:
    yield Line()
    yield from wrapped(text)
    yield Line(f"  {pasted('ketascreen', 'check', folder)}", flow=Flow.WHOLE)
