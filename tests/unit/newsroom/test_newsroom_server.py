"""The web server: hosts, validators, switches, the request log, the catalogue."""

import json
import socket
from pathlib import Path

import feedparser
import pytest
import yaml
from lxml import etree
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from newsroom import serve
from newsroom.material import outlets
from newsroom.sources import CATALOGUE, catalogue

TOLL = "harbour-herald/swing-bridge-toll-to-rise"


def test_every_announced_article_is_served(room, ask):
    statuses = {url: ask(url).status for url in room.truth.articles}

    assert set(statuses.values()) == {200}


def test_unknown_host_is_misdirected(ask):
    assert ask("http://elsewhere.example/").status == 421


def test_unknown_path_is_not_found(ask):
    assert ask("http://harbourherald.example/no/such/page").status == 404


def test_tracking_parameters_do_not_change_what_is_served(room, ask):
    article = room.truth.article("lantern-post/maker-recalls-kettles")

    assert article.url != article.canonical_url
    assert ask(article.url).body == ask(article.canonical_url).body


def test_discards_end_as_their_reason_says(room, ask):
    replies = {reason: ask(url) for url, reason in room.truth.discards.items()}

    assert replies["not-found"].status == 404
    assert replies["not-html"].headers["Content-Type"] == "application/pdf"
    assert replies["too-large"].status == 200
    assert len(replies["too-large"].body) > 4 * 1024 * 1024
    assert len(replies["too-short"].body) < 500


@pytest.mark.parametrize(
    "url", ["http://harbourherald.example/feed/", "http://www.lanternpost.example/atom.xml"]
)
def test_unchanged_document_is_not_sent_again(ask, url):
    first = ask(url)

    by_tag = ask(url, If_None_Match=first.headers["ETag"])
    by_time = ask(url, If_Modified_Since=first.headers["Last-Modified"])

    assert (by_tag.status, by_tag.body) == (304, b"")
    assert (by_time.status, by_time.body) == (304, b"")
    assert ask(url, If_None_Match='"another"', If_Modified_Since=first.headers["Last-Modified"]).status == 200


def test_compressed_on_request(ask):
    plain = ask("http://harbourherald.example/feed/")
    packed = ask("http://harbourherald.example/feed/", Accept_Encoding="gzip")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body)


def test_correction_changes_text_title_feed_and_validators(room, ask):
    before = room.truth.article(TOLL)
    page, feed = ask(before.url), ask("http://harbourherald.example/feed/")

    reply = ask("http://newsroom.example/_newsroom/correct", "POST", json.dumps({"id": TOLL}).encode())

    after = room.truth.article(TOLL)
    assert reply.status == 200
    assert (before.revisions, after.revisions) == (1, 2)
    assert after.url == before.url
    assert after.paragraphs != before.paragraphs
    assert after.modified_at is not None
    assert ask(before.url, If_None_Match=page.headers["ETag"]).status == 200
    assert (
        after.title.encode()
        in ask("http://harbourherald.example/feed/", If_None_Match=feed.headers["ETag"]).body
    )


def test_correction_comes_out_once(room, ask):
    room.correct(TOLL)

    assert (
        ask("http://newsroom.example/_newsroom/correct", "POST", json.dumps({"id": TOLL}).encode()).status
        == 404
    )


def test_retracted_article_is_gone_and_no_longer_announced(room, ask):
    article = room.truth.article(TOLL)

    room.retract(TOLL)

    assert ask(article.url).status == 410
    assert article.url.encode() not in ask("http://harbourherald.example/feed/").body


def test_switch_without_readable_body_says_what_it_expects(ask):
    reply = ask("http://127.0.0.1/_newsroom/publish", "POST", b"not json")

    assert reply.status == 400
    assert b'"id"' in reply.body


def test_truth_is_readable_from_another_process(room, ask):
    answer = json.loads(ask("http://newsroom.example/_newsroom/truth").body)

    assert {row["url"] for row in answer["articles"]} == set(room.truth.articles)
    assert answer["discards"] == dict(room.truth.discards)


