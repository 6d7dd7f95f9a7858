"""A whole program that uses ketascreen, in some 60 lines: it reads patients, screens them, and records a decision.

    python examples/client.py night.db examples/lozenge-at-home.yaml

Its types are checked by mypy and by pyright, as strictly as they can.
"""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ketascreen import (
    Decision,
    KetascreenError,
    Ledger,
    OverrideReason,
    PatientProfile,
    Readiness,
    Screener,
    Verdict,
    read_profile,
)

CLINIC = "Europe/Berlin"


def lines(verdict: Verdict) -> Iterator[str]:
    """Each route with its decision, the reasons with their sources, and what is to be asked."""
    for route, one in verdict.routes.items():
        yield f"{route}: {one.decision.value}"
        for finding in verdict.reasons(route):
            cited = ", ".join(f"{source.document or source.outside} {source.line or ''}" for source in finding.sources)
            yield f"  {finding.outcome.value}: {finding.title} ({cited.strip()})"
        for ask in one.asks:
            yield f"  ask: {ask.label} ({ask.answer}): {ask.why}"


def may_be_given(verdict: Verdict, route: str) -> bool:
    """Whether a session may begin by this route."""
    one = verdict.routes[route]
    return one.readiness is Readiness.READY and one.decision is not Decision.NOT_ELIGIBLE


def visit(screener: Screener, ledger: Ledger, profile: PatientProfile, reference: str, now: datetime) -> Verdict:
    """Screens for a session; a clinician goes ahead with use at home, if that alone is in the way."""
    verdict = screener.screen(profile, as_of=now, stage="session", reference=reference)
    if verdict.routes["sublingual"].readiness_reasons != ("home-use",):
        return verdict
    reason, text = OverrideReason.RISK_REDUCED, "The partner is present, and knows what to do."
    ledger.override(verdict, rule="home-use", reason=reason, text=text, by="dr-17", at=now)
    return screener.screen(profile, as_of=now, stage="session", reference=reference)


def main(ledger_file: Path, profile_file: Path, now: datetime) -> int:
    try:
        with Ledger(ledger_file) as ledger, Screener.default(ledger=ledger, time_zone=CLINIC) as screener:
            verdict = visit(screener, ledger, read_profile(profile_file), "p-17", now)
    except KetascreenError as error:
        for problem in error.diagnostics:
            print(problem.code, problem.pointer or "", problem.message, problem.hint, file=sys.stderr)
        return 2
    print(*lines(verdict), sep="\n")
    return 0 if may_be_given(verdict, "sublingual") else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(ZoneInfo(CLINIC))))
