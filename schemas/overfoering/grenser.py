"""How large things may be: what every reader stands by default, and so the most a sender makes.

Two limits, of two things (chapter 6.1): the envelope as it goes on the wire, and a container
unpacked. Bytes. Figures only; who refuses, and with which code, is elsewhere.
"""

KONVOLUTT = 128 * 1024 * 1024
"""An envelope on the wire."""
UTPAKKET = 256 * 1024 * 1024
"""All entries of one container together, unpacked: mimetype, manifest and signature too."""
POSTER = 500
"""Entries of one container."""
FILER = POSTER - 3
"""Files of one container: the others are mimetype, manifest and signature."""
BESIDES = 512 * 1024
"""What is set aside for the rest: of a container for what is not files, and of an envelope round
locked content for the message and the seal."""
