"""What others do: exact hashing, SimHash, MinHash-LSH, each at its usual settings, on the same articles."""

from __future__ import annotations

import hashlib
import importlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bench.stories.scoring import Pair
from bench.stories.sets import Article
from pipeline.core.copies.shingles import shingle
from pipeline.core.copies.tokens import tokenize, words

MINHASH_LIBRARY: Final = "rensa"
INSTALL: Final = f"pip install {MINHASH_LIBRARY}"

_FIVE_WORDS: Final = 5


def exact(articles: Sequence[Article]) -> list[Pair]:
    """Pairs whose bodies are the same but for white space."""
    places: dict[bytes, list[int]] = defaultdict(list)
    for place, article in enumerate(articles):
        places[hashlib.sha256(" ".join(article.text.split()).encode()).digest()].append(place)
    return [pair for same in places.values() for pair in combinations(same, 2)]


def simhash(articles: Sequence[Article], bits: int) -> list[Pair]:
    """Pairs whose SimHash-64 over three-word shingles differs in at most `bits` bits (Manku 2007: three)."""
    prints = np.array([_fingerprint(article) for article in articles], dtype=np.uint64)
    pairs: list[Pair] = []
    for place in range(1, len(prints)):
        near = np.flatnonzero(np.bitwise_count(prints[:place] ^ prints[place]) <= bits)
        pairs.extend((other, place) for other in near.tolist())
    return pairs


def minhash(articles: Sequence[Article], bands: int, rows: int) -> list[Pair]:
    """Pairs that share a band of a MinHash over five-word shingles, joined unverified as data-set makers do.

    Raises ModuleNotFoundError when the library is missing; `INSTALL` says how to get it.
    """
    library: Any = importlib.import_module(MINHASH_LIBRARY)
    prints = [_minhash(library, article, bands * rows) for article in articles]
    index = library.RMinHashLSH(threshold=0.7, num_perm=bands * rows, num_bands=bands)
    pairs: list[Pair] = []
    for place, found in enumerate(prints):
        pairs.extend((other, place) for other in index.query(found))
        index.insert(place, found)
    return pairs


def jaccard(articles: Sequence[Article], pairs: Iterable[Pair], least: float) -> Iterator[Pair]:
    """Those of the pairs whose sets of five-word shingles have at least this Jaccard similarity."""
    sets = [frozenset(_five_words(article)) for article in articles]
    for one, other in pairs:
        shared = len(sets[one] & sets[other])
        if shared >= least * (len(sets[one]) + len(sets[other]) - shared):
            yield one, other


def _fingerprint(article: Article) -> int:
    shingles = shingle(tokenize(article.text))
    bits: NDArray[np.uint8] = np.unpackbits(shingles.view(np.uint8).reshape(-1, 8), axis=1)
    majority = bits.sum(axis=0, dtype=np.int64) * 2 > len(shingles)
    return int.from_bytes(np.packbits(majority).tobytes())


def _minhash(library: Any, article: Article, permutations: int) -> Any:
    found = library.RMinHash(num_perm=permutations, seed=42)
    found.update(_five_words(article))
    return found


def _five_words(article: Article) -> list[str]:
    found = words(article.text)
    return [
        " ".join(found[start : start + _FIVE_WORDS]) for start in range(max(1, len(found) - _FIVE_WORDS + 1))
    ]
