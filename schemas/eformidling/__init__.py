"""eFormidling: the standard business document with an agreed message, and what is answered."""
