"""Build on the command line: print the report and return the exit status."""

import sys
from pathlib import Path

from pelican_incremental.files import load_json, save_json
from pelican_incremental.manifest import BuildReport
from pelican_incremental.session import BuildSession

from ..commands import format_command
from ..problems import CommandError
from ..version import get_version
from .build import BuildResult, build

REPORT_FORMATS = ("text", "json", "github")


def check_format(report_format: str) -> None:
    """Raise CommandError for an unknown report format; call it before building."""
    if report_format not in REPORT_FORMATS:
        raise CommandError(f"unknown format `{report_format}` - use --format with one of {', '.join(REPORT_FORMATS)}")


def build_command(settings_file: Path, report_format: str = "text", page: str = "", *, drafts: bool = False) -> int:
    """Build, print the report and, if `page` is given, why it was rendered or skipped; return the exit status."""
    check_format(report_format)
    session = BuildSession()
    result = build(settings_file, drafts=drafts, progress=True, session=session)
    if page:
        print(explain(result, page))
    status = print_report(result, report_format)
    if not status and report_format == "text" and (note := describe_new_version(Path(session.settings["CACHE_PATH"]))):
        print(note)
    return status


def print_report(result: BuildResult, report_format: str = "text") -> int:
    """Print the problems and a summary of the build; return the exit status."""
    result.problems.print(report_format, sys.stdout if report_format == "json" else sys.stderr)
    if result.failed:
        return 1
    if report_format == "text":
        summary = f"{format_counts(result.files)} in {result.seconds:.1f} s"
        print(f"{result.output}: {summary}. To preview it, run: {format_command('serve')}")
    return 0


def describe_new_version(cache: Path) -> str:
    """Say that another version of the generator built the site before, and remember this one in `cache`; else ""."""
    file, version = cache / "generator.json", get_version()
    before = load_json(file).get("version", version)
    save_json(file, {"version": version})
    if before == version:
        return ""
    return f"authorsite is {version} now, was {before}. To see what changes for readers, run: {format_command('check')}"


def format_counts(report: BuildReport) -> str:
    """Return the numbers of files written, unchanged and removed, in words."""
    return f"{report.written} written, {report.unchanged} unchanged, {report.removed} removed"


def explain(result: BuildResult, page: str) -> str:
    """Say why the build rendered or skipped `page`, given as a URL path or as a path below the output folder."""
    name = page.removeprefix(str(result.output)).strip("/").removeprefix("output/")
    reasons = {"": "", **result.files.reasons}
    for path in (name, f"{name}/index.html".lstrip("/"), f"{name}.html"):
        if reasons.get(path):
            return f"{path} was rendered: {reasons[path]}."
        if (result.output / path).is_file():
            return f"{path} was skipped: nothing it depends on has changed."
    return f"{page}: no such page in this build."
