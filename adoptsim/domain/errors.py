"""What can be wrong with what people give us: one exception that carries every problem found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (file, line, field), what, and what would be right."""

    message: str
    field: str = ""
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "")
        where = ", ".join(part for part in (place, self.field) if part)
        return f"{where}: {self.message}" if where else self.message


class InputError(ValueError):
    """Input that cannot be used; ``problems`` holds everything that was found, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
