"""Which patterns of real networks three simple models show too, and which they miss.

Run as: python experiments/null_models.py [--out docs/null-models.md | table.csv]. Some minutes; the fits take most.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from string import Template

from adoptsim import files
from adoptsim.commands.terminal import progress, say
from adoptsim.commands.validate import observed_in_words, simulated_in_words
from adoptsim.domain.errors import InputError
from adoptsim.report.tables import markdown
from adoptsim.report.words import listed, with_unit
from adoptsim.simulation import model_version
from adoptsim.validation.check import Row, validate
from adoptsim.validation.measure import runs_of
from adoptsim.validation.null_models import NullModel, bass_curve
from adoptsim.validation.null_study import (
    FIT_STEPS,
    FITTED_TO,
    NULLS,
    REPLICATES,
    Cell,
    cells_of,
    filled_by_thresholds,
    fitted,
    remaining,
    typical_adoption,
)
from adoptsim.validation.patterns import PATTERNS, TITLES, Pattern
from adoptsim.validation.published import shipped_observed

CHAT = {"p": 0.0026, "q": 0.113}  # a month, fitted to the workplace chat that Apache Superset publishes
EVIDENCE = {"mean": 0.25, "sd": 0.12}  # thresholds: Centola et al. 2018; Granovetter 1978
OURS = "adoptsim"
WIDTH = 124  # characters of a line of prose
Columns = Mapping[str, Mapping[str, Cell]]

DOCUMENT = Template("""\
# Null models: what simpler ideas show too

Made by `python experiments/null_models.py --steps $steps --out docs/null-models.md`, model $version.

A pattern that a much simpler model shows as well says nothing for ours. So three published ideas, each alone, write the log
that our model writes, and the estimators and bounds of `adoptsim validate` judge it: $replicates runs of 500 people over 24
months.

- **Bass** ($bass_citation). People adopt by themselves (p) or because others have (q); who has adopted looks and writes at
  one common rate.
- **Threshold** ($threshold_citation). People contribute as long as the share of their contacts who do exceeds their own
  threshold, on the organisations that our model generates; instigators always contribute.
- **Lognormal** ($lognormal_citation). People look and write at rates of their own, lognormal over people. Nobody is tied to
  anybody, nobody learns. *Lognormal, some only read* is told one number more: the share of staff who never write.

In all three a message opens a thread, or answers one picked at random among those of the last week. No policy enters them.
What policies do (patterns 6, 10, 11, 12) can't be asked of them: that is the first thing that sets them apart.

**Fitted kindly.** Bass's p, q and reach come from our model's own adoption, by least squares. All other numbers are those
that miss patterns 1 to 5 least, $how.

$numbers

## Pattern by pattern

$table

Rows without a verdict are only reported; a miss in bold is of a row that must hold. "The same networks": the threshold
model stands on ours.

$score

Of these patterns our model misses $own. It is judged here by $replicates runs, as the others are; `adoptsim validate` takes
256 of the typical organisation and 64 of other cases. By those every row that must hold does under its seed: what is missed
in bold here is a difference that so few runs can't tell from none. What it misses otherwise, [model.md](model.md) says.

## What that says

**Where a null model does as well, a pattern is no evidence for ours.** Lognormal rates alone give how unequally people write
(pattern 4): it validates nothing by itself, for our model has such a propensity built in. How unequally threads are
opened, which ours misses, they show too. Told besides how many never write,
five numbers give $readers_hold of the $n_fitted rows that must hold of patterns 1 to 5; those are a calibration, not a test.
Pattern 5 as it must hold asks little: wherever a message is as likely an answer as not, some six threads in ten are answered
and hold two or three messages. Their real length, a row that need not hold, is told apart: $lengths on average.
Thresholds alone give tipping from both sides (pattern 9): a small seed dies and a large one lives, and where most leave,
hardly anybody goes on. That our model tips too shows that it contains the mechanism, not that its reasons are the right
ones.

**What each misses, and why.**

- *Bass*: $bass. With one rate for all, whoever adopts also writes; hardly anybody only reads, and writers are too alike.
  Adoption has no way back: every seed lives, and whoever hasn't left goes on. Fitted to the typical organisation, q is $q:
  there a launch brings people in, not imitation. With what fits a workplace chat (p = .0026, q = .113 a month), $chat of
  staff would have looked after two years.
