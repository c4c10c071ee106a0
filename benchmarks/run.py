"""Measure builds beside Pelican, Hugo and the code of another checkout, on the same posts in turn. See README.md."""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sites import Engine, Hugo, Lean, PaperMod, Pelican, Site, Whole, find_hugo

LARGE = 5000
"""Posts from which on Pelican, which takes a minute then, is built once."""


@dataclass(frozen=True)
class Table:
    """One table of figures: its columns are sites that are built in turn; the first is compared with the others."""

    title: str
    counts: Sequence[int]
    columns: dict[str, type[Site]]


TABLES = (
    Table("plain templates", (1000, 10_000), {"engine": Engine, "Pelican": Pelican, "Hugo": Hugo}),
    Table("whole site as it ships", (1000,), {"whole": Whole, "PaperMod": PaperMod}),
    Table("whole site, lean: without search and social cards", (10_000,), {"lean": Lean}),
)
ROWS = {"cold": Site.clean, "one body edited": Site.edit, "a post added": Site.add, "nothing changed": Site.leave}
NAMES = [name for table in TABLES for name in table.columns]


def measure(sites, runs, before):
    """Build every site in turn, `runs` times over; return for each round name → (seconds, MB)."""
    rounds = []
    for number in range(runs):
        rounds.append({})
        # There and back, so that no site always follows the same other one.
        for site in sites[:: -1 if number % 2 else 1]:
            if number and site.count >= LARGE and type(site) is Pelican:
                continue
            before(site)
            os.sync()  # what the one before has left to be written is not this one's to wait for
            rounds[-1][site.name] = site.build()
    return rounds


def cells(rounds, names):
    """Give one row of a table: medians of seconds and MB, then of the first site's ratios to the others by round."""
    for name in names:
        found = [turn[name] for turn in rounds if name in turn]
        seconds, memory = (statistics.median(values) for values in zip(*found, strict=True)) if found else (0, 0)
        yield f"{seconds:.2f} ({memory:.0f})" if found else "-"
    first, *others = names
    for other in others:
        ratios = [turn[first][0] / turn[other][0] for turn in rounds if {first, other} <= turn.keys()]
        yield f"{statistics.median(ratios):.2f}" if ratios else "-"


def check(sites):
    """Stop unless every site holds its posts, and Pelican and the engines wrote the same pages byte for byte."""
    for site in sites:
        site.check()
    plain = [
        {name: path.read_bytes() for name, path in site.files().items() if name.endswith(".html")}
        for site in sites
        if isinstance(site, Pelican)
    ]
    if any(pages != plain[0] for pages in plain[1:]):
        sys.exit("the engine's pages differ from Pelican's")


def print_table(work, table, count, runs, against):
    """Measure one table for one number of posts, and print each row when it is done."""
    first, *_ = table.columns
    sites = [kind(work, name, count) for name, kind in table.columns.items()]
    if against and issubclass(table.columns[first], (Engine, Whole)):
        sites.insert(1, table.columns[first](work, f"{first} before", count, against))
    names = [site.name for site in sites]
    heads = [*names, *(f"{first}/{name.removeprefix(f'{first} ')}" for name in names[1:])]
    print(f"\n{count} posts, {table.title}: seconds (MB of the largest process), ratios; medians of {runs}")
    print(f"{'':16}" + "".join(f"{head:>17}" for head in heads))
    for label, before in ROWS.items():
        built = [site for site in sites if label == "cold" or type(site) is not Pelican]
        rounds = measure(built, runs, before)
        if label == "cold":
            check(sites)
        print(f"{label:16}" + "".join(f"{cell:>17}" for cell in cells(rounds, names)), flush=True)
    for site in sites:
        if isinstance(site, Whole):
            saved = site.serve(runs) * 1000
            print(f"serve, {site.name}: file saved to page written {saved:.0f} ms", flush=True)


def arguments():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="1,000 posts, one run, in under two minutes")
    options.add_argument("--runs", type=int, help="builds of each site in each row; 5 when left out")
    options.add_argument("--counts", default="", help="numbers of posts for every table, such as 1000,10000")
    options.add_argument("--only", default="", help=f"columns, such as engine,Hugo; of {', '.join(NAMES)}")
    options.add_argument("--against", type=Path, help="another checkout of this project, measured in the same turns")
    given = options.parse_args()
    given.only = [name for name in given.only.split(",") if name] or NAMES
    unknown = [name for name in given.only if name not in NAMES]
    if unknown:
        options.error(f"there is no column {unknown[0]}: name some of {', '.join(NAMES)}")
    if given.against and not (given.against / "plugins/authorsite").is_dir():
        options.error(f"{given.against} is no checkout of this project: name a folder that holds plugins/authorsite")
    given.counts = [int(count) for count in given.counts.split(",") if count]
    given.runs = given.runs or (1 if given.quick else 5)
    return given


def wanted(given):
    """Give the tables that the options leave, with their numbers of posts; say what is missing on this machine."""
    missing = {} if find_hugo() else {"Hugo": "HUGO", "PaperMod": "HUGO"}
    missing |= {} if os.environ.get("PAPERMOD") else {"PaperMod": "PAPERMOD"}
    for name, variable in missing.items():
        if name in given.only:
            print(f"{name} is left out: name it in the variable {variable}")
    for table in TABLES:
        columns = {name: kind for name, kind in table.columns.items() if name in given.only and name not in missing}
        counts = given.counts or [count for count in table.counts if count == 1000 or not given.quick]
        if columns and counts:
            yield Table(table.title, counts, columns)


def main():
    given = arguments()
    for table in wanted(given):
        for count in table.counts:
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                print_table(Path(folder), table, count, given.runs, given.against)


if __name__ == "__main__":
    main()
