"""What looks like a copy and is none: each of these is a story of its own."""

from __future__ import annotations

from typing import Final

from bench.stories.edits import Desk
from bench.stories.texts import Paragraph, Sentence, Text

_NAMES: Final = 3
_NOTICE_CHOICES: Final = 4


def furniture_item(at: Desk) -> Text:
    """A short item of 60 to 160 words among six furniture blocks, which are longer than itself."""
    own = at.donor(int(at.rng.integers(60, 160)))
    blocks = at.blocks(6)
    return own.with_paragraphs([*blocks[:2], *own.paragraphs, *blocks[2:]])


class Notices:
    """A robot that writes results notices: six sentences with gaps for names, numbers and a few words."""

    def __init__(self, at: Desk) -> None:
        self._at = at
        self._sentences = [tuple(at.language.draw(at.rng, int(at.rng.integers(14, 24)))) for _ in range(6)]
        self._choices = [at.language.draw(at.rng, _NOTICE_CHOICES) for _ in range(6)]

    def write(self) -> Text:
        """Another company's notice."""
        rng = self._at.rng
        words = self._at.language.words
        name = [words[place] for place in rng.integers(len(words) // 10, len(words), _NAMES).tolist()]
        body: list[Sentence] = []
        for sentence, choices in zip(self._sentences, self._choices, strict=True):
            gaps = (str(int(rng.integers(10, 9000))), choices[int(rng.integers(_NOTICE_CHOICES))])
            middle = len(sentence) // 2
            opening = name if len(body) % 2 == 0 else name[:1]
            body.append((*opening, *sentence[:middle], gaps[0], *sentence[middle:], gaps[1]))
        paragraphs: list[Paragraph] = [tuple(body[:3]), tuple(body[3:])]
        return Text(self._at.language, tuple(paragraphs))


def round_up(base: Text, at: Desk) -> Text:
    """Paragraphs of five donors with the first 60 % of a base pasted in the middle: it contains the base."""
    quoted = base.first(0.6)
    sizes = (quoted.words * (0.25 + 0.5 * at.rng.random(5))).astype(int).tolist()
    others = [at.donor(max(60, size)).paragraphs for size in sizes]
    before = [paragraph for donor in others[:3] for paragraph in donor]
    after = [paragraph for donor in others[3:] for paragraph in donor]
    return base.with_paragraphs([*before, *quoted.paragraphs, *after])


def same_event(at: Desk) -> tuple[Text, Text]:
    """Two outlets' own reports of one event: the same names and things, and the same one or two quotes."""
    topic = at.donor(600)
    quotes = [at.donor(int(at.rng.integers(20, 45))).sentences for _ in range(int(at.rng.integers(1, 3)))]
    return _report(topic, quotes, at), _report(topic, quotes, at)


def _report(topic: Text, quotes: list[list[Sentence]], at: Desk) -> Text:
    """An own text that takes a third of its words, one by one, from what the event is made of."""
    subject = [word for sentence in topic.sentences for word in sentence]
    own = at.donor(int(at.rng.integers(250, 700)))
    body: list[Paragraph] = [
        tuple(
            tuple(
                subject[int(at.rng.integers(len(subject)))] if at.rng.random() < 0.33 else word
                for word in sentence
            )
            for sentence in paragraph
        )
        for paragraph in own.paragraphs
    ]
    for quote in quotes:
        body.insert(int(at.rng.integers(1, len(body) + 1)), tuple(quote))
    return own.with_paragraphs(body)
