"""Why there is no line to a counterpart: found by one handshake, and told as a code.

Asked only after a call has failed, for an ordinary call says no more than that it did. Nothing is
sent but a greeting (chapter 7). It must not tell whose certificate it was shown.
"""

import contextlib
import socket
import ssl
import urllib.parse

from connectors.stafett_https.operasjoner import PATH

_SECONDS = 10.0


def why_no_line(url: str, tls: ssl.SSLContext) -> str:
    """`EKKO_IKKE_NAADD` (nobody answers there), `EKKO_IKKE_TLS` (what answers speaks something else
    or hangs up), `EKKO_DERES_TLS` (it shows a certificate that is not the counterpart's),
    `EKKO_VAAR_TLS` (it refuses ours), or empty when there is a line."""
    split = urllib.parse.urlsplit(url)
    host, port = split.hostname or "", split.port or 443
    try:
        plain = socket.create_connection((host, port), timeout=_SECONDS)
    except (OSError, OverflowError, ValueError):
        return "EKKO_IKKE_NAADD"
    with contextlib.closing(plain):
        try:
            line = tls.wrap_socket(plain, server_hostname=host)
        except ssl.SSLCertVerificationError:
            return "EKKO_DERES_TLS"
        except TimeoutError:
            return "EKKO_IKKE_NAADD"
        except ssl.SSLError as error:
            # Only TLS can say no in TLS; anything else is somebody who does not speak it.
            return "EKKO_VAAR_TLS" if "ALERT" in (error.reason or "") else "EKKO_IKKE_TLS"
        except (OSError, ValueError):
            return "EKKO_IKKE_TLS"
        with line:
            try:
                line.sendall(f"GET {PATH} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())
                # In TLS 1.3 the other end's no comes after our handshake is done.
                return "" if line.recv(1) else "EKKO_VAAR_TLS"
            except TimeoutError:
                return "EKKO_IKKE_NAADD"
            except (OSError, ValueError):
                return "EKKO_VAAR_TLS"
