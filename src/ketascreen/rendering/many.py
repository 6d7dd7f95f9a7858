"""The lines of `ketascreen screen --many`: one for each patient, and a summary."""

from __future__ import annotations

from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.recommendation import Recommendation


def told(said: Recommendation, *, texts: Catalogue = ENGLISH) -> str:
    """The recommendations in one line, each with its routes. Faults, disagreements and alerts come first."""
    groups: dict[str, list[str]] = {}
    for route, one in said.routes.items():
        words = texts.label("decision", one.decision)
        if one.readiness:
            words = texts.text("many.today", decision=words, readiness=texts.label("readiness", one.readiness))
        groups.setdefault(words, []).append(route)
    doubt = [texts.text("many.fault")] if said.faults else []
    doubt += [texts.text("many.disagreement")] if said.agreement.disagreements else []
    alerts = sorted({alert for one in said.routes.values() for alert in one.alerts})
    doubt += [texts.text("many.alert", rule=alert) for alert in alerts]
    recommended = [
        texts.text("many.routes", recommendation=words, routes=texts.listed(routes)) for words, routes in groups.items()
    ]
    return texts.text("join.semicolon").join([*doubt, *recommended])


def summed_up(screened: int, faulty: int, refused: int, *, texts: Catalogue = ENGLISH) -> str:
    """How many lines were screened, how many of them with a fault, and how many were refused."""
    if not screened + refused:
        return texts.text("many.summary", told=texts.text("many.summary.none"))
    parts = [texts.text("many.summary.screened", count=f"{screened:,}")]
    parts += [texts.text("many.summary.faulty", count=f"{faulty:,}")] if faulty else []
    parts += [texts.text("many.summary.refused", count=f"{refused:,}")] if refused else []
    return texts.text("many.summary", told=texts.listed(parts))
