"""The words of the report, in English and bokmål. Says; decides nothing."""

import json
from typing import Any

from tests.samsvar.feil import Feil

FEIL: dict[str, tuple[str, str]] = {
    "kom_ikke": (
        "It did not come within {sekunder} seconds. The gateway has said: {sagt}",
        "Det kom ikke innen {sekunder} sekunder. Porten har sagt: {sagt}",
    ),
    "felt": ("`{navn}` is {kom!r}, and not {ventet!r}", "`{navn}` er {kom!r}, og ikke {ventet!r}"),
    "minst": (
        "`{navn}` is {kom!r}, and not {ventet!r} or more",
        "`{navn}` er {kom!r}, og ikke {ventet!r} eller mer",
    ),
    "innhold": ("The content is another: {kom}", "Innholdet er et annet: {kom}"),
    "ikke_stille": ("It said: {sagt}", "Den sa: {sagt}"),
    "uten_kvittering": (
        "A withdrawal of a new hand-over, sent after it, got no receipt in {sekunder} seconds",
        "En tilbaketrekking av en ny overføring, sendt etterpå, fikk ikke kvittering på"
        " {sekunder} sekunder",
    ),
    "staar": (
        "It stands in {tilstand}, responsible: {ansvarlig}, code: {kode}",
        "Den står i {tilstand}, ansvarlig: {ansvarlig}, kode: {kode}",
    ),
    "uten_pakke": ("No package was given", "Ingen pakke ble gitt"),
    "lesbart": (
        "Something of the log can be read in {hvor} before the switch",
        "Noe av loggen kan leses i {hvor} før byttet",
    ),
    "feil_pakke": (
        "innhold.laast is not the one the offer's innholdSha256 names",
        "innhold.laast er ikke den tilbudets innholdSha256 nevner",
    ),
    "laas": (
        "The key does not open innhold.laast (6.2: nonce 12 bytes first, tag last, the mark"
        " overfoeringId:forsoek)",
        "Nøkkelen åpner ikke innhold.laast (6.2: nonce på 12 byte først, merke sist, og"
        " overfoeringId:forsoek som tilleggsdata)",
    ),
    "kjede": (
        "The chain breaks at number {nr} (4.2)",
        "Kjeden ryker ved nummer {nr} (4.2)",
    ),
    "hode_inn": (
        "No receipt has the head of what the suite sent in hodeInn",
        "Ingen kvittering har hodet av det suiten sendte i hodeInn",
    ),
    "bevis": ("It answered {kom}", "Den svarte {kom}"),
    "svar": ("The line answered {status}", "Linjen svarte {status}"),
    "ikke_https": ("The gateway's address is not https", "Portens adresse er ikke https"),
    "ingen_konvolutt": (
        "The envelope is not CMS EnvelopedData with AES-256-CBC, and nothing else is written"
        " (6.1.4)",
        "Konvolutten er ikke CMS EnvelopedData med AES-256-CBC, og noe annet skrives ikke (6.1.4)",
    ),
    "ikke_til_oss": (
        "The envelope does not open with the suite's key: encrypted to another, or not with"
        " RSAES-OAEP with SHA-256 and MGF1 with SHA-256 (6.1.4)",
        "Konvolutten åpnes ikke med suitens nøkkel: kryptert til en annen, eller ikke med"
        " RSAES-OAEP med SHA-256 og MGF1 med SHA-256 (6.1.4)",
    ),
    "til_signering": (
        "It is encrypted to a certificate that may only sign (6.1.1)",
        "Den er kryptert til et sertifikat som bare kan signere (6.1.1)",
    ),
    "uten_kryptering": (
        "The gateway has no certificate that may be encrypted to (6.1.1)",
        "Porten har ikke noe sertifikat det kan krypteres til (6.1.1)",
    ),
    "signatur": ("The signature does not hold (6.1.3)", "Signaturen holder ikke (6.1.3)"),
    "signatar": ("The signer: {hva} (6.1.1)", "Den som signerte: {hva} (6.1.1)"),
    "zip": ("The container: {hva} (6.1.2)", "Beholderen: {hva} (6.1.2)"),
    "manifest": ("The ASiC manifest: {hva} (6.1.2)", "ASiC-manifestet: {hva} (6.1.2)"),
    "usignert": (
        "The files and the manifest's are not the same (6.1.2)",
        "Filene og manifestets er ikke de samme (6.1.2)",
    ),
    "sjekksum": (
        "The digest of {fil} is another (6.1.2)",
        "Sjekksummen av {fil} er en annen (6.1.2)",
    ),
    "filer": (
        "The envelope shall hold melding.json and, for pakke only, innhold.laast (6.1)",
        "Konvolutten skal holde melding.json og, bare for pakke, innhold.laast (6.1)",
    ),
    "bom": ("It wrote a byte order mark (3)", "Den skrev et byterekkefølgemerke (3)"),
    "null": ("It wrote null in {type} (3)", "Den skrev null i {type} (3)"),
    "ugyldig": ("It is an invalid message: {sted} (3)", "Det er en ugyldig melding: {sted} (3)"),
    "avsender": (
        "`fra` and `til` are not the gateway and the suite",
        "`fra` og `til` er ikke porten og suiten",
    ),
    "pakkefiler": (
        "overfoering.json, stafettlogg.json and stafettlogg.pdf are not all there (6.3)",
        "overfoering.json, stafettlogg.json og stafettlogg.pdf er ikke der alle (6.3)",
    ),
    "skjema": (
        "The manifest or the log does not follow its schema: {sted} (6.3)",
        "Manifestet eller loggen følger ikke skjemaet sitt: {sted} (6.3)",
    ),
    "manifestet": ("The manifest does not fit: {hva} (6.3)", "Manifestet passer ikke: {hva} (6.3)"),
}
PEOPLE = {
    "start": ("choose, start and send", "velger, starter og sender"),
    "tildel": ("assign", "tildeler"), "aksepter": ("accept", "aksepterer"),
    "avvis": ("reject", "avviser"), "trekk": ("withdraw", "trekker"),
    "sperr": ("hold it for protection", "sperrer"),
    "papir": ("say that the log has been read on paper", "sier at loggen er lest på papir"),
}  # fmt: skip
STEG: dict[str, tuple[str, str]] = {
    "gjoer": ("People at the gateway {hva}", "Folk ved porten {hva}"),
    "send": ("The suite sends {hva}{med}", "Suiten sender {hva}{med}"),
    "slipp": ("The suite lets {hva} go", "Suiten slipper {hva}"),
    "igjen": ("The suite sends {hva} once more, byte for byte", "Suiten sender {hva} en gang til,"
              " byte for byte"),
    "taust": ("The suite does not receipt {hva} from here", "Suiten kvitterer ikke {hva} fra nå"),
    "nyttForsoek": ("The suite begins a new attempt", "Suiten begynner et nytt forsøk"),
    "vent": ("The gateway shall say {hva}{med}", "Porten skal si {hva}{med}"),
    "kvittert": ("The gateway shall receipt {hva}{med}", "Porten skal kvittere {hva}{med}"),
    "stille": ("The gateway shall say nothing", "Porten skal ikke si noe"),
    "staar": ("The gateway shall show {hva}{med}", "Porten skal vise {hva}{med}"),
    "lukket": ("Nothing of the log shall be readable in what was given", "Ingenting av loggen skal"
               " kunne leses i det som er gitt"),
    "aapner": ("The key shall open the package, and it shall hold", "Nøkkelen skal åpne pakken, og"
               " den skal holde"),
    "kjeder": ("The gateway's messages shall be a chain", "Portens meldinger skal være en kjede"),
    "bevis": ("Beside the suite's proof the gateway shall answer {hva}{med}", "Ved siden av suitens"
              " bevis skal porten svare {hva}{med}"),
    "linje": ("The suite asks the line {hva}{med}", "Suiten spør linjen {hva}{med}"),
    "ekko": ("The suite asks for an echo{hva}{med}", "Suiten spør etter et ekko{hva}{med}"),
}  # fmt: skip
ORD: dict[str, tuple[str, str]] = {
    "tittel": ("Conformance with stafettlogg-overfoering {versjon}", "Samsvar med"
               " stafettlogg-overfoering {versjon}"),
    "sum": ("{ok} of {alle} cases hold, in {sekunder:.0f} seconds", "{ok} av {alle} prøver holder,"
            " på {sekunder:.0f} sekunder"),
    "brudd": ("BREACH", "BRUDD"), "portfeil": ("PORT FAILED", "PORTEN FEILET"),
    "kapittel": ("chapter", "kapittel"),
    "lovet": ("Promised", "Lovet"), "gjort": ("Done", "Gjort"), "ventet": ("Expected", "Ventet"),
    "kom": ("Came", "Kom"), "steg": ("step", "steg"),
    "port": ("The port (not the gateway) failed: {hva}", "Porten (ikke gatewayen) feilet: {hva}"),
    "uleste": ("Messages that came and could not be read", "Meldinger som kom og ikke kunne leses"),
    "ok": ("The gateway conforms in what was asked.", "Gatewayen er i samsvar i det prøvde."),
    "ikke": ("The gateway does not conform.", "Gatewayen er ikke i samsvar."),
    "ikke_proevd": ("Nothing is known of the cases where the port failed.", "Ingenting vites om"
                    " prøvene der porten feilet."),
    "oss": ("us", "oss"), "den andre": ("the other", "den andre"),
}  # fmt: skip
_UNSAID = {"som", "innen", "teller", "husk", "endret", "viser"}
LANGUAGES = ("en", "nb")


