"""Verifies a chain of ketascreen records: `python verify_chain.py CHAIN.jsonl [--against HEAD.json]`.

It needs only Python. docs/verify.md is the format; signatures are not checked. It ends with 0 if the chain is as it was
written, 1 if it is not, 2 if it cannot be read."""

import argparse
import hashlib
import json
import re
import sys

CHAIN, HEAD = "ketascreen-chain/1", "ketascreen-head/1"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
KEYS = {
    "first": {"complete", "first", "format", "ledger", "previous"},
    "entry": {"body", "digest", "number", "openings", "previous", "recorded_at"},
    "last": {"format", "head", "last"},
}


class Unreadable(Exception):
    """A line that does not have the form of a line of a chain."""


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def written(data):  # the only form of a line
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def parsed(raw, number):
    try:
        data = json.loads(raw)
        if isinstance(data, dict) and f"{written(data)}\n".encode() == raw:
            return data
    except (ValueError, RecursionError):
        pass
    raise Unreadable(f"line {number} does not have the form of a line of a chain")


def lines(file):
    """Each line in turn: the first, the entries, the last."""
    kind = None
    for number, raw in enumerate(file, 1):
        data = parsed(raw, number)
        if kind == "last":
            raise Unreadable(f"line {number} follows the last line of the chain")
        kind = "first" if number == 1 else "last" if "head" in data else "entry"
        whole = [data[key] for key in ("number", "first", "last") if key in data]
        texts = [data[key] for key in data if key not in ("number", "first", "last", "complete")]
        if data.keys() != KEYS[kind] or not all(isinstance(text, str) for text in texts):
            raise Unreadable(f"line {number} is not the {kind} line that must be there")
        if any(type(value) is not int for value in whole) or data.get("format", CHAIN) != CHAIN:
            raise Unreadable(f"line {number} does not have the format {CHAIN}")
        yield data
    if kind != "last":
        raise Unreadable("it does not end with the last line of a chain: the file was cut")


def link(ledger, entry):
    """The digest of an entry, from ledger, number, time, predecessor and exactly the record's bytes."""
    parts = ("ketascreen-entry/1", ledger, str(entry["number"]), entry["recorded_at"], entry["previous"])
    return sha256("".join(f"{part}\n" for part in (*parts, sha256(entry["body"]))))


def record_flaws(entry, complete, rulebooks):
    """What is wrong with the record of an entry, whatever its place in the chain."""
    body, openings = json.loads(entry["body"]), json.loads(entry["openings"])
    sealed = body["sealed"]
    if body["format"] not in [f"ketascreen-record/{number}" for number in (1, 2, 3, 4)]:
        yield "its record has an unknown format"
    if written(openings) != entry["openings"]:
        yield "its openings are not in canonical form"
    for name, opening in openings.items():
        if sha256(opening) != sealed.get(name) or not opening.startswith(f'["{name}","'):
            yield f"the opening of {name} does not fit its sealed part"
    if complete and sealed.keys() != openings.keys():
        yield "a sealed part has no opening"
    if body["kind"] == "rulebook":
        rulebooks.add(body["bytes_digest"])
        files = sorted(body["files"].items())
        if sha256("".join(f"{path}\0{sha256(text)}\n" for path, text in files)) != body["bytes_digest"]:
            yield "the files of its rulebook do not fit its digest"
    if complete and body["kind"] == "screening" and body["rulebook"]["bytes_digest"] not in rulebooks:
        yield "its rulebook is not on record before it"


def flaws(chain, head=None):
    """Every flaw of a chain, line by line, as sentences."""
    first = next(chain)
    number, digest, rulebooks = first["first"] - 1, first["previous"], set()
    if first["complete"] not in (True, False) or (number == 0) != (digest == "0" * 64):
        yield "the first line does not say where the chain begins"
    reached = head is None or (head["number"], head["digest"]) == (number, digest)
    for line in chain:
        if "head" in line:
            if (line["last"], line["head"]) != (number, digest):
                yield f"entry {number}: is not the entry that the last line names"
            continue
        here = f"entry {line['number']}"
        if line["number"] != number + 1:
            yield f"{here}: does not follow entry {number}: missing, twice or out of order"
        if line["previous"] != digest:
            yield f"{here}: does not name the digest of the entry before it"
        if line["digest"] != link(first["ledger"], line):
            yield f"{here}: its digest does not fit its number, time, predecessor and record"
        if not TIME.fullmatch(line["recorded_at"]):
            yield f"{here}: its recording time cannot be read"
        try:
            yield from (f"{here}: {what}" for what in record_flaws(line, first["complete"], rulebooks))
        except (ValueError, KeyError, TypeError, AttributeError):
            yield f"{here}: its record cannot be read"
        number, digest = line["number"], line["digest"]
        reached = reached or (head["number"], head["digest"]) == (number, digest)
    if not reached or (head and head["ledger"] != first["ledger"]):
        yield f"entry {head['number']}: is not the entry of the head: the chain was cut off, or changed"


def read_head(path):
    with open(path, "rb") as file:
        head = parsed(file.read(), 1)
    if head.get("format") != HEAD or not {"ledger", "number", "digest"} <= head.keys():
        raise Unreadable("the head does not have the form of a head")
    return head


def main():
    parser = argparse.ArgumentParser(description="Verifies a chain of ketascreen records (docs/verify.md).")
    parser.add_argument("chain")
    parser.add_argument(
        "--against", metavar="HEAD", help="a head that was kept elsewhere (its signature is not checked)"
    )
    given, found = parser.parse_args(), 0
    try:
        head = read_head(given.against) if given.against else None
        with open(given.chain, "rb") as file:
            for found, flaw in enumerate(flaws(lines(file), head), 1):
                print(flaw)
    except (OSError, Unreadable) as error:
        print(f"cannot be read: {error}")
        sys.exit(2)
    print(f"{found} flaw{'s' if found > 1 else ''}" if found else "as it was written")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