- *Threshold*: $threshold. Whoever is active is as active as all who are, and for good. The model has no middle of its own:
  the contributors of pattern 1 are the instigators put in, and they stay few only under thresholds at the upper edge of
  what is plausible. With those that evidence suggests (mean .25, sd .12) and nobody put in, $filled of organisations end
  with most of staff active.
- *Lognormal*: $lognormal. If everybody has some rate, those who write at a realistic volume are too many, and too few only
  read. Nothing depends on anybody else: whoever begins or leaves, the others go on.
- *Lognormal, some only read*: $lognormal_readers. It is told who reads; it can't say why, nor what would change it.

**What none of them shows and ours does:** $none. Rank, because nothing in them knows of it; what policies do, because
there are none. That ours puts senior leaders far above other managers is no merit: in the data both write as much as each
other, and what knows no rank comes closer to that.

**What is weak in the patterns themselves.** The bounds of pattern 13 begin at no effect. A model in which answers change
nothing lands on either side of 1 by luck, so a null model that holds there holds by chance: the row is a bound against too
much reinforcement, no test of having any. That a network dies when most leave (pattern 9) is arithmetic in part: with 60 %
gone, nobody needs to follow them for fewer than half to remain. Of those who contributed before, $remaining go on a year
later; only what falls clearly below 40 % has others following. And no row that is judged sees whether people come and go.
The reported ones do: of those who open threads in a month, $persistence do in the next month too; all of these are above the
chat.
""")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table, and write it where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, help="write the text (.md) or the table alone (.csv) here")
    parser.add_argument("--threads", type=int, help="for the model's own runs; by default one a processor")
    parser.add_argument("--steps", type=int, default=FIT_STEPS, help="of each fit; 0: the rounded ends of an earlier one")
    given = parser.parse_args(arguments)
    if given.out is not None and given.out.suffix not in {".md", ".csv"}:
        parser.error(f"--out {given.out}: give a file that ends in .md or .csv")
    version = model_version()  # of what runs, whatever is edited meanwhile
    with progress("patterns", runs_of(PATTERNS.values(), REPLICATES), quiet=False) as tell:
        ours = validate(replicates=REPLICATES, workers=given.threads, progress=tell)
    adoption = typical_adoption()
    models = {name: fitted(null, adoption, given.steps, tell=say) for name, null in NULLS.items()}
    columns = {OURS: {row.pattern.name: own_cell(row) for row in ours}}
    columns |= {name: cells_of(model) for name, model in models.items()}
    sys.stdout.write(table(columns) + "\n\n" + score(columns) + "\n")
    if given.out is not None:
        text = document(columns, models, version, given.steps) if given.out.suffix == ".md" else as_csv(columns)
        files.write_text(given.out, text)
        say(f"written: {given.out}")


def own_cell(row: Row) -> Cell:
    """Return a row of the model's own validation as a cell."""
    return Cell("reported" if row.holds is None else "holds" if row.holds else "misses", row)


# --- the table ---------------------------------------------------------------------------------------------------


def title(name: str) -> str:
    """Return the heading of a column."""
    return OURS if name == OURS else NULLS[name].title


def observed(pattern: Pattern) -> str:
    """Return what should be; of a row that isn't judged, what published data show."""
    known = shipped_observed().get(pattern.name)
    if pattern.kind == "report" and known is not None:
        return f"{with_unit(known.value, pattern.unit)} in data"
    return observed_in_words(pattern)


def in_words(cell: Cell) -> str:
    """Return a value with its interval and the verdict on it."""
    if cell.row is None:
        return cell.why
    misses = "**misses**: " if cell.row.pattern.must_hold else "misses: "
    verdict = {"holds": "holds: ", "misses": misses, "reported": ""}[cell.verdict]
    return verdict + simulated_in_words(cell.row.pattern, cell.row.simulated) + (f"; {cell.why}" if cell.why else "")


def table(columns: Columns) -> str:
    """Return the table as Markdown: a row a pattern."""
    rows = [
        (str(pattern.number), pattern.label, observed(pattern), *(in_words(cells[name]) for cells in columns.values()))
        for name, pattern in PATTERNS.items()
    ]
    return markdown(("#", "pattern", "should be", *map(title, columns)), rows)


