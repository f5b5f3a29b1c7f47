"""The words a reader types, taken apart. Whatever is typed means something: what is odd becomes a hint.

steel tariff          plain words, in any inflected form; of three and more a quarter may be missing
"blast furnace"       exactly these words in this order
+steel  -strike       must be there, must not be there; so does NOT strike
semicond*  tarrif~    a beginning; a word with a letter or two wrong
strike OR walkout     one of them; so does |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.core.search import BadQuery

MAX_CHARACTERS = 2_000
MAX_WORDS = 64
"""More would make a request of thousands of clauses; nobody types that, somebody pastes it."""

Kind = Literal["word", "phrase", "prefix", "fuzzy"]

_UNWRITTEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and halves of characters, which a shell makes of bytes that are no UTF-8."""
_FIELD = re.compile(
    r"(source|country|language|lang|section|author|tag|agency|access|copies|length|revised|since|until):[^/\s]"
)
_TITLE = re.compile(r"(title|text):[^/\s]")
_BRACKETS = re.compile(r"(^|\s)[+-]?\([^()]*\s[^()]*\)(\s|$)")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", '"'))
_KINDS: dict[str, Kind] = {"": "word", "*": "prefix", "~": "fuzzy"}
_ENDING = re.compile(r"(\*+|~\d?)$")
_PIECES = re.compile(r'(?P<sign>[+-]?)(?:"(?P<phrase>[^"]*)(?P<close>"?)|(?P<word>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several of a phrase, and how it is to be matched."""

    kind: Kind
    text: str


Alternatives = tuple[Term, ...]
"""Any of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What was typed. `plain` words are matched together, `required` each, `excluded` never."""

    plain: tuple[str, ...] = ()
    required: tuple[Alternatives, ...] = ()
    excluded: tuple[Term, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing was asked for, so that everything answers."""
        return not (self.plain or self.required or self.excluded)

    @property
    def wanted(self) -> str:
        """Every word that should be found, as text."""
        return " ".join([*self.plain, *(term.text for terms in self.required for term in terms)])


@dataclass(frozen=True, slots=True)
class _Piece:
    sign: str
    term: Term


def written(text: str) -> str:
    """The text with a space for whatever is no written character, so that it can be sent and compared."""
    return _UNWRITTEN.sub(" ", text)


def words_of(text: str) -> Words:
    """Take a query apart. Raises BadQuery only for one that is too long."""
    text = written(text)
    if len(text) > MAX_CHARACTERS:
        raise BadQuery("the query is too long", f"use at most {MAX_CHARACTERS} characters", given=len(text))
    hints = list(_habits(text))
    groups = list(_groups(list(_pieces(text, hints)), hints))
    plain = tuple(group[0].term.text for group in groups if _is_plain(group))
    special = [group for group in groups if not _is_plain(group)]
    excluded = tuple(piece.term for group in special for piece in group if piece.sign == "-")
    required = [tuple(piece.term for piece in group if piece.sign != "-") for group in special]
    found = Words(
        plain=plain,
        required=tuple(terms for terms in required if terms),
        excluded=excluded,
        hints=tuple(hints),
    )
    _check_number(found)
    if found.empty and text.strip():
        hints.append("there is no word in the query, so it finds every story")
        return Words(hints=tuple(hints))
    return found


def _habits(text: str) -> Iterator[str]:
    """What other search languages have and this one has not."""
    if named := _FIELD.search(text):
        yield f"{named[1]}: is no part of a query; filters stand beside it, as in --source or filters="
    if named := _TITLE.search(text):
        yield f"{named[1]}: is no part of a query; words are looked for in titles and texts at once"
    if _BRACKETS.search(text):
        yield "brackets group nothing; OR joins the words beside it"


def _pieces(text: str, hints: list[str]) -> Iterator[_Piece | str]:
    """Signed terms and the words of the language itself, in order."""
    negated = False
    for found in _PIECES.finditer(text.translate(_QUOTES)):
        sign, word = found["sign"], found["word"]
        if word in ("AND", "&&") and not sign:
            continue
        if word in ("OR", "|", "||") and not sign:
            yield "OR"
            continue
        if word == "NOT" and not sign:
            negated = True
            continue
        if word is None and not found["close"]:
            hints.append("a quotation mark is not closed; the phrase was taken to go on to the end")
        term = Term("phrase", found["phrase"]) if word is None else _term(word, hints)
        if _has_words(term.text):
            yield _Piece("-" if negated else sign, term)
        negated = False


def _term(word: str, hints: list[str]) -> Term:
    bare = _ENDING.sub("", word)
    kind = _KINDS[word[len(bare) : len(bare) + 1]]
    if "*" in bare:
        hints.append(f"a star stands at the end of a word only: {word}")
        bare = bare.replace("*", " ").strip()
    return Term(kind, bare)


def _groups(pieces: Sequence[_Piece | str], hints: list[str]) -> Iterator[list[_Piece]]:
    """Pieces joined by OR stand together; an OR with nothing on a side joins nothing."""
    group: list[_Piece] = []
    joined = False
    for piece in pieces:
        if isinstance(piece, str):
            joined = bool(group)
            if not joined:
                hints.append("OR stands between two words")
        elif joined:
            group.append(piece)
            joined = False
        else:
            if group:
                yield group
            group = [piece]
    if joined:
        hints.append("OR stands between two words")
    if group:
        yield group


def _is_plain(group: Sequence[_Piece]) -> bool:
    return len(group) == 1 and group[0].term.kind == "word" and not group[0].sign


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _check_number(words: Words) -> None:
    terms = [*words.excluded, *(term for terms in words.required for term in terms)]
    number = sum(len(text.split()) for text in (*words.plain, *(term.text for term in terms)))
    if number > MAX_WORDS:
        raise BadQuery("the query has too many words", f"use at most {MAX_WORDS}", given=number)
