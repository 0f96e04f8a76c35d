"""The list of municipalities and how it changed, in the shape of KLASS classification 131."""
