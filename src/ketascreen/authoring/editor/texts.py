"""What an editor shows for each key of a rulebook's files; for an operator or an effect, its own table says it."""

from __future__ import annotations

from collections.abc import Mapping

KEYS: Mapping[str, Mapping[str, str]] = {
    "RuleModel": {
        "id": "Lower-case words joined by hyphens; the same as the file's name.",
        "title": "A few words.",
        "stage": "When the rule is asked: for candidacy, for a session, or, for an alert, for both.",
        "effect": "What follows when the condition holds.",
        "decided_by": "Who may decide to go ahead although a review or a hold is met; without it, the effect says so.",
        "routes": "`all`, or a list of the routes that the rule is for.",
        "when": "The condition. `always` is for review, caution and advise only.",
        "say": "What a met finding tells the reader, in one or two sentences.",
        "do": "What would settle or fix it.",
        "sources": "Citations, at least one.",
        "conflicts": "Conflicts of conflicts.yaml that this rule carries; each of them names this rule too.",
        "interpretation": "How the rule reads vague sources. If no source makes the choice, it says policy.",
        "sign_off": "Whether a clinician has approved the rule.",
        "allow": "Check findings that are accepted, each with its reason.",
    },
    "CitationModel": {
        "says": "One or two words for what the source does with it: exclude, avoid, require, caution, monitor, ...",
        "document": "A file of documents.yaml.",
        "line": "The line of the document, counted from 1.",
        "phrase": "At most 12 words, copied exactly from that line.",
        "outside": "An outside source of documents.yaml; it is cited without line and phrase.",
    },
    "SignOffModel": {
        "status": "`draft`, or `approved` with `by` and `date`.",
        "by": "Who approved it.",
        "date": "The day of approval, as 2026-11-22.",
        "review_by": "The day of the next review at the latest, as 2026-11-22.",
    },
    "AllowModel": {
        "check": "The code of the check finding.",
        "reason": "Why it is accepted.",
    },
    "AllowAboutModel": {
        "check": "The code of the check finding.",
        "reason": "Why it is accepted.",
        "about": "The fact, parameter or conflict that it is about.",
    },
    "ParameterModel": {
        "value": "A quantity with its unit, such as 140 mmHg.",
        "stricter": "Which direction makes rules hold for more people.",
        "basis": "`source` with citations, or `policy` with a reason.",
        "reason": "Why this value, if it is policy.",
        "sources": "Citations of the lines that give the value.",
    },
    "DefinitionModel": {
        "title": "A few words.",
        "when": "The condition; rules use it as `meets: <name>`.",
        "sources": "Citations of what the term means.",
    },
    "CodeModel": {
        "system": "The terminology, such as loinc or snomed.",
        "code": "The code in it.",
        "choice": "The choice that it is for; the fact itself if this is left out.",
    },
    "FactModel": {
        "type": "`number` or `integer` with a unit and a range; `choice` or `list` with choices.",
        "label": "What people call it.",
        "domain": "The part of medicine that it belongs to, such as renal.",
        "unit": "The unit that answers are kept in.",
        "minimum": "The lowest answer that can be right.",
        "maximum": "The highest answer that can be right.",
        "choices": "The words that may be answered; at least two; not yes, no, on, off, true or false.",
        "opaque": "Choices that stand for more than one thing (other): a decision on one counts for that answer alone.",
        "codes": "Codes of terminologies.",
        "changeable": "Whether it can change in a patient; true if this is left out.",
        "note": "Anything that a person who answers should know.",
    },
    "FreshnessModel": {
        "fresh_for": "How long an answer counts: `same day`, or whole days.",
        "lasting": "Choices that count until they are replaced; each alone must meet an exclusion on every route.",
        "permanent": "Choices that do not age.",
        "reason": "Why this long.",
    },
    "VocabularyModel": {
        "facts": "Facts that this rulebook adds to the built-in ones.",
        "freshness": "How long an answer to each fact counts; older than that, it is unknown.",
    },
    "StatementModel": {
        "says": "What the sources say of the route.",
        "sources": "Citations of the lines that say it, at least one.",
    },
    "RouteModel": {
        "title": "The route in a few words.",
        "attributes": "What the sources say of it, by attribute; shown beside a verdict, never part of a decision.",
    },
    "DocumentModel": {
        "title": "The document's title.",
        "kind": "What kind of document it is.",
        "trust": "How far it is trusted, in a few words.",
        "why": "Why it is trusted this far.",
        "sha256": "The sha256 of its bytes.",
        "lines": "How many lines it has.",
    },
    "OutsideModel": {
        "title": "The source's title.",
        "where": "Where it is found.",
        "phrase": "At most 12 words, copied exactly.",
        "read": "`original` if the words were read at the source, `copy` if they were read in a secondary copy.",
    },
    "DocumentsModel": {
        "documents": "The source documents, by file name.",
        "outside_sources": "Sources outside the documents that define a vague term.",
    },
    "ConflictModel": {
        "topic": "What the sources disagree on.",
        "statements": "Citations of both sides, at least two.",
        "resolution": "How it is resolved.",
        "rules": "The rules that carry it; each of them names this conflict too.",
        "reason": "Why no rule carries it, if `rules` is empty.",
        "note": "Anything else that a reader should know.",
    },
    "NotEncodedModel": {
        "document": "A file of documents.yaml.",
        "line": "The line of the document, counted from 1.",
        "phrase": "At most 12 words, copied exactly from that line.",
        "reason": "Why no rule carries it.",
    },
    "RulebookModel": {
        "id": "Lower-case words joined by hyphens.",
        "title": "A few words.",
        "version": 'Three numbers in quotes, such as "1.2.0".',
        "format": "The version of the rule format.",
        "effective": "The first day on which it applies, as 2026-11-22.",
        "requires": 'The lowest version of ketascreen, in quotes, such as ">=0.1.0".',
        "responsible": "Who answers for it.",
        "intended_use": "What it is for.",
        "limits": "What it is not for, and what it does not know.",
        "allow": "Check findings that are accepted and are not about one rule, each with its reason.",
    },
    "CaseModel": {
        "name": "What the case shows, as a sentence.",
        "as_of": "The time of the screening, such as 2026-11-22T09:00:00Z.",
        "observed_at": "When the answers of `given` without their own `at` were observed.",
        "start": "The start that `given` changes: vignettes/<name>.start.yaml.",
        "given": "What is known of the patient; a fact that is left out is not known.",
        "without": "Facts to take away from the start.",
        "stage": "candidacy if this is left out.",
        "decisions": "Rules that a clinician decides that day to go ahead with.",
        "expect": "The expected results.",
    },
    "ExpectModel": {
        "finding": "The outcome of the rule.",
        "because": "Exactly the facts that a met or not met finding rests on.",
        "asks": "The facts that are lacking: for a rule exactly these, for a whole patient among others.",
        "gives": "The decision that this rule alone would give for a route; for a hold, the readiness.",
        "decisions": "The decision for each route.",
        "readiness": "The readiness for each route.",
        "alerts": "Exactly the alerts that are met.",
        "refused": "Exactly the decisions that are refused, since nobody decides on these rules.",
        "met": "Rules that are met, among others.",
        "unknown": "Rules that are unknown, among others.",
    },
    "StartModel": {
        "as_of": "The time of the screening, such as 2026-11-22T09:00:00Z.",
        "observed_at": "When the answers of `given` without their own `at` were observed.",
        "given": "What is known of the patient; a fact that is left out is not known.",
    },
}
"""What an editor shows for each key of each model."""

CONDITIONS: Mapping[str, str] = {
    "all": "Holds when each of its members holds.",
    "any": "Holds when one of its members holds.",
    "not": "Holds when its member is known not to hold.",
    "meets": "Uses a definition of definitions.yaml.",
}
