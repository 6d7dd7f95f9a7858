"""approvals.yaml, and the sign-off that a rule of format 1 has: who has approved what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import StringConstraints

from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval, SubjectKind, Withdrawal
from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.sheet import FORMS, form_of
from ketascreen.loading import file_models
from ketascreen.loading.file_models import FileModel
from ketascreen.loading.text_forms import IsoDate, Name, OneLine
from ketascreen.loading.validate import read_model
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Node, Sequence, place_of

MAX_APPROVALS = 5_000
"""How many approvals a rulebook may have; each is compared with the sheet of its subject."""

_SUBJECTS = tuple(map(str, SubjectKind))


class WithdrawnModel(FileModel):
    """That an approval does not count any more."""

    by: Name
    date: IsoDate
    reason: OneLine


class ApprovalModel(FileModel):
    """One entry of approvals.yaml: who has read which sheet. One of `rule`, `route` and `patient` names its subject."""

    rule: OneLine | None = None
    route: OneLine | None = None
    patient: OneLine | None = None
    sheet: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?-[0-9a-f]{16}-[0-9a-f]{16}$")]
    by: Name
    role: Name
    date: IsoDate
    until: IsoDate | None = None
    withdrawn: WithdrawnModel | None = None


def unbound(rule: str, said: file_models.SignOffModel, place: Place, problems: Problems) -> Iterator[Approval]:
    """The approval that an approved `sign_off` says. It names no sheet, so it is bound to nothing."""
    if said.status == "draft":
        return
    if said.by is None or said.date is None:
        problems.report("sign-off", "approved, but without a name or a date", "add `by:` and `date:`", place)
    else:
        until = None if said.review_by is None else read_iso_date(said.review_by)
        yield Approval(SubjectKind.RULE, rule, None, said.by, "", read_iso_date(said.date), place, until)


def read_approvals(node: Node | None, problems: Problems) -> Iterator[Approval]:
    """approvals.yaml. What an approval names may be gone since: `ketascreen check` says so."""
    if node is not None and not isinstance(node, Sequence):
        problems.report("wrong-value", "must be a list", "write each entry after `- `", node.place)
    items = node.items if isinstance(node, Sequence) else ()
    if len(items) > MAX_APPROVALS:
        limit = f"more than {MAX_APPROVALS:,} approvals"
        problems.report("over-limit", limit, "delete those that no longer count", items[MAX_APPROVALS].place)
        return
    models = [(read_model(ApprovalModel, item, problems), item) for item in items]
    found = [one for model, item in models if model is not None for one in _approval(model, item, problems)]
    _refuse_twice(found, problems)
    yield from found


def _refuse_twice(approvals: Iterable[Approval], problems: Problems) -> None:
    """The same approval twice is refused: who withdraws one of them would leave the other. Withdrawn ones may recur."""
    first: dict[object, Approval] = {}
    for one in approvals:
        same = one.kind, one.name, one.sheet, one.by, one.day, one.withdrawn
        if first.setdefault(same, one) is not one:
            message = f"the same approval is on line {first[same].place.line}"
            problems.report("approval", message, "delete one of the two", one.place)


def _approval(model: ApprovalModel, node: Node, problems: Problems) -> Iterator[Approval]:
    given = [kind for kind in _SUBJECTS if getattr(model, kind) is not None]
    if len(given) != 1:
        said = "names nothing" if not given else f"names {' and '.join(f'a {kind}' for kind in given)}"
        problems.report("approval", f"an approval {said}", f"write one of {', '.join(_SUBJECTS)}", node.place)
        return
    if (form := form_of(model.sheet)) not in FORMS:
        hint, place = "install a later version of ketascreen", place_of(node, ("sheet",))
        problems.report("approval", f"the sheet is of a later form ({form}) than this version knows", hint, place)
        return
    if model.until is not None and model.until < model.date:
        hint = "write a later day, or delete `until`"
        problems.report("approval", "an approval ends before its day", hint, place_of(node, ("until",)))
        return
    if model.withdrawn is not None and model.withdrawn.date < model.date:
        place = place_of(node, ("withdrawn", "date"))
        problems.report("approval", "an approval is withdrawn before its day", "write a later day", place)
        return
    (kind,) = given
    gone = model.withdrawn
    yield Approval(
        SubjectKind(kind),
        getattr(model, kind),
        model.sheet,
        model.by,
        model.role,
        read_iso_date(model.date),
        node.place,
        None if model.until is None else read_iso_date(model.until),
        None if gone is None else Withdrawal(gone.by, read_iso_date(gone.date), gone.reason),
    )
