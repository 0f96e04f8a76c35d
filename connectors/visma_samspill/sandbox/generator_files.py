"""Small real files for generated plans: a PDF, and a one-pixel PNG as the photo."""

import hashlib
import struct
import zlib
from random import Random

from connectors.sandbox import synthetic, timeline
from connectors.visma_samspill.sandbox.generator_people import Circle
from schemas.visma_samspill.plan import Document

CATEGORIES = ("attachment", "photo", "consent")


def pixel(rng: Random) -> bytes:
    """A valid PNG of one pixel in a random colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        """A PNG chunk with its length and checksum."""
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    row = bytes([0, rng.randint(0, 255), rng.randint(0, 255), rng.randint(0, 255)])
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def document(rng: Random, ring: Circle, category: str) -> tuple[Document, bytes]:
    """Metadata and bytes of one document."""
    document_id = synthetic.identity(rng, "doc")
    photo = category == "photo"
    data = pixel(rng) if photo else synthetic.tiny_pdf(f"{category} {document_id}")
    meta = Document(
        documentId=document_id,
        externalReference=None,
        title=None if photo else "Vedlegg",
        fileName=f"{category}.{'png' if photo else 'pdf'}",
        mediaType="image/png" if photo else "application/pdf",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        category=category,
        uploadedAt=timeline.instant(rng, timeline.after(rng, ring.start, 3, 100)),
        uploadedBy=ring.lead["personId"],
        version=1,
    )
    return meta, data
