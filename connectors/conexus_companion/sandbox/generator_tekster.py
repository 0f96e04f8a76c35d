"""Phrases for generated Conexus logs, written by us in the manner of the municipal guides.

`{n}` is the child's first name. bokmål and nynorsk. No sentence is about a real person.
"""

MAALFORMER = ("nb", "nb", "nb", "nn")

OPPMERKSOMHET: dict[str, dict[str, tuple[str, ...]]] = {
    "nb": {
        "SPRAAK": (
            "{n} bruker to til tre ord i setningene og trekker seg når andre barn snakker fort.",
            "{n} finner ikke ordene i samlingsstund og svarer helst med nikk.",
            "{n} leser enkeltord sikkert, men mister sammenhengen i tekster over en halv side.",
        ),
        "MOTORIKK": (
            "{n} snubler på ujevnt underlag og lar være å bli med på klatring i skogen.",
            "{n} holder blyanten i hele hånden og blir sliten etter fem minutter med skriving.",
        ),
        "TRIVSEL": (
            "{n} går alene i tre av fem friminutt og sier at magen er vond før skolen.",
            "{n} gråter ved levering de fleste morgener og blir trøstet etter omtrent ti minutter.",
        ),
        "FRAVAER": (
            "{n} har vært borte fra skolen elleve av de siste tjue dagene.",
            "{n} kommer etter andre time på mandager og har meldt fra om hodepine.",
        ),
        "ADFERD": (
            "{n} forlater rommet når oppgaven oppleves vanskelig, to til fire ganger om dagen.",
            "{n} slår ut med armene når leken stopper opp, oftest i garderoben.",
        ),
        "SKOLEMILJOE": (
            "{n} forteller at andre elever hvisker i gangen, og opplever ikke dagen som trygg.",
        ),
        "SOEVN": ("{n} sover fem timer de fleste netter og er trøtt i de første timene.",),
    },
    "nn": {
        "SPRAAK": (
            "{n} brukar korte setningar og gir seg når dei andre borna ikkje forstår.",
            "{n} les sakte og spør sjeldan om hjelp når orda er vanskelege.",
        ),
        "MOTORIKK": ("{n} vel bort leik som krev balanse, og held seg ved sandkassa.",),
        "TRIVSEL": ("{n} seier at ingen ventar på han i friminuttet, og går tett på dei vaksne.",),
        "FRAVAER": ("{n} har vore heime åtte av dei siste femten skuledagane.",),
        "ADFERD": ("{n} ropar høgt når planen blir endra utan førevarsel.",),
        "SKOLEMILJOE": ("{n} opplever ikkje at klassemiljøet er trygt etter at gruppa vart delt.",),
        "SOEVN": ("{n} sovnar etter midnatt og kjem for seint tre dagar i veka.",),
    },
}

