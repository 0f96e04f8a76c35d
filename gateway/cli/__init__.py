"""The command line `stafett`: English verbs, bokmål sentences, `--json` everywhere."""
