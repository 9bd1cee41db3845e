"""The verdict in words, for the commands; it lives beside what else is shown."""

from adoptsim.report.verdict import OPEN, UNKNOWN, VERDICTS, WIDEST_TOSS_UP, Verdict, judge, verdict_sentences

__all__ = ["OPEN", "UNKNOWN", "VERDICTS", "WIDEST_TOSS_UP", "Verdict", "judge", "verdict_sentences"]
