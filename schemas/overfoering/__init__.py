"""The hand-over protocol `stafettlogg-overfoering`: its messages, codes, package and schemas."""
