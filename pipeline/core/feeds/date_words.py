"""The words in dates of feeds: months, weekdays, halves of the day and zones. Data, no rules.

A zone whose letters mean several places (IST, CST in China) is left out or given its common reading only
where RFC 5322 fixes it.
"""

from __future__ import annotations

from datetime import timedelta


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_MONTH_ROWS = (
    # English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Turkish, Greek, Hungarian
    "jan january januar janvier janv enero ene gennaio gen janeiro januari stycznia sty января янв ocak oca "
    "ιαν ιανουαρίου január jän jänner",
    "feb february februar février févr fev fevrier fevr febrero febbraio fevereiro februari lutego lut "
    "февраля фев şubat şub subat φεβ φεβρουαρίου február febr",
    "mar march märz mär mrz mars marzo março marco maart mrt marca марта мар mart μαρ μάρ μαρτίου "
    "március márc",
    "apr april avril avr abril abr aprile kwietnia kwi апреля апр nisan nis απρ απριλίου április ápr",
    "may mai mayo maggio mag maio mei maja мая май mayıs mayis μαι μάι μαϊ μάϊ μαΐου május máj",
    "jun june juni juin junio giugno giu junho czerwca cze июня июн haziran haz ιουν ιούν ιουνίου június jún",
    "jul july juli juillet juil julio luglio lug julho lipca lip июля июл temmuz tem ιουλ ιούλ ιουλίου "
    "július júl",
    "aug august août aout agosto ago augustus sierpnia sie августа авг ağustos ağu agustos αυγ αύγ αυγούστου "
    "augusztus",
    "sep sept september septembre septiembre settembre set setembro września wrz сентября сен сент eylül eyl "
    "σεπ σεπτ σεπτεμβρίου szeptember szept",
    "oct october oktober okt octobre octubre ottobre ott outubro out października paź октября окт ekim eki "
    "οκτ οκτωβρίου október",
    "nov november novembre noviembre novembro listopada lis ноября ноя kasım kas kasim νοε νοέ νοεμβρίου",
    "dec december dezember dez décembre déc decembre diciembre dic dicembre dezembro grudnia gru декабря дек "
    "aralık ara aralik δεκ δεκεμβρίου",
)
MONTHS = {name: number for number, row in enumerate(_MONTH_ROWS, 1) for name in _words(row)}

WEEKDAYS = frozenset(
    _words(
        # English, German, French, Spanish, Italian, Portuguese, Dutch
        "mon tue tues wed thu thur thurs fri sat sun "
        "monday tuesday wednesday thursday friday saturday sunday "
        "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
        "lun mar mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche "
        "mié mie jue vie sáb sab dom lunes martes miércoles miercoles jueves viernes sábado sabado domingo "
        "gio lunedì martedì mercoledì giovedì venerdì sabato domenica "
        "lunedi martedi mercoledi giovedi venerdi "
        "seg ter qua qui sex segunda terça quarta quinta sexta feira "
        "ma wo vr za zo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
        # Polish, Russian, Turkish, Greek, Hungarian, Swedish and Danish
        "pon wto śro sro czw pią pia sob nie pn wt śr cz pt nd "
        "poniedziałek wtorek środa czwartek piątek sobota niedziela "
        "пн вт ср чт пт сб вс понедельник вторник среда четверг пятница суббота воскресенье "
        "paz pzt sal çar per cum cmt pazar pazartesi salı çarşamba perşembe cuma cumartesi "
        "κυρ δευ τρι τετ πεμ παρ σαβ hét kedd sze csü pén szo vas mån tis ons tors fre lör sön tir lør søn"
    )
)
"""Passed over, never used: a date is not made wrong by a wrong weekday."""

FILLERS = frozenset(_words("at um à le el il de del den der am om the of uhr h kl o dnia г"))
"""Small words between the parts that carry no meaning for the date."""

HALVES = r"[ap]\.?m\b\.?|오전|오후|上午|下午|午前|午後"
AFTERNOON = frozenset({"pm", "오후", "下午", "午後"})

_ZONE_HOURS = {
    0: "z ut utc gmt wet",
    -3: "adt",
    -4: "edt ast at",
    -5: "est cdt et",
    -6: "cst mdt ct",
    -7: "mst pdt mt",
    -8: "pst akdt pt",
    -9: "akst",
    -10: "hst",
    1: "cet met mez bst west",
    2: "cest mest mesz eet cat sast",
    3: "eest msk eat",
    5: "pkt",
    7: "wib ict",
    8: "hkt sgt awst",
    9: "jst kst",
    10: "aest",
    11: "aedt",
    12: "nzst",
    13: "nzdt",
}
ZONES = {name: timedelta(hours=hours) for hours, names in _ZONE_HOURS.items() for name in _words(names)}
