"""What has happened to the log as a whole: holders, levels, hand-overs, earlier snapshots."""

from gateway.snapshot.blokker import Blokk, entry, heading, table
from gateway.snapshot.deler.hode import level
from gateway.snapshot.leser import Leser
from gateway.snapshot.ramme import Ramme
from gateway.snapshot.vist import join


def histories(les: Leser, ramme: Ramme) -> list[Blokk]:
    """Who has held the baton, and which levels the log has had."""
    words, logg = les.words, les.logg
    found: list[Blokk] = []
    if logg.stafettholder_historikk:
        rows = [
            (
                les.called(p, "person"),
                les.called(p, "virksomhet"),
                les.span(p, "fra", "til"),
                les.called(p, "overfoering_id"),
            )
            for p in les.inside(logg, "stafettholder_historikk")
        ]
        head = (words["stafettholder"], words["enhet"], words["periode"], words["overfoering"])
        found += [heading(1, words["holderhistorikk"]), table(head, (3, 3, 4, 2), rows)]
    if logg.nivaa_historikk:
        levels = [
            (
                level(les, ramme, les.number(period, "nivaa")),
                les.span(period, "fra", "til"),
                les.code(period, "kilde", "nivaakilde"),
            )
            for period in les.inside(logg, "nivaa_historikk")
        ]
        titles = (words["nivaa"], words["periode"], words["lest_i"])
        found += [heading(1, words["nivaahistorikk"]), table(titles, (5, 4, 3), levels)]
    return found


def transfers(les: Leser) -> list[Blokk]:
    """Hand-overs of responsibility."""
    words = les.words
    if not les.logg.overfoeringer:
        return []
    found = [heading(1, words["overfoeringer"])]
    for one in les.logg.overfoeringer:
        facts = les.labelled(
            ("fra_hvem", join(", ", (les.called(one, "fra_person"),
                                     les.called(one, "fra_virksomhet")))),
            ("til_hvem", join(", ", (les.called(one, "mottaker_person"),
                                     les.called(one, "mottaker_virksomhet")))),
            ("begrunnelse", les.text(one, "begrunnelse")),
            ("oppmerksomheter", les.all_called(one, "oppmerksomheter")),
            ("samtykke", les.called(one, "samtykke")),
            ("foresatte_informert", les.moment(one, "foresatte_informert")),
            ("kanal", les.code(one, "kanal", "kanal")),
            ("sendt", les.moment(one, "sendt")),
            ("akseptert", les.moment(one, "akseptert")),
            ("paa_vegne_av", les.called(one, "paa_vegne_av")),
        )  # fmt: skip
        found.append(
            entry(
                title=join(": ", (les.navn[one.id], les.code(one, "maaltype", "maaltype"))),
                badge=les.code(one, "status", "overfoeringsstatus"),
                found=[*facts, *les.trace(one)],
            )
        )
    return found


def snapshots(les: Leser) -> list[Blokk]:
    """Snapshots of the log that were handed to an archive before this one."""
    words = les.words
    if not les.logg.arkivuttak:
        return []
    found = [heading(1, words["arkivuttak"])]
    for one in les.logg.arkivuttak:
        facts = les.labelled(
            ("tatt", les.moment(one, "tid")),
            ("utloeser", les.code(one, "utloeser", "utloeser")),
            ("versjon", les.text(one, "versjon")),
            ("mappetype", les.text(one, "mappetype")),
            ("mottaksbevis", les.text(one, "mottaksbevis")),
            ("pdf_hash", les.text(one, "pdf_hash")),
            ("json_hash", les.text(one, "json_hash")),
            ("manifest_hash", les.text(one, "manifest_hash")),
        )
        found.append(entry(title=les.navn[one.id], found=[*facts, *les.trace(one)]))
    return found
