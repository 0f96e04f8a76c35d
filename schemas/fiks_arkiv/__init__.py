"""Our own XSD contract for the part of Fiks Arkiv V1 that the gateway sends and receives.

Written from the protocol's published facts (ks-no/fiks-arkiv-specification, df8afce3) and narrower
than it: what the gateway always sends is mandatory here. A test holds it against the official one.
"""
