"""What goes into the package beside arkivmelding.xml, and the id a resend carries again.

It must not send, and must not hand on bytes that are not what the snapshot says they are.
"""

import hashlib
import uuid

from connectors.fiks.asice import Fil
from connectors.fiks_arkiv.arkivmelding import NAVN
from gateway.errors import LocalFault
from gateway.ports.archive import Uttak

_SPACE = uuid.UUID("5d0b4f1e-9c1b-5b0e-8a55-6a1f0f0b7c31")


def client_message_id(key: str, utgave: str, xml: bytes) -> str:
    """klientMeldingId: the same for the same message, another when the profile changed it.

    An archive that has seen an id repeats its answer without looking again, so a message that was
    put right must not carry the id of the one that was refused.
    """
    digest = hashlib.sha256(xml).hexdigest()
    return str(uuid.uuid5(_SPACE, f"{key}:{utgave}:{digest}"))


def package_files(uttak: Uttak, xml: bytes) -> list[Fil]:
    """arkivmelding.xml and every file of the snapshot.

    Raises LocalFault("FEIL_SJEKKSUM") when the store gives other bytes than were frozen.
    """
    files = [Fil(NAVN, "application/xml", xml)]
    for fil in uttak.filer:
        data = uttak.read_file(fil.nr)
        if len(data) != fil.size or hashlib.sha256(data).hexdigest() != fil.sha256:
            raise LocalFault("FEIL_SJEKKSUM", place=f"{uttak.key} {fil.nr}")
        files.append(Fil(fil.filnavn, fil.media_type, data))
    return files
