"""A run of cases as JUnit XML, which continuous integration reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as Xml

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.run import CaseResult, Run
from ketascreen.diagnostic import printable
from ketascreen.syntax.folder import CASES


def junit(
    run: Run,
    *,
    name: str,
    below: Path,
    seconds: float,
    explained: Callable[[CaseResult], str],
    channels: Sequence[str],
    ignored: Sequence[str] = (),
) -> bytes:
    """The XML of a run: a suite for each file, a test for each case, `explained(result)` in each failure.

    `below` is the rulebook's folder, as a path from the current folder; file names begin with it.
    Cases that were not run, because an earlier case failed, are marked as skipped. `channels` are those that were
    asked, as a property; `ignored` the files and folders that were passed over, each as a property.
    """
    results: list[tuple[Case, CaseResult | None]] = [(result.case, result) for result in run.results]
    results += [(case, None) for case in run.not_run]
    root = Xml.Element("testsuites", {"name": name, **_counts(results), "time": f"{seconds:.3f}"})
    properties = Xml.SubElement(root, "properties")
    Xml.SubElement(properties, "property", {"name": "channels", "value": ", ".join(map(printable, channels))})
    for passed_over in ignored:
        Xml.SubElement(properties, "property", {"name": "passed_over", "value": printable(passed_over)})
    for file, group in groupby(results, key=lambda one: one[0].place.path):
        of_file, path = list(group), (below / file).as_posix()
        suite = Xml.SubElement(root, "testsuite", {"name": path, "file": path, **_counts(of_file)})
        for case, result in of_file:
            _test(suite, path, case, result, explained)
    Xml.indent(root)
    xml: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _counts(results: list[tuple[Case, CaseResult | None]]) -> dict[str, str]:
    ran = [result for _, result in results if result is not None]
    return {
        "tests": str(len(results)),
        "failures": str(sum(not result.holds for result in ran)),
        "errors": "0",
        "skipped": str(len(results) - len(ran)),
    }


def _test(
    suite: Xml.Element, path: str, case: Case, result: CaseResult | None, explained: Callable[[CaseResult], str]
) -> None:
    of = case.rule or path.rsplit("/", 1)[-1].removesuffix(CASES)
    attributes = {"classname": of, "name": case.name, "file": path, "line": str(case.place.line)}
    test = Xml.SubElement(suite, "testcase", attributes)
    if result is None:
        Xml.SubElement(test, "skipped", {"message": "not run: an earlier case failed"})
    elif not result.holds:
        message = "; ".join(failure.text for failure in result.examined.failures)
        Xml.SubElement(test, "failure", {"message": message}).text = explained(result)
