"""eFormidling for practice: two integrasjonspunkt and what lies between them."""
