"""Bytes to characters: the order of evidence, and labels the bytes contradict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.clean.charset import decode, http_charset, meta_charset

FRENCH = "Déjà vu à l’été, où ça coûte très cher, répète-t-on à Besançon"
RUSSIAN = "Паромная касса откроет второе окно в марте, решил совет острова"

ORDER = {
    "a mark beats the header and the meta tag": (
        b'\xef\xbb\xbf<meta charset="koi8-r">\xc3\xa9', "text/html; charset=windows-1251", "utf-8", "bom",
    ),
    "the header beats the meta tag": (
        b'<meta charset="koi8-r">\xe9', "text/html; charset=iso-8859-1", "windows-1252", "http",
    ),
    "the meta tag counts without a header": (b'<meta charset="koi8-r">\xc1', "text/html", "koi8-r", "meta"),
    "an unknown label in the header is none": (
        b'<meta charset="koi8-r">\xc1', "text/html; charset=made-up", "koi8-r", "meta",
    ),
    "the old meta form counts": (
        b'<META HTTP-EQUIV=Content-Type CONTENT="text/html; charset=Shift_JIS">', None, "shift_jis", "meta",
    ),
    "a meta tag in a comment is none": (
        b'<!-- <meta charset="koi8-r"> --><meta charset="windows-1251">\xe0', None, "windows-1251", "meta",
    ),
    "utf-16 in a meta tag means utf-8": (b'<meta charset="utf-16">plain', None, "utf-8", "meta"),
    "nothing said and ASCII is utf-8": (b"<p>plain", None, "utf-8", "detected"),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDER)
def test_evidence_is_believed_in_the_order_of_browsers(name: str):
    body, content_type, encoding, source = ORDER[name]
    decoded = decode(body, content_type)
    assert (encoding, source) == (decoded.encoding, decoded.source)


UNLABELLED = {
    "utf-8": FRENCH,
    "windows-1252": FRENCH,
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "windows-1250": "Příliš žluťoučký kůň úpěl ďábelské ódy a šel domů",
    "windows-1253": "Η κυβέρνηση ανακοίνωσε νέα μέτρα για τα πλοία και τα λιμάνια",
    "windows-1254": "Türkiye Büyük Millet Meclisi’nde görüşüldü, ışığı gördüler",
    "windows-1255": "ראש הממשלה הודיע על פתיחת החלון השני במרץ הקרוב",
    "windows-1256": "أعلن رئيس الوزراء عن فتح نافذة ثانية في مارس المقبل",
    "cp874": "นายกรัฐมนตรีประกาศเปิดหน้าต่างที่สองในเดือนมีนาคม",
    "shift_jis": "島の議会は火曜日、二つ目の窓口を三月に開くことを決めた。",
    "euc_jp": "島の議会は火曜日、二つ目の窓口を三月に開くことを決めた。",
    "euc_kr": "섬 의회는 화요일에 두 번째 창구를 삼월에 열기로 결정했다고 밝혔다",
    "gb18030": "岛上的议会在星期二决定在三月开放第二个窗口，这是我们的要求。",
    "big5": "島上的議會在星期二決定在三月開放第二個窗口，這是我們的要求。",
    "iso2022_jp": "島の議会は火曜日、二つ目の窓口を開くことを決めた",
    "utf-16-le": "<html><p>The council decided on Tuesday</html>",
}


@pytest.mark.parametrize("encoding", UNLABELLED)
def test_unlabelled_bytes_are_read_as_what_they_are(encoding: str):
    text = UNLABELLED[encoding]
    assert text in decode(f"<html><body><p>{text}</p>".encode(encoding)).text


def test_utf8_under_a_legacy_label_is_read_as_utf8():
    for content_type, head in (("text/html; charset=iso-8859-1", ""), (None, "<meta charset=windows-1251>")):
        assert FRENCH in decode(f"{head}<p>{FRENCH}".encode(), content_type).text


def test_legacy_bytes_under_a_utf8_label_are_read_as_what_they_are():
    assert RUSSIAN in decode(f'<meta charset="utf-8"><p>{RUSSIAN}'.encode("windows-1251")).text
    assert FRENCH in decode(f"<p>{FRENCH}".encode("windows-1252"), "text/html; charset=UTF-8").text


def test_few_damaged_bytes_do_not_change_a_utf8_page():
    body = f"<p>{RUSSIAN * 20}".encode() + b"\xd0"
    decoded = decode(body, "text/html; charset=utf-8")
    assert decoded.encoding == "utf-8"
    assert RUSSIAN in decoded.text


def test_two_accents_do_not_prove_utf8_against_a_label():
    assert decode("<p>caf\u00e9 \u00e9t\u00e9".encode(), "text/html; charset=windows-1252").source == "http"


def test_labels_are_those_of_the_standard():
    assert http_charset('text/html; charset="latin1"') == "windows-1252"
    assert http_charset("text/html; charset=ks_c_5601-1987") == "euc-kr"
    assert http_charset("text/html") is None
    assert meta_charset(b"<meta charset='unicode-1-1-utf-8'>") == "utf-8"
    assert meta_charset(b"<p>charset=koi8-r") is None


@given(
    st.binary(max_size=400), st.sampled_from([None, "text/html; charset=utf-8", "x; charset=gbk", "charset="])
)
def test_any_bytes_give_text(body: bytes, content_type: str | None):
    assert isinstance(decode(body, content_type).text, str)


@given(st.text(max_size=200))
def test_utf8_with_its_label_always_comes_back(text: str):
    clean = text.encode("utf-8", "ignore")
    if not clean.startswith((b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")):
        assert decode(clean, "text/html; charset=utf-8").text == clean.decode()
