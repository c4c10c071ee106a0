"""Compare build times with Pelican, Hugo and another checkout of this project, on the same posts. See README.md."""

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
"""From so many posts on, Pelican is built only once: it takes a minute."""


@dataclass(frozen=True)
class Table:
    """One table of results; its columns are sites, of which the first is compared with each of the others."""

    title: str
    counts: Sequence[int]
    columns: dict[str, type[Site]]


TABLES = (
    Table("plain templates", (1000, 10_000), {"engine": Engine, "Pelican": Pelican, "Hugo": Hugo}),
    Table("whole site as it ships", (1000,), {"whole": Whole, "PaperMod": PaperMod}),
    Table("whole site, lean: without search and social cards", (10_000,), {"lean": Lean}),
)
ROWS = {
    "cold": Site.clean,
    "one body edited": Site.edit_post,
    "a post added": Site.add_post,
    "nothing changed": Site.change_nothing,
}
NAMES = [name for table in TABLES for name in table.columns]


def measure(sites, runs, prepare):
    """Build the sites alternately, `runs` times each; return for each round name → (seconds, MB)."""
    rounds = []
    for number in range(runs):
        rounds.append({})
        # Reverse the order in every other round, so that no site always follows the same other one.
        for site in sites[:: -1 if number % 2 else 1]:
            if number and site.count >= LARGE and type(site) is Pelican:
                continue
            prepare(site)
            os.sync()  # pending writes of the last site must not slow down this one
            rounds[-1][site.name] = site.build()
    return rounds


def format_cells(rounds, names):
    """Yield the cells of a row: median seconds and MB of each site, then median ratios of the first to the others."""
    for name in names:
        results = [r[name] for r in rounds if name in r]
        seconds, memory = (statistics.median(values) for values in zip(*results, strict=True)) if results else (0, 0)
        yield f"{seconds:.2f} ({memory:.0f})" if results else "-"
    first, *others = names
    for other in others:
        ratios = [r[first][0] / r[other][0] for r in rounds if {first, other} <= r.keys()]
        yield f"{statistics.median(ratios):.2f}" if ratios else "-"


def check(sites):
    """Exit unless every site has its posts, and the pages of Pelican and the engines are the same byte for byte."""
    for site in sites:
        site.check()
    pages_by_site = [
        {name: path.read_bytes() for name, path in site.files().items() if name.endswith(".html")}
        for site in sites
        if isinstance(site, Pelican)
    ]
    if any(pages != pages_by_site[0] for pages in pages_by_site[1:]):
        sys.exit("the engine's pages differ from Pelican's")


def print_table(work, table, count, runs, against):
    """Measure one table for one number of posts, and print each row when it is complete."""
    first, *_ = table.columns
    sites = [kind(work, name, count) for name, kind in table.columns.items()]
    if against and issubclass(table.columns[first], (Engine, Whole)):
        sites.insert(1, table.columns[first](work, f"{first} before", count, against))
    names = [site.name for site in sites]
    headings = [*names, *(f"{first}/{name.removeprefix(f'{first} ')}" for name in names[1:])]
    print(f"\n{count} posts, {table.title}: seconds (MB of the largest process), ratios; medians of {runs}")
    print(f"{'':16}" + "".join(f"{heading:>17}" for heading in headings))
    for label, prepare in ROWS.items():
        measured = [site for site in sites if label == "cold" or type(site) is not Pelican]
        rounds = measure(measured, runs, prepare)
        if label == "cold":
            check(sites)
        print(f"{label:16}" + "".join(f"{cell:>17}" for cell in format_cells(rounds, names)), flush=True)
    for site in sites:
        if isinstance(site, Whole):
            milliseconds = site.serve(runs) * 1000
            print(f"serve, {site.name}: file saved to page written {milliseconds:.0f} ms", flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 posts, one run, in under two minutes")
    parser.add_argument("--runs", type=int, help="builds of each site for each row (default: 5)")
    parser.add_argument("--counts", default="", help="numbers of posts for all tables, for example 1000,10000")
    parser.add_argument("--only", default="", help=f"columns, for example engine,Hugo; all are {', '.join(NAMES)}")
    parser.add_argument("--against", type=Path, help="folder of another checkout of this project, measured alternately")
    options = parser.parse_args()
    options.only = [name for name in options.only.split(",") if name] or NAMES
    unknown = [name for name in options.only if name not in NAMES]
    if unknown:
        parser.error(f"unknown column {unknown[0]} - choose from {', '.join(NAMES)}")
    if options.against and not (options.against / "plugins/authorsite").is_dir():
        parser.error(f"{options.against} is not a checkout of this project - it must contain plugins/authorsite")
    options.counts = [int(count) for count in options.counts.split(",") if count]
    options.runs = options.runs or (1 if options.quick else 5)
    return options


def select_tables(options):
    """Yield the tables that the options select, with their numbers of posts; report what is not installed."""
    missing = {} if find_hugo() else {"Hugo": "HUGO", "PaperMod": "HUGO"}
    missing |= {} if os.environ.get("PAPERMOD") else {"PaperMod": "PAPERMOD"}
    for name, variable in missing.items():
        if name in options.only:
            print(f"{name} is skipped: not found - set the environment variable {variable} to its path")
    for table in TABLES:
        columns = {name: kind for name, kind in table.columns.items() if name in options.only and name not in missing}
        counts = options.counts or [count for count in table.counts if count == 1000 or not options.quick]
        if columns and counts:
            yield Table(table.title, counts, columns)


def main():
    options = parse_arguments()
    for table in select_tables(options):
        for count in table.counts:
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                print_table(Path(folder), table, count, options.runs, options.against)


if __name__ == "__main__":
    main()
