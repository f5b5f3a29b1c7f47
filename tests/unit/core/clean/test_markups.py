"""Two documents, an invented pair and the pair the project began with, in the markups they may come from."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.core.clean import extract
from tests.unit.core.clean import markups
from tests.unit.core.clean.markups import Story, build
from tests.unit.core.clean.pages import raw

COUNCIL = Story(
    title="Harbour Minister Says Second Meeting With Island Council Was Open and Useful",
    teaser="Librarians Demand Longer Opening Hours Across Seven Mountain Villages",
    paragraphs=(
        "The harbour minister said a second meeting with the island council ended in what he called an "
        "open and useful mood, raising hopes that the quarrel over the new pier can be settled before "
        "winter. He spoke to reporters on the quay.",
        "The talks, arranged by the coast guard, are part of a wider effort to settle disputes over "
        "mooring fees, night traffic and the dredging of the eastern channel. Direct contact between "
        "the two offices had been rare for several years.",
        "According to the minister, both sides went through technical questions one by one: depths, "
        "timetables, and the steps that could lead to lower fees. He stressed that progress would "
        "depend on respect and on promises that are kept.",
        "People close to the meeting said that no final agreement was reached, but that both offices "
        "had shown the will to make their positions clear. Observers noted that the tone alone may "
        "shape what boat owners expect from the next round.",
        "In the town hall, a spokeswoman declined to describe the meeting in detail but confirmed that "
        "the line to the minister remains open. She added that local elections in spring are likely to "
        "influence the pace of any decision.",
        "Fishing families follow the matter closely, since every closed week of the channel costs them "
        "a share of their catch. A settlement could also calm the price of fish on the market, which "
        "has risen for three months in a row.",
        "Experts warn that large gaps remain. The depth of the channel, the share of the costs and the "
        "date of the first works are still open, and each of them has stopped talks before. Still, the "
        "mood is better than it was a year ago.",
    ),
)
BRIDGE = Story(
    title="Mayor Confirms Next Round of Bridge Talks, Calls First Session “Encouraging”",
    paragraphs=(
        "The mayor has confirmed that a second round of talks about the river bridge will take place "
        "next week, a sign of careful optimism after years of delay. She described the first session as"
        " positive and said it had produced results.",
        "She said the engineers appeared interested in an agreement and that the tone of the talks "
        "suggested a willingness to move forward. The session marked a notable shift compared with the "
        "last winter, when both sides refused to meet.",
        "# A Shift in the Town Hall’s Tone",
        "Speaking to journalists, the mayor said the town would judge deeds rather than words. Her "
        "first concern, she repeated, is that lorries must not use the old bridge again, and she called"
        " this a line that nobody may cross.",
        "# Ferry Office Offers a Place to Meet",
        "The first round took place in the ferry office on the northern bank. The office has often "
        "helped the two sides to speak in private when relations were strained, and its choice once "
        "more showed its weight as a neutral place.",
        "# Key Demands Remain a Hurdle",
        "The engineers want the town to pay for the foundations and to accept strict limits on weight. "
        "These demands are expected to be the hardest part of the next round, since the town sees both "
        "as a matter of its own budget.",
        "# What Lies Ahead for the Bridge",
        "As preparations for the next round begin, the question is whether small steps can be agreed "
        "upon. Any real advance would need compromises from both sides, something that has proved "
        "difficult for every mayor so far.",
    ),
)


@pytest.mark.parametrize("name", markups.REPORT)
def test_report_comes_out_whole_and_alone(name: str):
    article = extract(raw(build("report", name, COUNCIL)))
    assert COUNCIL.truth == article.text.split("\n\n")
    assert COUNCIL.title == article.title


@pytest.mark.parametrize("name", markups.ANALYSIS)
def test_analysis_keeps_its_sub_headings_and_nothing_else(name: str):
    article = extract(raw(build("analysis", name, BRIDGE)))
    assert BRIDGE.truth == article.text.split("\n\n")
    assert BRIDGE.title == article.title


def test_unlinked_teaser_that_shares_words_goes_when_the_source_showed_it_as_a_headline():
    teaser = "Island Council Meeting Leaves Harbour Minister Hoping for the Winter"
    page = build("report", "wordpress_unlinked_teaser", replace(COUNCIL, teaser=teaser))
    assert teaser in extract(raw(page)).text
    assert teaser not in extract(raw(page, headlines=("Something else", teaser))).text


def _seeds() -> list[tuple[str, str, Story]]:
    """The two documents the project began with, read from the shared folder where there is one."""
    shared = os.environ.get("COPYDESK_SHARED")
    files = sorted((Path(shared) / "data" / "seeds").glob("*.txt")) if shared else []
    if len(files) != 2:
        return []
    report, analysis = ([line for line in _lines(file) if line.strip()] for file in files)
    teaser = next(line for line in report if line != line.strip())
    first = Story(report[1], tuple(line for line in report if len(line) > 200), teaser.strip())
    body = analysis[2 : analysis.index("Post a Comment")]
    second = Story(analysis[1], tuple(line if len(line) > 100 else f"# {line}" for line in body))
    return [
        *(("report", name, first) for name in markups.REPORT),
        *(("analysis", name, second) for name in markups.ANALYSIS),
    ]


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(not _seeds(), reason="COPYDESK_SHARED names no folder with the two documents")
@pytest.mark.parametrize(("kind", "name", "story"), _seeds(), ids=lambda value: str(value)[:24])
def test_document_the_project_began_with_comes_out_whole_and_alone(kind: str, name: str, story: Story):
    article = extract(raw(build(kind, name, story)))
    assert story.truth == article.text.split("\n\n")
    assert story.title == article.title
