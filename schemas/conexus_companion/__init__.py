"""Wire shapes of Conexus Companion (Stafettloggen); Norwegian, one nested document per log."""