def said(pair: tuple[str, str], language: str, **values: Any) -> str:
    """One of a pair, filled in."""
    return pair[LANGUAGES.index(language)].format(**values)


def word(name: str, language: str, **values: Any) -> str:
    """A word of the report."""
    return said(ORD[name], language, **values)


def feil(one: Feil, language: str) -> str:
    """What was wrong."""
    told = {k: ", ".join(v) if isinstance(v, list) else v for k, v in one.verdier.items()}
    return said(FEIL[one.kode], language, **told)


def steg(one: dict[str, Any], kind: str, language: str) -> str:
    """A step, as somebody who has not read chapter 14 understands it."""
    what = one[kind]
    if kind == "gjoer":
        what = said(PEOPLE[what], language)
    elif kind == "linje":
        what = f"{what['metode']} {what['sti']} {_plain(what, {'metode', 'sti'})}".strip()
    elif kind == "ekko":
        what = f" {_plain(what, set())}".rstrip()
    elif isinstance(what, list):
        what = ", ".join(what) or "-"
    rest = _plain(one, {kind, *_UNSAID})
    return said(STEG[kind], language, hva=what, med=f" ({rest})" if rest else "")


def _plain(one: dict[str, Any], but: set[str]) -> str:
    told = [
        f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in one.items()
        if name not in but
    ]
    # Half a character is a case too, and cannot be printed.
    return ", ".join(told)[:200].encode("utf-8", "backslashreplace").decode()
