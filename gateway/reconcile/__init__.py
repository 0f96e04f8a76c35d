"""Does the target hold what the plan promised? Pure comparison, leaf by leaf, by place."""
