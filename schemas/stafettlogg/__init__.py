"""The canonical stafettlogg: the model all systems are mapped to and from."""
