"""Near, but not copies: what a reader would file apart although it is made of the same words."""

from __future__ import annotations

import os
import random
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.core.copies import Furniture, relate, tokenize, words
from pipeline.core.copies.learn import learn
from pipeline.core.copies.sample import Seen

SEEDS = Path(os.environ.get("COPYDESK_SHARED", "")) / "data" / "seeds"

RESULTS = (
    "{name} reported {period} net profit of {profit} million crowns on Thursday, compared with {before}"
    " million a year earlier. Revenue {moved} to {revenue} million from {last} million, the company said in"
    " a statement. Analysts had expected a profit of {expected} million on average. The board proposes a"
    " dividend of {dividend} crowns a share. {name} said it expects {outlook} in the current year. Shares"
    " closed at {price} on Wednesday, having {done} {percent} per cent since January."
)


def notice(number):
    """The robot's report on another company."""
    drawn = random.Random(number)
    return RESULTS.format(
        name=f"Company{number} Holding",
        period=drawn.choice(["third-quarter", "half-year", "full-year"]),
        moved=drawn.choice(["rose", "fell", "was unchanged and came"]),
        outlook=drawn.choice(["steady demand", "lower margins", "higher costs", "no change"]),
        done=drawn.choice(["gained", "lost"]),
        **{
            gap: drawn.randrange(10_000)
            for gap in ("profit", "before", "revenue", "last", "expected", "dividend", "price", "percent")
        },
    )


@pytest.fixture(scope="module")
def learnt(monday):
    """The list after three weeks of notices, none of them about the companies of the tests."""
    return learn(
        Seen(f"outlet-{number % 5}", "en", monday + timedelta(days=number / 3), tokenize(notice(number)))
        for number in range(60)
    )


def test_two_companies_results_notices(text_of, learnt):
    """A robot's template is furniture: names and numbers are the news, and those differ. Without the list the
    notices would be copies, which is why a fresh installation needs one soon."""
    without, under = Furniture(), learnt.at(5)
    one, other = notice(1001), notice(1002)
    assert relate(text_of(one), text_of(other, "a-2", source="courier", furniture=without)).is_copy
    verdict = relate(text_of(one, furniture=under), text_of(other, "a-2", source="courier", furniture=under))
    assert not verdict.is_copy


def test_one_notice_carried_by_two_outlets_is_still_one_story(text_of, learnt):
    """What the list leaves of a notice is enough to know it again."""
    one = text_of(notice(1001), furniture=learnt)
    other = text_of(notice(1001), "a-2", source="courier", furniture=learnt)
    assert relate(one, other).is_copy


def test_two_matches_of_one_league(text_of):
    """One reporter, one league, the same turns of phrase: less than a tenth of either text."""
    one = (
        "Vestby beat Solund 2-1 at Mill Lane on Saturday to move up to third in the northern league. Hakon"
        " Lie opened the scoring after twelve minutes with a low shot from the edge of the area, and Per Dahl"
        " headed the second from a corner shortly before half-time. Solund came back after the break, hit the"
        " post twice and pulled one back from the spot in stoppage time, when Ola Moe had no chance. The"
        " coach praised the patience of a young side that has now won four games in a row."
    )
    other = (
        "A late goal by Emil Strand gave Fjordal three points against Nesset on Saturday and took them clear"
        " of the bottom of the northern league. The visitors had been the better side before the break and"
        " led through a free kick that Jonas Vik curled round the wall. Fjordal needed a penalty to draw"
        " level, and Strand made it two from the edge of the area with a minute to play. Nesset are still"
        " waiting for a first away win since last spring, and their coach said the table did not lie."
    )
    verdict = relate(text_of(one), text_of(other, "a-2"))
    assert (verdict.kind, verdict.rule) == (None, "little-shared")


def test_two_reports_of_one_event_that_share_a_statement(text_of, some_words):
    """Outlets report in their own words and quote the same spokesman: a relation, not a copy."""
    statement = some_words(3, 60)
    one = [*some_words(4, 120), *statement, *some_words(5, 120)]
    other = [*some_words(6, 150), *statement, *some_words(7, 60)]
    verdict = relate(text_of(one), text_of(other, "a-2", source="courier", days=0.2))
    assert verdict.kind == "derived"


def test_alerts_that_differ_in_one_word(text_of):
    """So short a text is the news in every word."""
    one = "Flood warning for the lower valley tonight, the weather service said"
    other = "Flood warning for the upper valley tonight, the weather service said"
    assert relate(text_of(one), text_of(other, "a-2", source="courier")).kind is None


@pytest.mark.skipif(
    not SEEDS.is_dir(), reason="the two documents are not shipped; COPYDESK_SHARED names them"
)
def test_two_rounds_of_one_affair(text_of):
    """Two rounds of the same talks by two outlets: one affair, two stories."""
    first, second = (path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt")))
    assert len(words(first)) > 300
    verdict = relate(text_of(first), text_of(second, "a-2", source="courier", days=3))
    assert (verdict.kind, verdict.rule) == (None, "little-shared")
    assert verdict.evidence.containment < 0.05