FAKTORER = {
    "nb": (
        "Overgangene er mange og lite varslet. {n} får hjelp først når situasjonen er låst.",
        "Leggetid varierer. Skjerm på rommet. {n} tror at de andre ikke vil være sammen.",
        "Oppgavene er like for alle. Ros gis mest for stillhet.",
    ),
    "nn": (
        "Dagen har mange skifte. {n} får ofte hjelp før eige forsøk.",
        "Vaksne snakkar fort når det hastar. 🕒",
    ),
}
KJENNETEGN = {
    "nb": (
        "{n} arbeider med oppgaven i ti minutter og ber om hjelp når noe står fast.",
        "{n} er på skolen hver dag til ringetid.",
        "{n} leker med minst ett annet barn i utetiden, tre dager i uken.",
        "{n} forteller om dagen sin med hele setninger ved middagsbordet.",
        "{n} går inn i skolegården uten foreldre.",
    ),
    "nn": (
        "{n} kjem til ringetid fire av fem dagar.",
        "{n} spør ein vaksen om hjelp før noko blir for vanskeleg.",
        "{n} er med i leik ute kvar dag.",
    ),
}
DELMAAL = {
    "nb": (
        "Blir fulgt til døren",
        "Går alene fra porten",
        "Sier navnet sitt i samling",
        "Ber om pause med kortet",
        "Leser to sider høyt hjemme",
    ),
    "nn": ("Kjem til andre time", "Kjem til første time", "Helsar på læraren om morgonen"),
}
TILTAK: dict[str, dict[str, tuple[str, ...]]] = {
    "nb": {
        "TJENESTE": (
            "Kontaktlærer går gjennom ukeplanen sammen med {n} hver mandag i første time.",
            "Assistent tar imot ved porten 08.10 og følger {n} inn i garderoben.",
            "Språkgruppe på fire barn, tirsdag og torsdag kl. 10 i tjue minutter.",
            "{n} sitter nærmest døren og kan gå ut med grønt kort.",
            "PPT observerer to økter og gir råd om oppgavemengde.",
            "Helsesykepleier har samtale annenhver uke om søvn og mage.",
        ),
        "HJEM": (
            "Foresatte leser ti minutter sammen med {n} før leggetid.",
            "Skjermen blir lagt på kjøkkenet klokken 21.",
            "Foresatte øver på å kle på seg i riktig rekkefølge om morgenen, uten hjelp.",
            "En fast plass ved kjøkkenbordet til skolearbeid, med blyant og viskelær. ",
        ),
        "BARN": (
            "{n} sier fra med kortet når det er behov for pause.",
            "{n} velger hvem det er fint å leke med i storefri.",
            "{n} pakker sekken kvelden før.",
        ),
    },
    "nn": {
        "TJENESTE": (
            "Læraren førebur {n} på endringar i planen kvar morgon.",
            "Vaksen deltek i leiken ute dei første ti minutta.",
            "Fysioterapeuten viser tre øvingar, sjå vedlegg i notat.",
        ),
        "HJEM": (
            "Føresette har fast leggetid klokka 20.30 på kvardagar.",
            "Føresette snakkar med {n} om kva som var bra i dag. 😊",
        ),
        "BARN": ("{n} spør eitt barn om å vere med i leiken kvar dag.",),
    },
}
EVALUERING = {
    "nb": (
        "Gikk bedre enn ventet. {n} er selv stolt av dette.",
        "Virket de første to ukene, deretter ble det glemt ved vikarbruk.",
        "Ingen endring. Familien ønsker å prøve noe annet.",
        "Fast rutine nå.\nVi trapper ned til én gang i uken.",
    ),
    "nn": (
        "Verka godt, {n} spør sjølv etter tida.",
        "Delvis. Det går bra når det er ro, ikkje i store grupper.",
    ),
}
LYSGLIMT = {
    "nb": (
        "I dag rakk {n} opp hånden to ganger! 🎉",
        "Kom inn alene med et stort smil.",
        "{n} trøstet et annet barn i garderoben. ❤️",
        "Lekser gjort før middag, uten mas  ",
    ),
    "nn": ("{n} song heile songen i samlinga 🎵", "Fin tur i skogen. {n} klatra høgast av alle."),
}
NOTAT = {
    "nb": (
        "Familien ønsker å fortsette med stafettlogg framfor individuell plan. Avtalt i møte.",
        "Vedlagt øvelser med bilder fra fysioterapeut.",
        "Foreldre har meldt om flytting til ny adresse i kommunen. Skolen er den samme.",
        "Gjennomgått: mål, tiltak, ansvar.\n\n- neste møte om seks uker\n- barnet er med til slutt",
    ),
    "nn": (
        "Føresette vil halde fram med loggen i staden for individuell plan.",
        "Sjå vedlagt ark med øvingar.",
    ),
}
MOTE = {
    "nb": ("Oppstartsmøte", "Evalueringsmøte", "Samarbeidsmøte", "Møte om veien videre"),
    "nn": ("Oppstartsmøte", "Evalueringsmøte", "Samarbeidsmøte"),
}
BEGRUNNELSE = (
    "Overgang fra barnehage til skole.",
    "Ny kontaktlærer fra høsten.",
    "Stafettholder har sluttet; leder overfører på vegne av ansatt.",
)
VIRKSOMHETER = (
    ("SKOLE", "Ullmåne skole"),
    ("SKOLE", "Lyngskår skule"),
    ("SKOLE", "Bekkestjerne ungdomsskole"),
    ("BARNEHAGE", "Snøklokken barnehage"),
    ("BARNEHAGE", "Guovssu mánáidgárdi"),
    ("HELSESTASJON", "Havglimt helsestasjon"),
    ("PPT", "Tindesang PPT"),
    ("BARNEVERN", "Nordlysvik barneverntjeneste"),
    ("VIDEREGAAENDE", "Sølvbakk videregående skole"),
)
