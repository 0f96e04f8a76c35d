"""KS SvarUt v2: the shapes sent and answered, after KS' own OpenAPI files."""
