"""A plain Mesa model of the same rules, agent by agent: what the compiled engine is held to."""
