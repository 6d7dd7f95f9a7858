"""The check of words: what docs/glossary.md does not use is found where people read it, and nowhere else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tools.words import GLOSSARY, Glossary, Hit, Phrase, hits, main, prose_of, read_glossary

from tests.helpers.places import ROOT

PAGE = """# Words

| word | meaning | not used |
|---|---|---|
| hint | What to do. | `mend*` |

| use | not used | but |
|---|---|---|
| evaluates to | `comes to` | |
| is not | `is no` | `there is no` |

| file | text | reason |
|---|---|---|
| `a.md` | `is no order` | It is quoted. |
"""
WORDS = read_glossary(PAGE)


def found(file: str, text: str) -> list[tuple[int, int, str]]:
    return [(hit.line, hit.column, hit.phrase) for hit in hits(WORDS, [(file, text)]) if hit.file == file]


def test_the_phrases_of_a_page_are_those_of_its_tables() -> None:
    assert WORDS.phrases == (
        Phrase("mend*", "hint"),
        Phrase("comes to", "evaluates to"),
        Phrase("is no", "is not", ("there is no",)),
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('def f():\n    """What it comes to."""\n', (2, 16)),
        ("x = 1  # what it comes to\n", (1, 18)),
        ("# what it comes\n# to in the end\n", (1, 11)),
        ('raise ValueError("it comes to nothing")\n', (1, 22)),
        ('say("it comes "\n    "to nothing")\n', (1, 9)),
        ('say(f"{rule} comes to {value}")\n', (1, 14)),
        ("say(f'{rule[0]} comes to {value}')\n", (1, 17)),
        ('"""What\n\nthis comes to."""\n', (3, 6)),
        ('raise ValueError("first\\ncomes to")\n', (1, 26)),
        ('text("it.is", said="{rule} is mended.")\n', (1, 31)),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_phrase_is_found_in_code_where_people_read_it(text: str, place: tuple[int, int]) -> None:
    assert [hit[:2] for hit in found("a.py", text)] == [place]


@pytest.mark.parametrize(
    "text",
    [
        "comes.to = is_no\n",
        'say(f"{mended}", mended)\n',
        '"""See `comes to`."""\n',
        'say("comes", to)\n',
        'text("it.mended", said="{mended}: {rule} is {mends}")\n',
        "x = comes  # to nothing\n",
        '"""Welcomes to all; there\nis no other."""\n',
    ],
)
def test_a_name_and_a_phrase_of_other_words_are_not(text: str) -> None:
    assert found("a.py", text) == []


def test_a_phrase_is_found_on_a_page_outside_code() -> None:
    page = "It comes\nto this: it Is No [rule](is-no.md), `is no`.\n\n"
    code = "```sh\necho it is no rule\n```\n\n"
    assert found("b.md", page + code + "> It is\n> no rule.\n") == [
        (1, 4, "comes to"),
        (2, 13, "Is No"),
        (8, 6, "is no"),
    ]


def test_a_phrase_is_found_in_the_comments_and_texts_of_data() -> None:
    assert found("a.yaml", "# what it comes\n# to\nsay: It is mended.\n") == [(1, 11, "comes to"), (3, 12, "mended")]


def test_a_hit_says_where_and_what_to_use_instead() -> None:
    assert [str(hit) for hit in hits(WORDS, [("b.md", "What it comes to.\n")])] == [
        "b.md:1:9: comes to -> evaluates to"
    ]


def test_an_exception_holds_for_its_text_in_its_file_alone() -> None:
    assert hits(WORDS, [("a.md", "It is no order.\n")]) == []
    assert found("a.md", "It is no order. It is no rule.\n") == [(1, 20, "is no")]
    assert found("b.md", "It is no order.\n") == [(1, 4, "is no")]


def test_an_exception_that_excuses_nothing_is_reported_where_its_file_is_read() -> None:
    unused = Hit(GLOSSARY, 14, 1, "is no order", "nothing: take the exception out")
    assert hits(WORDS, [("a.md", "It is an order.\n")]) == [unused]
    assert hits(WORDS, [("b.md", "It is an order.\n")]) == []


def test_prose_keeps_its_places() -> None:
    text = 'x = f"a {b} c"  # d\n\ndef e() -> None:\n    """F."""\n'
    prose = prose_of("a.py", text)
    assert len(prose) == len(text)
    assert [place for place, letter in enumerate(text) if letter == "\n"] == [
        place for place, letter in enumerate(prose) if letter == "\n"
    ]
    assert prose.split("\0")[-1].split() == ["F."]


def test_the_check_ends_with_1_where_it_finds_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / GLOSSARY).write_text(PAGE)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text('"""What it comes to."""\n')
    (tmp_path / "b.md").write_text("It is not so.\n")
    assert main(["b.md", "docs"], tmp_path) == 0
    assert capsys.readouterr().out == ""
    assert main(["b.md", "src"], tmp_path) == 1
    assert capsys.readouterr().out == "src/a.py:1:12: comes to -> evaluates to\n"


def test_a_path_that_is_not_there_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / GLOSSARY).write_text(PAGE)
    with pytest.raises(SystemExit, match="no file or folder `scr`"):
        main(["scr"], tmp_path)


def test_the_glossary_has_each_word_once() -> None:
    rows = [line for line in (ROOT / GLOSSARY).read_text("utf-8").splitlines() if line.startswith("| ")]
    words = [row.split("|")[1].strip() for row in rows]
    assert sorted(word for word, count in Counter(words).items() if count > 1 and word not in ("word", "use")) == []


def test_the_glossary_of_the_project_is_read_and_is_clean_itself() -> None:
    words: Glossary = read_glossary((ROOT / GLOSSARY).read_text("utf-8"))
    assert {phrase.text for phrase in words.phrases} >= {"comes to", "is no", "mend", "was to be", "exclude rule*"}
    assert all(phrase.instead for phrase in words.phrases)
    assert all((ROOT / one.file).is_file() for one in words.excused)
    assert main([GLOSSARY]) == 0
