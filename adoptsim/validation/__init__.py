"""Patterns as data, estimators on the log, and the check of one against the other."""
