"""What a hostile answer may look at: the request, and how often this path was asked for before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from newsroom.answer import Answer, Played


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a hostile host; `nth` counts the requests for this path, from 1."""

    host: str
    path: str
    headers: Mapping[str, str]
    nth: int

    @property
    def home(self) -> str:
        return f"http://{self.host}"


Page = Callable[[Visit], Answer | Played]
