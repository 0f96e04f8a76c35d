"""The package: the chosen part as JSON and PDF/A, the files, the consent's evidence, an index.

It is sealed to the receiver like every message, and locked besides with a key of its own that
stays here until the responsibility has moved. What was made is opened again before anything is
said to be made.
"""

import json
from dataclasses import dataclass, field

from gateway.effects.archiving.freezing import frame
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.vakthold import Sett
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import LocalFault, Rejected
from gateway.overfoering.utvalg import Utvalg, select
from gateway.ports.forsegling import Aapnet, Pakkefil
from gateway.snapshot.sjekksum import sha
from schemas.overfoering import grenser, newer
from schemas.overfoering.jsontekst import parsed
from schemas.overfoering.koder import VERSJON
from schemas.overfoering.manifest import Manifest, Utelatt
from schemas.overfoering.manifest import Pakkefil as Manifestfil
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.logg import Stafettlogg

MANIFEST = "overfoering.json"
LOGG = "stafettlogg.json"
ORD = "ord.txt"
LAAST = grenser.KONVOLUTT - grenser.BESIDES
"""Bytes of locked content at most: round it comes an envelope, which has the limit."""
_ROLLE = {"stafettlogg.pdf": "uttak", LOGG: "logg", "stafettlogg.schema.json": "skjema"}


@dataclass(frozen=True, slots=True)
class Nyttelast:
    """A locked package and what stays here of it."""

    laast: bytes = field(repr=False)
    noekkel: bytes = field(repr=False)
    sha256: str
    utvalg: Utvalg = field(repr=False)


def pack(verk: Overfoeringsverk, rad: Rad, sett: Sett) -> Nyttelast:
    """Freeze the selection, seal and lock it, and prove that it opens. Raises GatewayErrors."""
    # Imported here: the typesetter is heavy, and a process that packs nothing should not wait.
    from gateway.snapshot.freeze import freeze

    valgt = rad.grunnlag()
    chosen = select(sett.logg, valgt.utvalg, valgt.tillegg)
    made = freeze(
        chosen.logg,
        frame(verk.arkiv, chosen.logg, sett.document.version),
        reader(verk, sett),
    )
    evidence = {s.fil for s in chosen.logg.samtykker if s.fil}
    shas = {d.sha256: d.id for d in chosen.logg.dokumenter}
    files = [
        Pakkefil(_plain(one.uttaksfil.filnavn), one.uttaksfil.media_type, one.body)
        for one in made.files
    ]
    if valgt.ord:
        files.append(Pakkefil(ORD, "text/plain", valgt.ord.encode("utf-8")))
    index = _index(verk, rad, chosen, files, shas, evidence)
    whole = [Pakkefil(MANIFEST, "application/json", index), *files]
    sealed = verk.forsegler.pakk(whole, rad.lukket.motpart)
    locked = verk.forsegler.laas(sealed, rad.merke)
    if len(locked.data) > LAAST:
        # The envelope round it is made later, and must be what every receiver takes.
        raise Rejected("FOR_STOR_KONVOLUTT", place=rad.id)
    if verk.forsegler.laas_opp(locked.data, locked.noekkel, rad.merke) != sealed:
        raise LocalFault("PAKKE_STEMMER_IKKE", place=rad.id)
    return Nyttelast(locked.data, locked.noekkel, sha(locked.data), chosen)


def _plain(name: str) -> str:
    """The snapshot's own index has another name here; `manifest.json` would be two things."""
    return "uttak-manifest.json" if name == "manifest.json" else name


def reader(verk: Overfoeringsverk, sett: Sett) -> "_Files":
    """Reads the log's files, by the id of their Dokument."""
    return _Files(verk, sett)


class _Files:
    """The bytes of the log's files, from its own system."""

    def __init__(self, verk: Overfoeringsverk, sett: Sett) -> None:
        self._verk = verk
        self._ref = sett.document.ref
        self._native = {d.id: d.kilde_id or "" for d in sett.logg.dokumenter}
        self._by_id = {f.file_id for f in sett.document.files}

    def __call__(self, dokument_id: str) -> bytes:
        native = self._native.get(dokument_id, "")
        if native not in self._by_id:
            raise Rejected("VEDLEGG_MANGLER", place=dokument_id)
        return self._verk.arkiv.source.file(self._ref, native)


