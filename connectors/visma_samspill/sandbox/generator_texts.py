"""Phrases for generated Samspill plans, written by us in the manner of the municipal routines.

`{n}` is the child's first name. Mostly nynorsk, as in the municipalities that use the product.
"""

LANGUAGES = ("nn", "nn", "nb")

DESCRIPTION = {
    "nn": (
        "{n} er {a} år og går på {u}. {n} elskar dinosaurar og likar å leike ute. 🦕\n"
        "Utfordringa er språket, og det påverkar trivselen.",
        "{n} ({a} år) likar å teikne og å vere med i fjøset. Treng ro i overgangar.",
        "{n} er {a} år, går på {u} og spelar fotball. Har vore mykje borte i haust.  ",
    ),
    "nb": (
        "{n} er {a} år og går på {u}. Liker dyr, tall og å være ute i all slags vær.",
        "Meg som barn:\n- god til å trøste\n- liker ikke bråk\n- trenger tid om morgenen",
    ),
}
GOAL = {
    "nn": (
        "{n} fortel om dagen sin med heile setningar",
        "{n} kjem til ringetid fire av fem dagar",
        "{n} leikar med minst eitt barn i kvart friminutt",
        "{n} seier frå før det blir for vanskeleg",
        "{n} søv i eiga seng heile natta",
    ),
    "nb": (
        "{n} går inn i skolegården uten foreldre",
        "{n} arbeider med lekser fra 17 til 18 mandag til torsdag",
        "{n} er med på hele forestillingen",
    ),
}
GOAL_TEXT = {
    "nn": (
        "Vi ser framgang når {n} sjølv tek kontakt.",
        "Målet er lite og skal vere mogeleg å nå før neste møte.",
        "Oppmerksomhet: {n} bruker få ord når mange snakker.",
    ),
    "nb": ("Små steg. {n} har selv valgt rekkefølgen.", "Evalueres sammen med hjemmet."),
}
ACTIVITY = {
    "nn": (
        "Språkgruppe med fire barn",
        "Fast leggetid klokka 20.30",
        "Førebu endringar i dagsplanen",
        "Vaksen med i leiken ute",
        "Lese saman før leggetid",
        "Samtale med helsesjukepleiar",
    ),
    "nb": (
        "Gjennomgang av ukeplanen hver mandag",
        "Fast plass til skolearbeid hjemme",
        "Møtes ved porten",
        "Trapp med fem trinn",
    ),
}
ACTIVITY_TEXT = {
    "nn": (
        "Tjue minutt kvar gong. Bilete på tavla viser kva som skjer.",
        "Føresette og lærar skriv kort i boka. 😊",
        "{n} vel sjølv kven som skal vere med.\nVi byter etter to veker.",
    ),
    "nb": ("Læreren starter, assistenten følger opp.", "Hjemmet øver tilsvarende."),
}
WHEN = (
    "kvar dag",
    "måndag og torsdag kl. 10",
    "etter middag",
    "i storefri, fram til haustferien",
    "hver morgen",
)
COMMENT = {
    "nn": (
        "Verka godt dei to første vekene.",
        "Evaluering: delvis nådd. Vi held fram på same nivå.",
        "{n} spør etter gruppa sjølv! 🎉",
    ),
    "nb": ("Gjort som avtalt.", "Ingen effekt ennå, justerer tidspunktet."),
}
LEVEL_SUBJECT: dict[int | None, tuple[str, ...]] = {
    1: ("Referat nivå 1", "Referat frå møte, BTI-nivå 1", "Nivå 1-møte"),
    2: ("Nivå 2-møte", "BTI-nivå to", "Referat BTI nivå 2"),
    3: ("Nivå 3: samarbeidsmøte", "BTI-nivå tre", "Referat nivå 3"),
    None: ("Referat frå møte", "Møte om vegen vidare", "Referat"),
}
MINUTES = {
    "nn": (
        "Til stades: heimen, skulen.\nUtfordring: språk i leik.\nHovudmål: {n} tek ordet.",
        "Gjekk gjennom mål og aktivitetar. Nytt møte om seks veker.",
    ),
    "nb": ("Gjennomgang av tiltak. Alle fortsetter som avtalt til neste møte.",),
}
CHILDS_VIEW = {
    "nn": ("{n} seier det er kjekkast når det er få i gruppa.", "Vil helst sitje ved vindauget."),
    "nb": ("{n} vil at mor skal være med inn i gangen.",),
}
MESSAGE = {
    "nn": ("Hugs fotballsko på fredag.", "Takk for innsatsen heime denne veka! ❤️"),
    "nb": ("Kan vi flytte møtet en time?", "Fin dag i dag, {n} hadde mye å fortelle."),
}
CONSENT_TEMPLATE = "Samtykke til å opprette stafettlogg"
CONSENT_TEXT = (
    "Eg samtykker til at det blir oppretta stafettlogg, og at deltakarane som er nemnde under "
    "kan lese og skrive i loggen. Samtykket kan trekkjast når som helst."
)
INITIATOR = ("Skulen", "Barnehagen og heimen saman", "Helsestasjonen etter kontroll", "Føresette")
UNITS = (
    ("aff-skule", "Rognebær skule"),
    ("aff-skule", "Steinlåve skule"),
    ("aff-barnehage", "Snøtind barnehage"),
    ("aff-barnehage", "Geađgi mánáidgárdi"),
    ("aff-helse", "Fjelldråpe helsestasjon"),
)
