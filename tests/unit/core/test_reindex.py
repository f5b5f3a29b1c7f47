"""Names of versions, and two indices side by side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.reindex import Comparison, Standing, compared, next_name

NAMES = [
    ("none there", [], "news-stories-v0001"),
    ("one there", ["news-stories-v0001"], "news-stories-v0002"),
    ("a gap", ["news-stories-v0001", "news-stories-v0007"], "news-stories-v0008"),
    ("a generation of a rebuild", ["news-stories-v0002-e00003-a1"], "news-stories-v0003"),
    ("ten thousand", ["news-stories-v9999"], "news-stories-v10000"),
    ("names of other kinds", ["news-stories-old"], "news-stories-v0001"),
]


@pytest.mark.parametrize(("case", "there", "name"), NAMES, ids=[row[0] for row in NAMES])
def test_next_version_comes_after_all_there_are(case: str, there: list[str], name: str) -> None:
    assert next_name("news-stories", there) == name


def standings(text: str) -> list[Standing]:
    """`a1 b2!`: story a at version 1, story b at version 2 and removed."""
    return [
        Standing(word[0], int(word[1]), "removed" if word.endswith("!") else "active")
        for word in text.split()
    ]


COMPARED = [
    ("equal", "a1 b2", "a1 b2", "", ""),
    ("lacking at the end", "a1 b2", "a1", "b", ""),
    ("lacking at the start", "a1 b2", "b2", "a", ""),
    ("older", "a3 b2", "a2 b2", "a", ""),
    ("newer", "a3", "a4", "", "a"),
    ("more", "b1", "a1 b1 c1", "", "ac"),
    ("of another status", "a1 b1!", "a1 b1", "b", ""),
    ("everything at once", "a1 b5 d1", "b4 c1 d2", "ab", "cd"),
    ("nothing", "", "", "", ""),
]


@pytest.mark.parametrize(
    ("case", "served", "following", "behind", "ahead"), COMPARED, ids=[row[0] for row in COMPARED]
)
def test_what_the_next_version_lacks_and_what_it_has_more(
    case: str, served: str, following: str, behind: str, ahead: str
) -> None:
    found = compared(standings(served), standings(following))
    assert (found.behind, found.ahead) == (tuple(behind), tuple(ahead))
    assert found.same is not bool(behind)
    assert found.stories == len(served.split())


def test_stories_are_counted_by_status() -> None:
    assert compared(standings("a1 b1! c2"), []).statuses == {"active": 2, "removed": 1}


def test_other_contents_make_a_difference_even_at_equal_versions() -> None:
    assert not Comparison(unequal=("a",)).same


HELD = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 4))


@given(HELD, HELD)
def test_comparison_is_that_of_two_mappings(served: dict[str, int], following: dict[str, int]) -> None:
    def held(versions: dict[str, int]) -> list[Standing]:
        return [Standing(name, versions[name], "active") for name in sorted(versions)]

    found = compared(held(served), held(following))
    assert found.behind == tuple(n for n in sorted(served) if following.get(n, 0) < served[n])
    assert found.ahead == tuple(n for n in sorted(following) if served.get(n, 0) < following[n])