def test_browsing_page_links_stay_under_the_browsing_prefix(ask):
    front = ask("http://127.0.0.1/")
    page = ask("http://127.0.0.1/_outlet/harbourherald.example/")

    assert b"/_outlet/harbourherald.example/" in front.body
    assert page.status == 200
    assert b"http://harbourherald.example" not in page.body


def test_requests_are_logged_with_host_status_and_times(room, ask, tmp_path):
    ask("http://harbourherald.example/robots.txt", User_Agent="probe/1")

    request = room.log[-1]

    assert (request.host, request.path, request.status) == ("harbourherald.example", "/robots.txt", 200)
    assert request.headers["User-Agent"] == "probe/1"
    assert request.finished is not None
    assert request.finished >= request.started


def test_access_log_has_a_line_per_request(tmp_path: Path):
    file = tmp_path / "access.jsonl"
    with serve(access_log=file) as room, socket.create_connection((room.host, room.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: newsroom.example\r\nConnection: close\r\n\r\n")
        while connection.recv(65536):
            pass

    assert [json.loads(line)["path"] for line in file.read_text().splitlines()] == ["/"]


def test_taken_port_is_reported_to_the_caller():
    with serve() as room, pytest.raises(OSError, match="address already in use"), serve(port=room.port):
        pass


def test_committed_catalogue_is_that_of_the_outlets():
    assert yaml.safe_load(CATALOGUE.read_text(encoding="utf-8")) == catalogue(outlets().values())


def test_sequential_client_never_overlaps_itself_in_the_log(room, ask):
    for _ in range(30):
        ask("http://harbourherald.example/robots.txt")

    pairs = list(zip(room.log, room.log[1:], strict=False))
    assert [
        earlier for earlier, later in pairs if earlier.finished is None or earlier.finished > later.started
    ] == []


def announced(reply, outlet):
    """The addresses in an outlet's own announcement, read by libraries that know nothing of the newsroom."""
    match outlet.format:
        case "rss" | "atom":
            return [entry.link for entry in feedparser.parse(reply.body).entries]
        case "json":
            return [entry["url"] for entry in json.loads(reply.body)["items"]]
        case "news-sitemap":
            return [node.text for node in etree.fromstring(reply.body).iterfind("{*}url/{*}loc")]
        case _:
            links = HTMLParser(reply.body.decode()).css(outlet.listing_css)
            return [outlet.home + link.attributes["href"] for link in links]


@pytest.mark.parametrize("outlet", outlets().values(), ids=lambda outlet: outlet.id)
def test_outlet_announces_its_articles_and_strays_newest_first(room, ask, outlet):
    expected = [
        *((a.published_at, url) for url, a in room.truth.articles.items() if a.source_id == outlet.id),
        *((s.published_at, s.url(outlet)) for s in room.desk.strays if s.outlet_id == outlet.id),
    ]

    assert announced(ask(outlet.source_url), outlet) == [url for _, url in sorted(expected, reverse=True)]


def test_titles_survive_the_encoding_of_the_announcement(room, ask):
    for outlet in outlets().values():
        if outlet.format in {"rss", "atom"}:
            titles = {entry.title for entry in feedparser.parse(ask(outlet.source_url).body).entries}
            assert titles >= {a.title for a in room.truth.articles.values() if a.source_id == outlet.id}


def test_listing_goes_on_over_pages(room, ask):
    while len(room.desk.listed("gaceta-del-valle", 40)) < 25:
        room.publish()

    first, second = (
        ask("http://gacetadelvalle.example/actualidad/"),
        ask("http://gacetadelvalle.example/actualidad/?page=2"),
    )

    assert b'rel="next"' in first.body
    assert first.body.count(b'class="card"') == 20
    assert second.body.count(b'class="card"') >= 5
    assert ask("http://gacetadelvalle.example/actualidad/?page=9").status == 404
