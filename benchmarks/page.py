"""The figures of a run as a page of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from benchmarks import OURS, PEERS
from benchmarks.contenders import INCOMPLETE

Figures = Mapping[str, Any]

_HEAD = """# Performance

Written by `make bench`, in one run; run it again for figures of your own machine. The rules are drawn from a seed and
built like the shipped ones (`benchmarks/rulesets.py`). Every engine has the same rules, gets the same patients
as dicts, and says which rules are met. Its answers are compared with the answers of the reference channel before it is
timed; each round times all engines in turn. ketascreen answers in three-valued logic, and its peers know only true and
false. So they get complete patients, and ketascreen gets complete and incomplete ones (three answers in ten missing,
half of the lists incomplete).
"""


def page(figures: Figures, plot: str) -> str:
    """The page, which shows the plot of that file name."""
    parts = [_HEAD, *_about(figures), f"![Time of all findings by the number of rules]({plot})", ""]
    for size in figures["sizes"]:
        parts += _of_size(size)
    parts += _imports(figures)
    parts += _own(figures)
    return "\n".join(parts).rstrip() + "\n"


def ratio(size: Figures, name: str) -> float | None:
    """How many times as long the fastest peer takes; the median over the rounds."""
    ours, peers = size["contenders"].get(name), _peers(size)
    if ours is None or not peers:
        return None
    fastest = min(peers, key=lambda peer: median(size["contenders"][peer]["medians_us"]))
    return median(_by_round(ours["medians_us"], size["contenders"][fastest]["medians_us"]))


def _by_round(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [their / our for our, their in zip(ours, theirs, strict=True)]


def _peers(size: Figures) -> list[str]:
    return [name for name in size["contenders"] if name in PEERS]


def _about(figures: Figures) -> Iterator[str]:
    machine, versions = figures["machine"], figures["versions"]
    yield f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['system']}, {machine['python']}."
    yield "Versions: " + ", ".join(f"{name} {version or 'not installed'}" for name, version in versions.items()) + "."
    yield f"{figures['rounds']} rounds, {figures['patients']} patients."
    yield ""
    yield "| Rules | times as fast as the fastest peer, complete patients | incomplete patients |"
    yield "| ---: | ---: | ---: |"
    for size in figures["sizes"]:
        shown = [_number(ratio(size, name), 2) for name in (OURS, INCOMPLETE)]
        yield f"| {size['rules']:,} | {shown[0]} | {shown[1]} |"
    yield ""


def _of_size(size: Figures) -> Iterator[str]:
    yield f"## {size['rules']:,} rules"
    yield ""
    yield f"{size['facts']} facts; {size['met']:.1%} of the rules are met by complete patients."
    yield ""
    yield "| Engine | p50, µs | spread over rounds, µs | p99, µs | patients a second | load, ms | memory, MB |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    contenders = size["contenders"]
    for name in sorted(contenders, key=lambda name: contenders[name]["p50_us"]):
        one = contenders[name]
        low, *_, high = quantiles(one["medians_us"], n=4) if len(one["medians_us"]) > 1 else one["medians_us"] * 2
        yield (
            f"| {name} | {_number(one['p50_us'])} | {_number(low)} to {_number(high)} | {_number(one['p99_us'])} "
            f"| {one['per_second']:,.0f} | {_number(one['load_ms'])} | {_number(one['memory_mb'])} |"
        )
    yield ""
    for name, why in size["left_out"].items():
        yield f"{name} is left out: {why}."
        yield ""


def _imports(figures: Figures) -> Iterator[str]:
    yield from ("## Import", "", "Above a bare start of Python, each in a new process.", "")
    yield from ("| Engine | ms |", "| --- | ---: |")
    for name, taken in sorted(figures["import_ms"].items(), key=lambda item: item[1]):
        yield f"| {name} | {taken:.0f} |"


_OWN = """
## ketascreen by itself

Medians, in brackets the fastest tenth (`make timings`); a comparison was timed in turn with what it is compared
to. A screening goes from a `PatientProfile` of 52 answers to its verdict, by the shipped rulebook. Each start includes
the start of Python.

| What | time | beside |
| --- | ---: | --- |"""


def _own(figures: Figures) -> Iterator[str]:
    yield _OWN
    for what, times, beside in figures["own"]:
        yield f"| {what} | {times} | {beside} |"


def _number(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:,.{digits}f}"