def _index(
    verk: Overfoeringsverk,
    rad: Rad,
    chosen: Utvalg,
    files: list[Pakkefil],
    shas: dict[str | None, str],
    evidence: set[str],
) -> bytes:
    listed = []
    for one in files:
        own = sha(one.data)
        subject = shas.get(own)
        rolle = _ROLLE.get(one.navn, "begrunnelse" if one.navn == ORD else "vedlegg")
        if subject in evidence:
            rolle = "samtykke"
        listed.append(
            Manifestfil(
                filnavn=one.navn,
                rolle=rolle,
                media_type=one.media_type,
                sha256=own,
                stoerrelse=len(one.data),
                gjelder=subject,
            )
        )
    manifest = Manifest(
        overfoering_id=rad.id,
        forsoek=rad.forsoek,
        fra=verk.tenant,
        til=rad.lukket.motpart,
        laget=verk.stamp(),
        logg_id=chosen.logg.id,
        oppmerksomheter=tuple(c.id for c in chosen.logg.oppmerksomheter),
        skjema={LOGG: "urn:stafettlogg:logg:1", MANIFEST: "urn:stafettlogg:overfoering:1:manifest"},
        filer=tuple(listed),
        utelatt=tuple(Utelatt(slag=k, antall=n, kode=c) for k, n, c in chosen.utelatt),
    )
    # No more is said of the version than what is used here needs: nothing since 1.0, and then it is
    # left out, so that a reader of 1.0 reads it too.
    told = manifest.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"versjon"})
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Innhold:
    """A package that has been opened and holds: the log, its files, and the index."""

    logg: Stafettlogg = field(repr=False)
    manifest: Manifest = field(repr=False)
    filer: dict[str, bytes] = field(repr=False)
    ukjent: tuple[str, ...] = ()
    """Places of the log where a newer version says something that we do not know."""

    def by_sha(self, wanted: str) -> bytes | None:
        """The file with this hash."""
        return next((b for b in self.filer.values() if sha(b) == wanted), None)


def doubled(value: Entitet) -> bool:
    """Whether two things of one kind bear one id: the one that is looked at hides the other."""
    for name in type(value).model_fields:
        held = getattr(value, name)
        many = held if isinstance(held, tuple) else (held,)
        inner = [one for one in many if isinstance(one, Entitet)]
        if len({one.id for one in inner}) != len(inner) or any(doubled(one) for one in inner):
            return True
    return False


def unpack(verk: Overfoeringsverk, rad: Rad, locked: bytes, key: bytes) -> Innhold:
    """Unlock, open, verify and check against the index; nothing is used before all of it holds.

    Raises Rejected: NOEKKEL_AAPNER_IKKE, what `aapne` raises, FEIL_AVSENDER, UKJENT_PROTOKOLL (of
    another major version), PAKKE_UGYLDIG, PAKKE_STEMMER_IKKE.
    """
    found = _unsealed(verk, rad, locked, key)
    manifest, logg, unknown = _read(found, rad)
    files = {one.navn: one.data for one in found.filer if one.navn != MANIFEST}
    listed = {one.filnavn: one for one in manifest.filer}
    whole = (
        listed.keys() == files.keys()
        and len(listed) == len(manifest.filer)
        and all(
            sha(files[n]) == f.sha256 and len(files[n]) == f.stoerrelse for n, f in listed.items()
        )
    )
    names = (manifest.overfoering_id, manifest.forsoek, manifest.fra, manifest.til)
    if not whole or names != (rad.id, rad.forsoek, rad.lukket.motpart, verk.tenant):
        raise Rejected("PAKKE_STEMMER_IKKE", place=rad.id)
    if logg.id != manifest.logg_id:
        raise Rejected("PAKKE_STEMMER_IKKE", place=rad.id)
    if logg.hovedperson.person not in {p.id for p in logg.personer} or doubled(logg):
        raise Rejected("PAKKE_UGYLDIG", place=rad.id)
    return Innhold(logg, manifest, files, unknown)


def opened_files(verk: Overfoeringsverk, rad: Rad) -> tuple[Pakkefil, ...]:
    """The files of a package whose seal and signature hold, whatever is in them. Raises Rejected as
    `unpack`."""
    store = verk.arkiv.store
    return _unsealed(
        verk, rad, store.get(rad.verdi["nyttelast"]), store.get(rad.verdi["noekkel"])
    ).filer


def _unsealed(verk: Overfoeringsverk, rad: Rad, locked: bytes, key: bytes) -> Aapnet:
    found = verk.forsegler.aapne(verk.forsegler.laas_opp(locked, key, rad.merke))
    if found.avsender != rad.lukket.motpart:
        raise Rejected("FEIL_AVSENDER", place=rad.id)
    return found


def _read(found: Aapnet, rad: Rad) -> tuple[Manifest, Stafettlogg, tuple[str, ...]]:
    """The index and the log, and the places of the log with something of a newer version."""
    code = ""
    try:
        index, told = (parsed(found.fil(name) or b"") for name in (MANIFEST, LOGG))
        version = str(index.get("versjon", "1.0"))
        if newer.major(version) != newer.major(VERSJON):
            raise Rejected("UKJENT_PROTOKOLL", place=rad.id)
        unknown: tuple[str, ...] = ()
        if newer.minor(version) > newer.minor(VERSJON):
            index, _ = newer.known(Manifest, index)
            told, unknown = newer.known(Stafettlogg, told)
        index = newer.without_nulls(Manifest, index)
        # Again as text: what JSON has not, a number or a day, is read by one reader everywhere.
        return (
            Manifest.model_validate_json(json.dumps(index), strict=True),
            Stafettlogg.model_validate_json(json.dumps(told)),
            unknown,
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        code = "PAKKE_UGYLDIG"
    raise Rejected(code, place=rad.id)
