"""The archive's own rules: what is made of a message, and what is answered.

A klientMeldingId it has seen gets its earlier replies again; a key that stands there is answered
Eksisterende. The switches decide where it fails. It must not send.
"""

from collections.abc import Mapping, Sequence

from lxml import etree

from connectors.fiks.trygg_xml import parse_xml
from connectors.fiks_arkiv.kontrakt import fault_in
from connectors.fiks_arkiv.navn import (
    ARKIVMELDING,
    DOKUMENTFIL_HENT,
    FEILMELDING,
    FEILSTAVET,
    HENT_DOKUMENTFIL,
    HENT_REGISTRERING,
    METADATA,
    OPPRETT,
    PREFIKS,
    REGISTRERING_HENT,
    RIKTIG,
    SOK,
    SOK_SVAR,
    SOK_TYPE,
)
from connectors.fiks_arkiv.sandbox import svarbygging
from connectors.fiks_arkiv.sandbox.brytere import Brytere
from connectors.fiks_arkiv.sandbox.innhold import Avvist, Innhold, read_message
from connectors.fiks_arkiv.sandbox.lager import Dokument, Lager, Row
from gateway.errors import RemoteFault

Reply = tuple[str, str, bytes]
"""Type, file name and content; an empty name is a reply without payload."""

MOTTATT: Reply = (OPPRETT + ".mottatt", "", b"")
_CONTRACTS = {
    HENT_REGISTRERING: (REGISTRERING_HENT, "registreringHent", "registrering-hent"),
    HENT_DOKUMENTFIL: (DOKUMENTFIL_HENT, "dokumentfilHent", "dokumentfil-hent"),
    SOK_TYPE: (SOK, "sok", "sok"),
    OPPRETT: (ARKIVMELDING, "arkivmelding", "arkivmelding"),
}
_M = f"{{{METADATA}}}"


def refuse(kind: str, why: str = "avvist", *, misspelt: bool = False) -> Reply:
    """An error reply; `misspelt` writes the type as the protocol's catalogue does."""
    name = FEILMELDING + kind
    if misspelt:
        name = FEILSTAVET + name.removeprefix(RIKTIG)
    return (name, "feilmelding.xml", svarbygging.error(kind, why))


