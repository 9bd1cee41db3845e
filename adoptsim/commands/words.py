"""Numbers and measures as people read them, for the commands; they live beside what else is shown."""

from adoptsim.report.words import (
    DASH,
    MEASURES,
    UNKNOWN,
    Kind,
    Measure,
    change,
    counted,
    decimals,
    duration,
    is_known,
    listed,
    marks,
    number,
    span,
    with_unit,
)

__all__ = [
    "DASH",
    "MEASURES",
    "UNKNOWN",
    "Kind",
    "Measure",
    "change",
    "counted",
    "decimals",
    "duration",
    "is_known",
    "listed",
    "marks",
    "number",
    "span",
    "with_unit",
]
