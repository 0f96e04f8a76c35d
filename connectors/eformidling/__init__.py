"""eFormidling as a channel between municipalities, through a local integrasjonspunkt."""