class Arkivar:
    """Works on one archive; called from one thread."""

    def __init__(self, lager: Lager, brytere: Brytere) -> None:
        self._lager = lager
        self._brytere = brytere

    def answer(
        self, meldingstype: str, files: Mapping[str, bytes], message: str, lag: float = 0.0
    ) -> Sequence[Reply]:
        """The replies to a verified message, in their order. `message` is its klientMeldingId,
        `lag` how many seconds a question about a key is behind."""
        known = _CONTRACTS.get(meldingstype)
        if known is None:
            return [refuse("ugyldigforespoersel", "meldingstype")]
        namespace, name, contract = known
        root, rest = _split(files, f"{{{namespace}}}{name}")
        if root is None:
            return [refuse("ugyldigforespoersel", name)]
        wrong = fault_in(root, contract)
        if wrong:
            return [refuse("ugyldigforespoersel", wrong)]
        if meldingstype == OPPRETT:
            return self._make(root, rest, message)
        if self._brytere.strikes("taus"):
            return []
        if self._brytere.strikes("innsyn_feil"):
            return [refuse("serverfeil")]
        if meldingstype == SOK_TYPE:
            return [self._search(root, lag)]
        if meldingstype == HENT_REGISTRERING:
            return [self._record(root, lag)]
        return [self._file(root)]

    def _make(self, root: etree._Element, files: Mapping[str, bytes], message: str) -> list[Reply]:
        strikes = self._brytere.strikes
        before = self._lager.seen(message)
        if before:
            return [(row["type"], row["navn"], row["xml"]) for row in before]
        if strikes("avvis"):
            return [refuse("ugyldigforespoersel", misspelt=True)]
        if strikes("serverfeil"):
            return [MOTTATT, refuse("serverfeil")]
        if strikes("bare_mottatt"):
            return [MOTTATT]
        if strikes("ukjent_type"):
            return [(PREFIKS + "arkivering.noe.helt.annet", "", b"")]
        try:
            content = read_message(root, files)
        except Avvist as exc:
            return [refuse("ugyldigforespoersel", str(exc))]
        receipt = (OPPRETT + ".kvittering", "arkivmelding-kvittering.xml", self._store(content))
        replies = [receipt, MOTTATT] if strikes("omvendt") else [MOTTATT, receipt]
        self._lager.remember(message, [MOTTATT, receipt])
        return replies[:1] if strikes("uten_kvittering") else replies

    def _store(self, content: Innhold) -> bytes:
        """Make what is missing; the receipt's XML."""
        strikes = self._brytere.strikes
        if strikes("tom_kvittering"):
            return svarbygging.receipt(None, None, ())
        if strikes("mappe_feilet"):
            return svarbygging.receipt(None, None, (), ["mappeFeilet"])
        with self._lager.writing():
            there = self._lager.folders(content.fagsystem, content.mappe_key)
            folder = there[0] if there else self._folder(content)
            if strikes("to_mapper"):
                self._folder(content)
            if strikes("registrering_feilet"):
                return svarbygging.receipt((folder, bool(there)), None, (), ["registreringFeilet"])
            posts = self._lager.records(content.fagsystem, content.key)
            post = posts[0] if posts else self._post(content, folder)
            documents = self._lager.documents(post["nr"])
            return svarbygging.receipt((folder, bool(there)), (post, bool(posts)), documents)

    def _folder(self, content: Innhold) -> Row:
        return self._lager.add_folder(
            content.fagsystem, content.mappe_key, content.mappe_tittel, content.klasser
        )

    def _post(self, content: Innhold, folder: Row) -> Row:
        kept: tuple[Dokument, ...] = content.dokumenter
        if self._brytere.strikes("uten_dokument"):
            kept = ()
        row = self._lager.add_record(
            {
                "fagsystem": content.fagsystem,
                "noekkel": content.key,
                "mappe": folder["nr"],
                **content.post,
            },
            kept,
        )
        if self._brytere.strikes("skader"):
            self._lager.damage(row["nr"], lambda data: bytes((data[0] ^ 1,)) + data[1:])
        if self._brytere.strikes("uten_innhold"):
            self._lager.damage(row["nr"], lambda _data: None)
        return row

    def _record(self, root: etree._Element, lag: float) -> Reply:
        rows = self._lager.records(*_key(root), lag)
        if not rows:
            return refuse("ikkefunnet")
        row = rows[0]
        xml = svarbygging.record(
            row, self._lager.folder(row["mappe"]), self._lager.documents(row["nr"])
        )
        return (HENT_REGISTRERING + ".resultat", "registrering.xml", xml)

    def _search(self, root: etree._Element, lag: float) -> Reply:
        rows = self._lager.folders(*_key(root), lag)
        return (SOK_SVAR, "resultat.xml", svarbygging.hits(rows))

    def _file(self, root: etree._Element) -> Reply:
        wanted = root.findtext(f".//{{{DOKUMENTFIL_HENT}}}systemID", "")
        row = self._lager.document(wanted)
        if row is None:
            return refuse("ikkefunnet")
        return (HENT_DOKUMENTFIL + ".resultat", row["filnavn"], row["data"])


def _split(files: Mapping[str, bytes], tag: str) -> tuple[etree._Element | None, dict[str, bytes]]:
    """The XML whose document element is `tag`, and the other files."""
    for name, data in files.items():
        if not name.endswith(".xml"):
            continue
        try:
            root = parse_xml(data, "sandkasse")
        except RemoteFault:
            continue
        if root.tag == tag:
            return root, {other: files[other] for other in files if other != name}
    return None, dict(files)


def _key(root: etree._Element) -> tuple[str, str]:
    return root.findtext(".//{*}fagsystem", ""), root.findtext(".//{*}noekkel", "")
