"""The reader shown in docs/consumers.md, run as it stands there."""

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import schemas
from pipeline.adapters.kafka_clients import producer
from pipeline.core.codec import to_message
from pipeline.core.model import Story
from pipeline.core.story_form import story_of
from pipeline.settings import Settings

pytestmark = pytest.mark.servers
DOCUMENT = Path(__file__).parents[2] / "docs" / "consumers.md"


def publish(settings: Settings, *stories: Story) -> None:
    with closing(producer(settings)) as sender:
        for story in stories:
            message = to_message(story, source="/stages/test")
            headers = [(name, value.encode()) for name, value in message.headers.items()]
            sender.send(message.topic, message.value, key=message.key.encode(), headers=headers).get(30)


def shown_reader(settings: Settings) -> str:
    """The Python of the page, pointed at this session's broker and ending when it has read all."""
    code: str
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert '"127.0.0.1:9092"' in code
    return code.replace('"127.0.0.1:9092"', f'"{settings.kafka_bootstrap}", consumer_timeout_ms=4000')


def read_as_shown(settings: Settings) -> None:
    """Run it and leave its group, as its process would when it ends."""
    names: dict[str, Any] = {}
    exec(compile(shown_reader(settings), str(DOCUMENT), "exec"), names)
    names["stories"].close()


def test_reader_of_the_page_holds_each_story_at_its_highest_version(
    empty: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    story = story_of(schemas.examples("story")["one-article"])
    removed = replace(story_of(schemas.examples("story")["removed-with-copies"]), story_id=story.story_id)
    later = replace(removed, version=story.version + 1)
    publish(empty, story, story, later, story)
    read_as_shown(empty)
    assert capsys.readouterr().out.splitlines() == [
        f"active {story.story_id} Winter ferry timetable begins Monday",
        f"removed {story.story_id} None",
    ]
