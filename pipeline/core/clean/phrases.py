"""Set phrases of news furniture, by language: data for `lines`, to be extended by readers of each language.

LABELS stand alone on their line. OPENINGS begin a line that leads away or asks for something, whatever
follows. Both are compared case folded, without the marks around them. A phrase that could begin a sentence
of an article belongs into LABELS only.
"""

from __future__ import annotations

LABELS: dict[str, str] = {
    "en": """share|share this|share this article|share this story|share on facebook|
        share on twitter|share this with|tweet|print|email|save|copy link|listen|comment|comments|
        no comments|leave a comment|post a comment|add a comment|leave a reply|view comments|
        show comments|join the conversation|advertisement|advertising|ad|sponsored|sponsored content|
        promoted|newsletter|sign up|subscribe|log in|related|related stories|related articles|
        related content|related news|related posts|related topics|related links|recommended|
        more on this|more stories|more news|up next|trending|most read|most popular|top stories|popular|
        editor's picks|editors' picks|you may also like|you might also like|don't miss|do not miss|
        just in|latest news|tags|tagged|topics|categories|filed under|previous|next|previous post|
        next post|previous article|next article|previous post next post|back to top|about the author|
        load more|show more|view all|read more|continue reading|explore further|exit mobile version|
        like this|loading|photos|video|gallery|image source|image caption|getty images|
        article continues below|story continues below|skip""",
    "de": """teilen|artikel teilen|anzeige|werbung|kommentare|kommentar schreiben|
        kommentar veröffentlichen|kommentieren|
        drucken|merken|abonnieren|mehr zum thema|zum thema|auch interessant|weiterlesen|schlagworte|
        themen|zur startseite|das könnte sie auch interessieren|weitere artikel|meistgelesen|
        empfohlener externer inhalt|vorlesen""",
    "fr": """partager|publicité|commentaires|commenter|s'abonner|mots-clés|tags|à lire aussi|
        lire aussi|sur le même sujet|les plus lus|imprimer|écouter|la suite après la publicité|
        voir aussi""",
    "es": """compartir|publicidad|comentarios|etiquetas|archivado en|noticias relacionadas|
        lo más leído|más información|más noticias|relacionado|relacionadas|síguenos|newsletter|imprimir|
        escuchar""",
    "pt": """compartilhar|compartilhe|publicidade|comentários|tags|notícias relacionadas|
        relacionadas|mais lidas|continua após a publicidade|leia também|veja também|saiba mais|ouvir|
        partilhar""",
    "it": """condividi|pubblicità|commenti|tag|articoli correlati|leggi anche|i più letti|
        ascolta|stampa|argomenti""",
    "nl": "delen|advertentie|reacties|lees ook|lees meer|meest gelezen|onderwerpen|luister",
    "pl": """udostępnij|reklama|komentarze|czytaj także|czytaj też|zobacz także|tagi|
        najczęściej czytane""",
    "ru": """поделиться|реклама|комментарии|теги|читайте также|по теме|самое читаемое|
        новости по теме|материалы по теме""",
    "uk": "поширити|реклама|коментарі|теги|читайте також|за темою|поділитися",
    "tr": "paylaş|reklam|yorumlar|etiketler|ilgili haberler|ilgili haber|çok okunanlar",
    "ar": """شارك|مشاركة|إعلان|التعليقات|اقرأ أيضا|مواضيع ذات صلة|موضوعات متعلقة|الأكثر قراءة|
        كلمات مفتاحية|الوسوم""",
    "fa": "اشتراک گذاری|نظرات|ارسال نظر|مطالب مرتبط|اخبار مرتبط|بیشتر بخوانید|برچسب ها|تبلیغات",
    "hi": "शेयर करें|यह भी पढ़ें|ये भी पढ़ें|विज्ञापन|संबंधित खबरें",
    "id": """bagikan|iklan|komentar|baca juga|artikel terkait|berita terkait|lihat juga|
        advertisement""",
    "vi": "chia sẻ|bình luận|tin liên quan|bài liên quan|xem thêm|quảng cáo|từ khóa",
    "ja": """シェア|コメント|広告|関連記事|あわせて読みたい|続きを読む|おすすめ記事|人気記事|
        前の記事|次の記事""",
    "zh": """分享|评论|評論|广告|廣告|相关阅读|相關閱讀|延伸阅读|延伸閱讀|相关新闻|相關新聞|
        推荐阅读|更多新聞|热门文章|熱門文章""",
    "ko": "공유|댓글|광고|관련기사|관련 기사|더보기|인기기사|많이 본 뉴스|기자의 다른기사 보기",
    "nordic": """dela|annons|kommentarer|läs också|läs mer|del|annonce|læs også|annonse|les også|jaa|
        mainos|lue myös|mest lest""",
    "central": """sdílet|reklama|čtěte také|diskuze|zdieľať|čítajte aj|megosztás|hirdetés|
        kapcsolódó cikkek|distribuie|citește și|publicitate|podijeli|oglas|pročitajte i|κοινοποίηση|
        διαβάστε επίσης|διαφήμιση|сподели""",
    "he": "שתפו|תגובות|פרסומת|קראו גם|כתבות נוספות",
}

