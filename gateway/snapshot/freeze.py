"""Freeze a log: from the canonical log and its frame to the files an archive is given.

Same log, frame and attachments, same bytes: in any process, folder, time zone or year. The
checksums are stored when a log is frozen and files are verified against them; nothing is drawn
again to be compared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.errors import LocalFault
from gateway.ports.archive import Uttaksfil, Variant
from gateway.snapshot import dokument, filtyper, glyphs, manifest, opplasting, render
from gateway.snapshot.arkivert import Arkivert
from gateway.snapshot.filsett import Filsett, Frossenfil
from gateway.snapshot.ordliste import ordliste
from gateway.snapshot.ramme import Ramme, Standard
from gateway.snapshot.safetext import SafeText
from gateway.snapshot.sjekksum import sha
from gateway.snapshot.strukturert import archivable, canonical, content_sha, schema
from schemas.stafettlogg.logg import Stafettlogg

_PDF_FORMAT = {Standard.A1A: "1a", Standard.A2A: "2a", Standard.A3A: "3a"}
_ATTEMPTS = 24


@dataclass(frozen=True, slots=True)
class Frosset:
    """A frozen snapshot.

    `redigerbar` tells that some text could still be edited at the source (R-077). `replaced` are
    the code points the fonts lack, written out on the pages. `flagged` are (file number, public
    code) of attachments that a human must look at.
    """

    files: tuple[Frossenfil, ...] = field(repr=False)
    pdf_sha: str
    json_sha: str
    manifest_sha: str
    content_sha: str
    redigerbar: bool
    replaced: tuple[str, ...]
    flagged: tuple[tuple[int, str], ...]


def freeze(logg: Stafettlogg, ramme: Ramme, read_file: Callable[[str], bytes]) -> Frosset:
    """The snapshot of a log. `read_file` gives the bytes of an attachment by its `Dokument.id`.

    Files in order: stafettlogg.pdf, stafettlogg.json, stafettlogg.schema.json, the attachments,
    manifest.json. Raises LocalFault: VEDLEGG_STEMMER_IKKE when bytes are not those the log names,
    UTTAK_UFULLSTENDIG when a leaf would be left out, PDF_FEIL, SKRIFT_FEIL;
    Transient("VEDLEGG_STO_STILLE") when an attachment could not be judged now, so that nothing is
    frozen of how busy the machine was; and what `read_file` raises.
    """
    logg = archivable(logg)
    body = canonical(logg)
    originals = [_read(one.id, one.sha256, read_file) for one in logg.dokumenter]
    language = ramme.maalform_for(logg)
    attachments = Filsett(4, ordliste(language))
    treated = opplasting.treat(originals, language.value)
    archived = [
        attachments.attach(nr, one.id, original, outcome)
        for nr, (one, original, outcome) in enumerate(
            zip(logg.dokumenter, originals, treated, strict=True), 1
        )
    ]
    sums = {
        "innhold_sha": content_sha(sha(body), [one.sha256 for one in archived]),
        "json_sha": sha(body),
        "skjema_sha": sha(schema()),
    }
    drawn = _draw(logg, ramme, archived, sums, body)
    return _gathered(logg, ramme, drawn, body, attachments, archived, sums)


@dataclass(frozen=True, slots=True)
class _Drawn:
    pdf: bytes = field(repr=False)
    document: dokument.Dokument = field(repr=False)
    replaced: tuple[str, ...]


def _read(key: str, expected: str | None, read_file: Callable[[str], bytes]) -> bytes:
    body = read_file(key)
    if expected and sha(body) != expected.lower():
        raise LocalFault("VEDLEGG_STEMMER_IKKE", place=key)
    return body


def _draw(
    logg: Stafettlogg,
    ramme: Ramme,
    archived: Sequence[Arkivert],
    sums: dict[str, str],
    body: bytes,
) -> _Drawn:
    """Draw; a cluster the typesetter refuses is written out, and the document is built again."""
    denied: frozenset[str] = frozenset()
    for _ in range(_ATTEMPTS):
        safe = SafeText(glyphs.drawable(), denied)
        made = dokument.build(logg, ramme, archived, sums, safe)
        inside = body if ramme.standard is Standard.A3A else None
        try:
            pdf = render.draw(made.data, ramme.frosset, ramme.standard, inside)
        except render.Undrawable as refused:
            if refused.cluster in denied:
                break
            denied |= {refused.cluster}
            continue
        return _Drawn(pdf, made, safe.replaced)
    raise LocalFault("PDF_FEIL", place="tegn")


def _gathered(
    logg: Stafettlogg,
    ramme: Ramme,
    drawn: _Drawn,
    body: bytes,
    attachments: Filsett,
    archived: Sequence[Arkivert],
    sums: dict[str, str],
) -> Frosset:
    words = attachments.words
    files = [
        _own(1, "stafettlogg.pdf", words["stafettlogg"], "application/pdf",
             filtyper.PDFA[_PDF_FORMAT[ramme.standard]], drawn.pdf),
        _own(2, "stafettlogg.json", words["fil_json"], "application/json", filtyper.JSON, body),
        _own(3, "stafettlogg.schema.json", words["fil_skjema"], "application/schema+json",
             filtyper.JSON, schema()),
        *attachments.files,
    ]  # fmt: skip
    told = {
        "innhold_sha256": sums["innhold_sha"],
        "mal_sha256": render.template_sha(),
        "skjema": "urn:stafettlogg:logg:1",
        "inneholder_redigerbar_tekst": drawn.document.provisional,
        "erstattede_tegn": list(drawn.replaced),
        "ikke_vist": drawn.document.regnskap.counts(),
        "vist": len(drawn.document.regnskap.shown),
    }
    listed = [one.uttaksfil for one in files]
    index = manifest.manifest(logg, ramme, listed, archived, told)
    files.append(
        _own(len(files) + 1, "manifest.json", words["fil_manifest"], "application/json",
             filtyper.JSON, index)
    )  # fmt: skip
    return Frosset(
        files=tuple(files),
        pdf_sha=sha(drawn.pdf),
        json_sha=sums["json_sha"],
        manifest_sha=sha(index),
        content_sha=sums["innhold_sha"],
        redigerbar=drawn.document.provisional,
        replaced=drawn.replaced,
        flagged=attachments.flagged,
    )


def _own(nr: int, name: str, title: str, media: str, format_: str, body: bytes) -> Frossenfil:
    return Frossenfil(
        Uttaksfil(nr, name, title, media, format_, Variant.ARKIV, sha(body), len(body)), body
    )
