"""Signed and sealed packages between organisations: ASiC-E with CAdES, inside a CMS envelope."""