OPENINGS: dict[str, str] = {
    "en": """read more:|read more about|read also|also read|read next|read:|read the full|
        see also|more:|related:|related story|related article|recommended:|more from |don't miss|watch:|
        watch now|watch more|watch the|listen:|listen to the|click here|follow us|follow @|follow our|
        follow him on|follow her on|sign up for|sign up to|subscribe to|subscribe for|join our|
        get the latest|get breaking|get our|get email|download our|download the|already a subscriber|
        your email address will not|required fields are marked|click to share|thanks for reading|
        this article is for subscribers|this content is for|photo credit|image credit|picture credit|
        photo:|photos:|image:|picture:|credit:|video:|gallery:|copyright|©|(c) 20|all rights reserved|
        send us your|have a tip|got a tip|do you have a story|have you been affected|
        support independent|report a typo|add us on google|follow on|follow cnn|enjoyed this|
        like what you see|posted in|filed under|tags:|topics:|categories:|published:|updated:|
        last updated|last modified|reporting by|editing by|by submitting your|by signing up|
        contact the author|stay up to date|stay informed|you can unsubscribe|we use income earning""",
    "de": """lesen sie auch|lesen sie hier|lesen sie mehr|lesen sie dazu|lesen sie außerdem|
        lies auch|lesetipp|mehr dazu|mehr zum thema|mehr lesen|auch interessant|folgen sie|folge uns|
        jetzt abonnieren|foto:|fotos:|bild:|quelle:|newsletter:|melden sie sich|hier geht es|
        zum artikel|den vollständigen artikel|weitere nachrichten|lesezeit""",
    "fr": """lire aussi|à lire aussi|a lire aussi|lire la suite|lire également|à lire :|
        lisez aussi|voir aussi|à voir aussi|suivez-nous|abonnez-vous|inscrivez-vous|recevez |
        crédit photo|photo :|article réservé|cet article est réservé""",
    "es": """lea también|lee también|leer también|lea además|lee además|te puede interesar|
        le puede interesar|te recomendamos|también te puede|también puedes leer|más información:|
        ver también|mira también|leer más|suscríbete|suscríbase|regístrate|sigue leyendo|recibe |
        síguenos|foto:|fuente:|únete a|puedes leer""",
    "pt": """leia também|leia mais|veja também|saiba mais|confira também|ler mais|siga-nos|
        siga o |assine |inscreva-se|receba |clique aqui|entre no |foto:|fonte:|crédito:|participe do""",
    "it": """leggi anche|leggi tutto|leggi pure|leggi:|guarda anche|potrebbe interessarti|
        per approfondire|seguici|iscriviti|abbonati|foto:|fonte:|ricevi |clicca qui""",
    "nl": """lees ook|lees meer|lees verder|bekijk ook|meer over|volg ons|meld je aan|abonneer|
        foto:|bron:""",
    "pl": """czytaj także|czytaj też|czytaj również|czytaj więcej|zobacz także|zobacz też|
        zobacz również|przeczytaj także|przeczytaj też|obserwuj nas|zapisz się|dołącz do|źródło:|fot. |
        zdjęcie:|polecamy:""",
    "ru": """читайте также|читать также|читайте ещё|читайте еще|смотрите также|читайте на|
        подробнее:|подписывайтесь|подпишитесь|фото:|источник:|ранее мы писали|
        напомним, ранее сообщалось|материалы по теме""",
    "uk": """читайте також|читайте ще|дивіться також|підписуйтесь|підпишіться|фото:|джерело:|
        долучайтесь""",
    "bg": "прочетете още|вижте още|вижте също|още по темата|снимка:",
    "tr": """ayrıca okuyun|bunlar da ilginizi|devamını oku|abone ol|takip edin|bizi takip|
        fotoğraf:|kaynak:|ilginizi çekebilir""",
    "ar": """اقرأ أيضا|اقرأ أيضاً|اقرأ أيضًا|اقرأ ايضا|إقرأ أيضا|إقرأ أيضاً|اقرأ المزيد|
        شاهد أيضا|شاهد أيضاً|طالع أيضا|طالع أيضاً|للمزيد|تابعونا|تابعنا|اشترك|انضم إلى|مواضيع ذات صلة|
        المصدر:|صورة:""",
    "fa": "بیشتر بخوانید|همچنین بخوانید|بخوانید:|بیشتر بدانید|مطالب مرتبط|عکس:|منبع:",
    "ur": "مزید پڑھیں|یہ بھی پڑھیں",
    "hi": "यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|और पढ़ें|हमें फॉलो|यह भी देखें",
    "bn": "আরও পড়ুন|আরো পড়ুন",
    "id": """baca juga|lihat juga|simak juga|simak video|saksikan|ikuti kami|ikuti berita|foto:|
        sumber:|baca selengkapnya""",
    "vi": "đọc thêm|xem thêm|mời bạn đọc|mời độc giả|ảnh:|theo dõi",
    "th": "อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง|อ่านข่าว|อ่านต่อ|ติดตาม",
    "ja": "【関連|関連記事|あわせて読みたい|▶|写真：|続きはこちら|※この記事は",
    "zh": """相关阅读|延伸阅读|延伸閱讀|更多新聞|更多报道|看更多|责任编辑|責任編輯|编辑：|編輯：|
        来源：|來源：|图片来源|本文来源|点击查看""",
    "ko": "관련기사|관련 기사|무단전재|무단 전재|저작권자|ⓒ|[사진|사진=|사진제공|▶|☞|구독",
    "nordic": """läs också|läs mer|läs även|följ oss|foto:|läs hela|læs også|læs mere|les også|
        les mer|les hele|følg oss|lue myös|lue lisää|lue koko|tilaa |katso myös""",
    "central": """čtěte také|přečtěte si|čtěte i|foto:|zdroj:|čítajte aj|prečítajte si|olvassa el|
        olvasta már|forrás:|citește și|citeste si|vezi și|sursa:|pročitajte|pročitaj još|izvor:|
        preberite tudi|διαβάστε επίσης|διαβάστε ακόμη|διαβάστε περισσότερα|δείτε επίσης|πηγή:|
        skaitykite taip pat|loe ka|lasi arī|прочитајте""",
    "he": "קראו גם|עוד בנושא|לכתבות נוספות|צילום:|קרדיט",
}
