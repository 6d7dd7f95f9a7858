"""What an editor shows for each key of a rulebook's files; for an operator or an effect, its own table says it."""

from __future__ import annotations

from collections.abc import Mapping

KEYS: Mapping[str, Mapping[str, str]] = {
    "RuleModel": {
        "id": "Lower-case words joined by hyphens; the same as the file's name.",
        "title": "A few words.",
        "stage": "When the rule is asked: for candidacy, for a session, or, for an alert, for both.",
        "effect": "What follows when the condition holds.",
        "routes": "`all`, or a list of the routes that the rule is for.",
        "when": "The condition. `always` is for review, caution and advise only.",
        "say": "What a met finding tells the reader, in one or two sentences.",
        "do": "What would settle or fix it.",
        "sources": "Citations, at least one.",
        "conflicts": "Conflicts of conflicts.yaml that this rule carries; each of them names this rule too.",
        "interpretation": "How a vague reading was come to. Where no source makes the choice, it says policy.",
        "sign_off": "Whether a clinician has approved the rule.",
        "allow": "Findings of `ketascreen check` that stand, each with its reason.",
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
        "review_by": "The day by which it is looked at again, as 2026-11-22.",
    },
    "AllowModel": {
        "check": "The code of the finding that stands.",
        "reason": "Why it stands.",
    },
    "AllowAboutModel": {
        "check": "The code of the finding that stands.",
        "reason": "Why it stands.",
        "about": "The fact, parameter or conflict that it is about.",
    },
    "ParameterModel": {
        "value": "A quantity with its unit, such as 140 mmHg.",
        "stricter": "Which direction makes rules hold for more people.",
        "basis": "`source` with citations, or `policy` with a reason.",
        "reason": "Why this value, where it is policy.",
        "sources": "Citations of where the value stands.",
    },
    "DefinitionModel": {
        "title": "A few words.",
        "when": "The condition; rules ask it as `meets: <name>`.",
        "sources": "Citations of what the term means.",
    },
    "CodeModel": {
        "system": "The terminology, such as loinc or snomed.",
        "code": "The code in it.",
        "choice": "The choice that it is for; the fact itself where this is left out.",
    },
    "FactModel": {
        "type": "`number` or `integer` with a unit and a range; `choice` or `list` with choices.",
        "label": "What people call it.",
        "domain": "The part of medicine that it belongs to, such as renal.",
        "unit": "The unit that answers are kept in.",
        "minimum": "The lowest answer that can be right.",
        "maximum": "The highest answer that can be right.",
        "choices": "The words that may be answered; at least two; not yes, no, on, off, true or false.",
        "codes": "Codes of terminologies.",
        "changeable": "Whether it can change in a patient; true where this is left out.",
        "note": "Anything that whoever answers should know.",
    },
    "FreshnessModel": {
        "fresh_for": "How long an answer counts: `same day`, or whole days.",
        "lasting": "Choices that count until they are replaced; each must by itself meet an exclude rule everywhere.",
        "permanent": "Choices that do not age.",
        "reason": "Why so long.",
    },
    "VocabularyModel": {
        "facts": "Facts that this rulebook adds to the built-in ones.",
        "freshness": "How long an answer to each fact counts; older than that, it is unknown.",
    },
    "StatementModel": {
        "says": "What is said of the route.",
        "sources": "Citations of where it is said, at least one.",
    },
    "RouteModel": {
        "title": "The route in a few words.",
        "attributes": "What the sources say of it, by attribute; shown beside a verdict, never part of a decision.",
    },
    "DocumentModel": {
        "title": "The document's title.",
        "kind": "What kind of document it is.",
        "trust": "How far it is trusted, in a few words.",
        "why": "Why so far.",
        "sha256": "The sha256 of its bytes.",
        "lines": "How many lines it has.",
    },
    "OutsideModel": {
        "title": "The source's title.",
        "where": "Where it is found.",
        "phrase": "At most 12 words, copied exactly.",
        "read": "`original` where the words were read at the source, `copy` where in a secondary copy.",
    },
    "DocumentsModel": {
        "documents": "The source documents, by file name.",
        "outside_sources": "Sources outside them, used to define a vague term.",
    },
    "ConflictModel": {
        "topic": "What the sources disagree on.",
        "statements": "Citations of both sides, at least two.",
        "resolution": "How it is resolved.",
        "rules": "The rules that carry it; each of them names this conflict too.",
        "reason": "Why no rule carries it, where `rules` is empty.",
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
        "effective": "The day from which it holds, as 2026-11-22.",
        "requires": 'The least version of ketascreen, in quotes, such as ">=0.1.0".',
        "responsible": "Who answers for it.",
        "intended_use": "What it is for.",
        "limits": "What it is not for, and what it does not know.",
        "allow": "Findings of `ketascreen check` that stand and are about no one rule, each with its reason.",
    },
    "CaseModel": {
        "name": "What the case shows, as a sentence.",
        "as_of": "The time of the screening, such as 2026-11-22T09:00:00Z.",
        "observed_at": "When every answer of `given` was observed that has no `at` of its own.",
        "start": "The start that `given` changes: vignettes/<name>.start.yaml.",
        "given": "What is known of the patient; a fact that is left out is not known.",
        "without": "Facts to take away from the start.",
        "stage": "candidacy where this is left out.",
        "decisions": "Reviews that a clinician has decided to go ahead with, by rule.",
        "expect": "What must come of it.",
    },
    "ExpectModel": {
        "finding": "What the rule comes to.",
        "because": "Exactly the facts that a met or not met finding rests on.",
        "asks": "The facts that are lacking; exactly those of an unknown finding, among others for a whole patient.",
        "gives": "The decision that this rule alone would give for a route; for a hold, the readiness.",
        "decisions": "The decision for each route.",
        "readiness": "The readiness for each route.",
        "alerts": "Exactly the alerts that are met.",
        "met": "Rules that are met, among others.",
        "unknown": "Rules that are unknown, among others.",
    },
    "StartModel": {
        "as_of": "The time of the screening, such as 2026-11-22T09:00:00Z.",
        "observed_at": "When every answer of `given` was observed that has no `at` of its own.",
        "given": "What is known of the patient; a fact that is left out is not known.",
    },
}
"""What stands behind each key of each form."""

CONDITIONS: Mapping[str, str] = {
    "all": "Holds when each of its members holds.",
    "any": "Holds when one of its members holds.",
    "not": "Holds when its member is known not to hold.",
    "meets": "Asks a definition of definitions.yaml.",
}
