"""The text of approvals.yaml: sorted by subject, in the layout of `ketascreen fmt`; comments stay above their entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ketascreen.authoring.editing.yaml_text import scalar
from ketascreen.authoring.layout.needed import layout_for
from ketascreen.diagnostic import Place, refused
from ketascreen.language.approval import Approval, SubjectKind

FILE = "approvals.yaml"

_KINDS = tuple(SubjectKind)


def with_approvals(
    text: bytes | None,
    had: Sequence[Approval],
    new: Sequence[Approval],
    head: str = "",
    of_today: Callable[[Approval], Approval] = lambda one: one,
) -> bytes:
    """approvals.yaml with `new` in it: each replaces the approvals of the same subject by the same name.

    An approval that was withdrawn stays, except beside the same one, withdrawn in the same way. `of_today` gives an
    approval with the id that its rule has today.

    `text` is the file so far and `had` its entries, in their order; without a file, it begins with `head`.

    Raises:
        InputError: ruamel.yaml is not installed, the file cannot be laid out, or an entry is not on lines of its own.
    """
    laid_out = layout_for("approve")
    before, chunks = (head, []) if text is None else _parted(laid_out(text, FILE))
    if len(chunks) != len(had):
        message, hint = "its entries are not a list of one entry each", "write each entry after `- `"
        raise refused("approval", message, hint, Place(FILE))
    written = {_key(of_today(one)): (one, _entry(one)) for one in new}
    stay = [
        (one, chunk) for one, chunk in zip(had, chunks, strict=True) if _stays(one, written.get(_key(of_today(one))))
    ]
    ordered = sorted([*stay, *written.values()], key=lambda entry: _order(entry[0]))
    return laid_out((before + "".join(chunk for _, chunk in ordered)).encode(), FILE).encode()


def _stays(one: Approval, replacing: tuple[Approval, str] | None) -> bool:
    if replacing is None:
        return True
    return one.withdrawn is not None and replace(one, place=replacing[0].place) != replacing[0]


def _key(one: Approval) -> tuple[str, str, str]:
    return str(one.kind), one.name, one.by


def _order(one: Approval) -> tuple[int, str, int, str]:
    return _KINDS.index(one.kind), one.name, one.day.toordinal(), one.by


def _parted(text: str) -> tuple[str, list[str]]:
    """What stands before the first entry, and each entry with the comments above it."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.startswith("- ")]
    if not starts:
        return text.removesuffix("[]\n"), []
    begins = [starts[0], *(_with_comments(lines, start) for start in starts[1:])]
    ends = [*begins[1:], len(lines)]
    chunks = ["".join(lines[begin:end]) for begin, end in zip(begins, ends, strict=True)]
    return "".join(lines[: starts[0]]), chunks


def _with_comments(lines: Sequence[str], start: int) -> int:
    while lines[start - 1].startswith("#"):
        start -= 1
    return start


def _entry(one: Approval) -> str:
    lines = [
        f"{one.kind}: {scalar(one.name)}",
        f"sheet: {one.sheet}",
        f"by: {scalar(one.by)}",
        f"role: {scalar(one.role)}",
        f"date: {one.day.isoformat()}",
        *([f"until: {one.until.isoformat()}"] if one.until else []),
        *_withdrawn(one),
    ]
    return "- " + "\n  ".join(lines) + "\n"


def _withdrawn(one: Approval) -> Iterator[str]:
    if (gone := one.withdrawn) is not None:
        yield "withdrawn:"
        yield f"  by: {scalar(gone.by)}"
        yield f"  date: {gone.day.isoformat()}"
        yield f"  reason: {scalar(gone.reason)}"
