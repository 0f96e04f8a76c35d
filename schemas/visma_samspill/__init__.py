"""Wire shapes of Visma Flyt Samspill; English, one resource per thing."""
