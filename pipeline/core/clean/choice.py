"""A metadata value together with where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Origin = Literal["json-ld", "meta", "html", "http", "feed", "url", "text", "guess"]
"""`http`: a response header; `text`: the article's own words; `guess`: a statistical or last-resort rule."""


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """The value that won and the kind of place it was found in."""

    value: T
    origin: str
