"""How bylines begin and end in many languages: data for `names`, to be extended by readers of each language.

BY comes before the names, LABELS before a colon and the names; OTHERS, as either, before the names of people
who did something else than write. ROLES follow a name, after one or more of ADJECTIVES; the scripts without
spaces have roles of their own, glued to the name. Compared case folded.
"""

from __future__ import annotations

from pipeline.core.clean.wordlists import phrases

BY = phrases(
    """view all posts by|see all posts by|all posts by|view all articles by|more stories by|
    more articles by|more posts by|articles by|posts by|created by|by|written by|posted by|published by|
    reported by|compiled by|story by|text by|words by|opinion by|analysis by|report by|article by|
    commentary by|a commentary by|review by|interview by|photos and text by""",
    """zeige alle beiträge von|alle beiträge von|alle artikel von|weitere artikel von|mehr artikel von|
    beiträge von|artikel von|beitrag von|ein artikel von|erstellt von|verfasst von|vom|von|
    ein beitrag von|eine analyse von|ein kommentar von|ein interview von|ein bericht von|
    eine reportage von|ein gastbeitrag von|ein essay von|eine kolumne von|text von|geschrieben von|
    veröffentlicht von|interview von|kommentar von|analyse von|bericht von|von unserem korrespondenten|
    von unserer korrespondentin|von unserem redakteur|von unserer redakteurin|von unserem mitarbeiter""",
    """voir tous les articles de|tous les articles de|voir les articles de|articles de|par|publié par|
    écrit par|rédigé par|propos recueillis par|article de|article par|texte de|un texte de|reportage de|
    analyse de|chronique de|une chronique de|récit de|une tribune de|enquête de|de notre correspondant|
    de notre correspondante|de notre envoyé spécial|de notre envoyée spéciale""",
    """ver todas las entradas de|ver todos los artículos de|todos los artículos de|
    ver todos os posts de|ver todos os artigos de|por|escrito por|publicado por|redactado por|texto de|
    texto por|un texto de|una crónica de|reportaje de|entrevista de|análisis de|publicada por|
    reportagem de|um texto de|com reportagem de|análise de""",
    """vedi tutti gli articoli di|tutti gli articoli di|articoli di|di|da|a cura di|scritto da|
    pubblicato da|articolo di|testo di|intervista di|reportage di|analisi di|dal nostro inviato|
    dalla nostra inviata|dal nostro corrispondente|dalla nostra corrispondente""",
    """alle berichten van|bekijk alle berichten van|meer van|door|geschreven door|door onze redacteur|
    door onze verslaggever|door onze correspondent|een bijdrage van|een artikel van|tekst van""",
    "av|af|tekst av|skrevet av|skrevet af|skriven av|publicerad av|text av|av vår korrespondent|kirjoittanut",
    "przez|od|oprac.|opr.|opracowanie|opracował|opracowała|napsal|napsala|píše|írta|de la|scris de|autor:",
    "oleh|ditulis oleh|laporan|bởi|theo|του|της|των|από τον|από την",
    "автор|авторы|автори|текст|подготовил|подготовила|написал|написала|підготував|підготувала",
    "بقلم|كتب|كتبت|إعداد|تقرير|نویسنده|گزارش|به قلم|כתב|כתבה|מאת|נכתב על ידי|लेखक|द्वारा|रिपोर्ट|লিখেছেন",
    "作者|记者|記者|撰文|本报记者|本報記者|实习记者|通讯员|文|글|기자명|기자|취재|작성자",
)
LABELS = phrases(
    """author|authors|author name|reporter|journalist|writer|editor|story|text|words|autor|autorin|autoren|
    redaktion|text|interview|kommentar|auteur|auteure|auteurs|rédaction|texte|autora|autores|redacción|texto|
    reportaje|edición|autore|autrice|testo|redazione|redação|reportagem|edição|tekst|redactie|skribent|
    journalist|forfatter|toimittaja|teksti|autorzy|autorka|dziennikarz|redakce|text|szerző|haber|yazar|yazan|
    muhabir|editör|автор|авторы|автори|текст|редактор|корреспондент|penulis|pewarta|reporter|sumber penulis|
    tác giả|bài viết|phóng viên|συντάκτης|κείμενο|نویسنده|خبرنگار|الكاتب|كتب|المحرر|كاتب|כתב|מאת|
    लेखक|संवाददाता""",
    "作者|记者|記者|撰文|文|文字|采写|編輯|编辑|责任编辑|執筆|取材|取材・文|著者|글|기자|작성자|취재",
)
OTHERS = phrases(
    """photo|photos|photo by|photos by|photograph by|photographs by|photography by|photography|pictures|
    pictures by|images by|illustration|illustrations|illustration by|illustrations by|graphics|graphics by|
    video|video by|videos by|edited by|translated by|translation|editing by|produced by|foto|fotos|foto von|
    fotos von|bild|bilder|grafik|grafiken|video von|übersetzung|übersetzt von|crédit photo|photographie|
    traduction|traduit par|infographie|fotografía|fotografías|imágenes|ilustración|traducción|fotografia|
    fotografie|fotografije|traduzione|immagini|tradução|imagens|beeld|foto's|zdjęcia|fotografował|zdj.|
    fotoğraf|fotoğraflar|фото|иллюстрации|перевод|редактор|видео|editor|editör|fotografer|penyunting|ảnh|
    kuva|kuvat|foto:|تصوير|عکس|צילום|摄影|攝影|写真|撮影|사진|图|编辑|責任編輯|责任编辑""",
)
"""`editor` is here too: with the writer named beside, he is left out; alone, he stays."""
ROLES = (
    "editors?|reporters?|correspondents?|writers?|contributors?|columnists?|staff|analysts?|producers?|"
    "journalists?|chefredakteur(?:in)?|redaktionsleit(?:er|erin)|bureau|anchor|presenter|freelancer?|intern|redakteur(?:in)?|redaktør|korrespondent(?:in)?|"
    "journaliste|correspondante?|redactora?|periodista|corresponsal|jornalista|repórter|giornalista|inviat[oa]|"
    "corrispondente|redacteur|verslaggever|journalistin|muhabir|корреспондент|обозреватель|редактор|журналист|"
    "кореспондент|specialist|fellow|professor|wartawan|kontributor|dziennikarz|dziennikarka|publizist(?:in)?"
)
ADJECTIVES = (
    "senior|chief|staff|deputy|political|politics|foreign|sports?|business|economics|science|health|"
    "environment|education|technology|tech|crime|city|national|international|special|home|affairs|diplomatic|"
    "legal|transport|features|entertainment|culture|arts|managing|news|digital|associate|assistant|executive|"
    "contributing|lead|local|freelance|investigations?|investigative|data|world|europe|europa|security|"
    "defen[cs]e|media|opinion|night|guest|general|assignment|and|in"
)
DAYS = phrases(
    """january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|
    jun|jul|aug|sep|sept|oct|nov|dec|monday|tuesday|wednesday|thursday|friday|saturday|sunday""",
    """januar|jänner|februar|märz|mai|juni|juli|oktober|dezember|mrz|okt|dez|montag|dienstag|mittwoch|
    donnerstag|freitag|samstag|sonntag""",
    """janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|janv|févr|avr|juil|déc|
    lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche""",
    """enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|ene|abr|ago|dic|
    lunes|martes|miércoles|jueves|viernes|sábado|domingo""",
    """janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|fev|set|out""",
    """gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|gen|mag|giu|lug|ott""",
    """januari|februari|maart|mei|augustus|maj|marts|agustus|desember|ocak|şubat|mart|nisan|mayıs|haziran|temmuz|
    ağustos|eylül|ekim|kasım|aralık""",
    """stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia|
    updated|posted|published|modified|created|stand|aktualisiert|veröffentlicht|publié|actualizado|publicado|
    января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря""",
)
"""Words that a date leaves behind a name when its figures are gone."""
GLUED_BEFORE = "本报|本報|特约|特約|实习|實習|记者|記者|通讯员|通訊員|作者|撰文|기자명|기자|ライター"
GLUED_AFTER = (
    "记者|記者|报道|報道|報導|摄|撰稿|编辑|編輯委員|編集委員|特派員|論説委員|"
    "기자|특파원|논설위원|인턴기자|선임기자|앵커"
)
OF = "of|for|from|at|bei|für|beim|pour|para|per|de el|of the"
"""What joins a name to where its bearer works."""
DATED = "le|am|on|el|em|il|op|den|vom|dnia|dne|at|um|à|at|alle|pada|vào|în|на|в|date|updated|published|posted"
"""Words between the names and a date."""