def as_csv(columns: Columns) -> str:
    """Return the table in long form: a row a pattern and model."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write(("number", "pattern", "low", "high", "model", "value", "value_low", "value_high", "verdict", "why"))
    for name, pattern in PATTERNS.items():
        for model, cells in columns.items():
            cell = cells[name]
            values = ("", "", "") if cell.row is None else tuple(f"{value:.6g}" for value in cell.row.simulated)
            write((pattern.number, name, pattern.low, pattern.high, model, *values, cell.verdict, cell.why))
    return text.getvalue()


def score(columns: Columns) -> str:
    """Return how many patterns each holds, misses and can't be asked, as Markdown."""
    kinds = ("holds", "misses", "not asked", "given")
    rows = [
        (title(name), *(str(sum(cell.verdict == kind for cell in cells.values())) for kind in kinds))
        for name, cells in columns.items()
    ]
    return markdown(("model", "holds", "misses", "cannot show", "given the same"), rows)


# --- the text ----------------------------------------------------------------------------------------------------


def missed(cells: Mapping[str, Cell]) -> str:
    """Return the rows that a model misses, by the number of their pattern."""
    rows = [PATTERNS[name] for name, cell in cells.items() if cell.verdict == "misses"]
    by_number = {row.number: [each.label for each in rows if each.number == row.number] for row in rows}
    return "; ".join(f"{number} ({', '.join(labels)})" for number, labels in by_number.items()) or "none"


def shown_by_none(columns: Columns) -> str:
    """Return the numbers of the patterns of which the model shows a row that no null model shows."""
    nulls = [cells for name, cells in columns.items() if name != OURS]
    rows = [
        pattern
        for name, pattern in PATTERNS.items()
        if columns[OURS][name].verdict == "holds" and not any(cells[name].verdict in {"holds", "given"} for cells in nulls)
    ]
    numbers = {row.number: TITLES[row.number].lower() for row in rows}
    return listed(f"{number} ({words})" for number, words in numbers.items())


def numbers(models: Mapping[str, NullModel]) -> str:
    """Return the fitted numbers as Markdown."""
    rows = [
        (NULLS[name].title, ", ".join(f"{field} {value:.2g}" for field, value in asdict(model).items()))
        for name, model in models.items()
    ]
    return markdown(("model", "numbers"), rows)


def by_model(columns: Columns, name: str) -> str:
    """Return what each model and the data give of one row."""
    rows, unit = {title(model): cells[name].row for model, cells in columns.items()}, PATTERNS[name].unit
    said = [f"{with_unit(row.simulated.value, unit)} ({model})" for model, row in rows.items() if row is not None]
    return listed([*said, f"{with_unit(shipped_observed()[name].value, unit)} (the chat)"])


def wrapped(text: str) -> str:
    """Return text with its paragraphs and list items filled, tables and headings as they are."""
    parts = re.split(r"(\n\n|\n(?=[-|]))", text)
    return "".join(part if not part.strip() or part[0] in "|#" else _filled(part) for part in parts)


def _filled(part: str) -> str:
    indent = "  " if part.startswith("- ") else ""
    words = " ".join(part.split())
    return textwrap.fill(words, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def document(columns: Columns, models: Mapping[str, NullModel], version: str, steps: int) -> str:
    """Return the whole text."""
    words = {name: missed(columns[name]) for name in models}
    words |= {f"{name}_citation": model.citation for name, model in models.items()}
    q = asdict(models["bass"])["q"]
    left = [f"{with_unit(remaining(model), 'share')} ({title(name)})" for name, model in models.items()]
    text = DOCUMENT.substitute(
        words,
        version=version,
        steps=steps,
        how="on the very runs that are judged" if steps else "as an earlier fit left them, rounded",
        replicates=REPLICATES,
        numbers=numbers(models),
        table=table(columns),
        score=score(columns),
        own=missed(columns[OURS]),
        readers_hold=sum(columns["lognormal_readers"][row.name].verdict == "holds" for row in FITTED_TO),
        n_fitted=len(FITTED_TO),
        none=shown_by_none(columns),
        persistence=by_model(columns, "persistence"),
        lengths=by_model(columns, "mean_messages"),
        remaining=listed([f"{with_unit(remaining(None), 'share')} ({OURS})", *left]),
        q="0" if q < 0.001 else f"{q:.3f}",
        chat=with_unit(float(bass_curve(24, **CHAT)), "share"),
        filled=with_unit(filled_by_thresholds(**EVIDENCE), "share"),
    )
    return wrapped(text) + "\n"


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        sys.exit(str(error))
