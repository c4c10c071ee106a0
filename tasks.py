"""The project's commands: `invoke --list`, or `make X` for any of them.

The commands of a site are those of the package, as `authorsite X` runs them elsewhere: plugins/authorsite/cli.py.
Below are those for working on the generator.
"""

import os
import shlex
import shutil
import sys
from pathlib import Path

from invoke import Collection

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "plugins"))
os.chdir(ROOT)

try:
    from authorsite import cli
    from authorsite.command_line import print_exception, require_quoted_title, task
    from pelican_incremental.processes import count_usable_cores
except Exception as error:
    if os.environ.get("TRACEBACK"):
        raise
    sys.exit(f"plugins/authorsite did not load: {type(error).__name__}: {error}")

sys.excepthook = print_exception

# A site of your own, in another folder.
init = cli.init

# The site in this folder, which is also the worked example.
build = cli.build
serve = cli.serve
new = cli.new
check = cli.check
publish = cli.publish
feed_diff = cli.feed_diff
roundup = cli.roundup
newsletter = cli.newsletter
import_wordpress = cli.import_wordpress
check_links = cli.check_links
clean = cli.clean


@task(help={"nightly": "include the long tests", "only": "a pytest -k expression"})
def test(c, nightly=False, only=""):
    """Run the tests, with a browser if one is available.

    Example: invoke test --only feeds
    """
    c.run(f"{sys.executable} tests/browser.py", pty=False)
    # One process more than cores: they wait for programs that they start a quarter of the time.
    options = [f"-n {count_usable_cores() + 1} --dist worksteal"]
    options += ["--nightly"] * nightly + ([f"-k '{only}'"] if only else [])
    environment, memory = {}, Path("/dev/shm")  # noqa: S108 - pytest makes a private folder in it
    if memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30:
        # Many disks take longer to delete a site than the build takes to write it. Keep the sites of failed tests.
        environment["PYTEST_DEBUG_TEMPROOT"] = str(memory)
        options.append("-o tmp_path_retention_policy=failed")
    c.run(f"{sys.executable} -m pytest {' '.join(options)}", env=environment, pty=False)


@task()
def audit(c):
    """Build the site and print the Lighthouse scores of its main pages.

    Example: invoke audit
    """
    c.run(f"{sys.executable} -m invoke build", pty=False)
    c.run(f"{sys.executable} tests/audit.py", pty=False)


@task(help={"fix": "let ruff fix what it can"})
def lint(c, fix=False):
    """Check formatting, style and types.

    Example: invoke lint --fix
    """
    bin_ = Path(sys.executable).parent
    c.run(f"{bin_}/ruff format {'' if fix else '--check'} --quiet .")
    c.run(f"{bin_}/ruff check {'--fix' if fix else ''} --quiet .")
    c.run(f"{bin_}/mypy --no-error-summary")


@task(help={"upgrade": "use the newest versions that pyproject.toml allows"})
def lock(c, upgrade=False):
    """Write the two lock files from pyproject.toml.

    Example: invoke lock --upgrade
    """
    uv = Path(sys.executable).parent / "uv"
    common = (
        "pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes "
        "--no-emit-index-url --no-emit-find-links --no-header --no-annotate"
    )
    upgrade_option = "--upgrade" if upgrade else ""
    with c.cd(str(ROOT)):
        c.run(f"{uv} {common} {upgrade_option} --extra dev --output-file requirements-dev.lock")
        c.run(f"{uv} {common} {upgrade_option} --constraint requirements-dev.lock --output-file requirements.lock")


@task(help={"quick": "1,000 posts, one run of each", "against": "another checkout to measure alongside"})
def bench(c, quick=False, against=""):
    """Benchmark builds against Pelican and Hugo.

    Example: invoke bench --quick
    """
    options = ["--quick"] * quick + ["--against", against] * bool(against)
    c.run(shlex.join([sys.executable, "benchmarks/run.py", *options]), pty=False)


def run_make(name, text):
    """Run `invoke name` with the words of `text`, as a shell splits them, but without replacing `$5` or a backquote."""
    try:
        words = [os.path.expanduser(word) for word in shlex.split(text)]  # noqa: PTH111 - not all are paths
    except ValueError:
        hint = """write it between quotes: make new ARGS='"It is a title"'"""
        sys.exit(f"ARGS: {text}: a quotation mark has no second one - {hint}")
    os.execv(sys.executable, [sys.executable, "-m", "invoke", name, *words])  # noqa: S606 - on purpose


if "invoke" in sys.argv[0]:
    require_quoted_title(sys.argv, Collection.from_module(sys.modules[__name__]).task_names)
if __name__ == "__main__":
    run_make(*sys.argv[1:])
