"""Publish to a branch of a git repository, as GitHub Pages serves it: each publish adds one commit."""

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from ...output import FILE_LIST
from ...problems import CommandError
from ...publish_targets import GitTarget
from ...settings import SiteSettings
from ..tree_diff import TreeDiff
from .commands import OWNERSHIP_FILE, TargetNotReady, redact_credentials, run_command

_TRACKING_REF = "refs/authorsite/published"
_HOST_FILES = {"CNAME", ".nojekyll"}
"""Files that the hosting service itself creates in a branch that it serves."""

_SUBJECT = "Publish "
_MAX_ATTEMPTS = 4
_NEUTRAL_CONFIG = [
    *("-c", "core.autocrlf=false", "-c", "core.safecrlf=false", "-c", "core.fileMode=false"),
    *("-c", f"core.attributesFile={os.devnull}"),
]


class Git:
    """A branch of a remote; the working tree, the index and the author's own branches are never touched."""

    def __init__(self, config: GitTarget, site: SiteSettings, root: Path) -> None:
        self.config, self.site, self.root = config, site, root
        self.name = f"branch {config.branch} of {redact_credentials(config.remote)}"
        try:
            git_dir = run_command("git", "rev-parse", "--absolute-git-dir", cwd=root).decode().strip()
        except CommandError as error:
            if "not a git repository" not in str(error):
                raise
            hint = "run git init, and git remote add origin URL"
            raise TargetNotReady(f"not a git repository - {hint}", str(root)) from None
        self.git_dir = Path(git_dir)
        self.ref = f"refs/heads/{config.branch}"
        self.commit = ""
        self.others: Collection[str] = ()

    def read_files(self, names: Sequence[str]) -> dict[str, bytes]:
        """Return files of the commit that was compared with."""
        return {name: self._run("cat-file", "blob", f"{self.commit}:{name}") for name in names}

    def compare(self, tree: Path, *, offline: bool = False) -> TreeDiff:
        """Compare the tree of the branch, fetched now unless `offline`, with `tree`."""
        self.commit = parent = self._find_fetched() if offline else self._fetch()
        if offline:
            self.name += ", as last fetched" if parent else " (nothing was fetched from it yet)"
        return TreeDiff.between(self._list_files(parent), self._list_files(self._write_tree(tree, parent)))

    def upload(self, tree: Path, report: Callable[[str], None]) -> None:
        """Commit `tree` on top of the branch and push it; commits that others push meanwhile are kept."""
        for _ in range(_MAX_ATTEMPTS):
            report("Committing …")
            old = self._fetch()
            new = self._write_tree(tree, old)
            files = self._list_files(new)
            if files == self._list_files(old):
                return
            parent = ("-p", old) if old else ()
            kept = "\n".join(sorted(dict(files.items() & self._list_foreign_files(old).items())))
            arguments = ("commit-tree", new, *parent, "-m", f"{_SUBJECT}{self.site.url}", "-m", kept)
            commit = self._run(*arguments, env=self._get_identity()).decode().strip()
            report(f"Pushing to {self.name} …")
            try:
                self._run("push", "--quiet", "--no-verify", self.config.remote, f"{commit}:{self.ref}")
            except CommandError:
                if self._fetch() == old:
                    raise
            else:
                self._run("update-ref", _TRACKING_REF, commit)
                report("Pushed.")
                return
        raise CommandError(f"somebody else keeps pushing to {self.name} - try again later")

    def _find_fetched(self) -> str:
        """Return the newest commit of the branch that a publish or the author has fetched, or ""."""
        refs = (_TRACKING_REF, f"refs/remotes/{self.config.remote}/{self.config.branch}")
        newest = self._run("for-each-ref", "--sort=-committerdate", "--count=1", "--format=%(objectname)", *refs)
        return newest.decode().strip()

    def _fetch(self) -> str:
        """Fetch the branch; return its commit, or "" if there is no such branch."""
        # A killed git leaves this lock; no other process writes the ref, since publishes run one at a time.
        (self.git_dir / f"{_TRACKING_REF}.lock").unlink(missing_ok=True)
        if not self._run("ls-remote", "--heads", self.config.remote, self.ref).strip():
            self._run("update-ref", "-d", _TRACKING_REF)
            return ""
        self._run("fetch", "--quiet", "--no-tags", self.config.remote, f"+{self.ref}:{_TRACKING_REF}")
        commit = self._run("rev-parse", _TRACKING_REF).decode().strip()
        names = self._list_files(commit).keys()
        if OWNERSHIP_FILE not in names and names - _HOST_FILES:
            hint = f"use a branch for the site alone or, to override, add an empty file {OWNERSHIP_FILE} to this one"
            raise CommandError(f"{self.name} has other files - {hint}")
        return commit

    def _write_tree(self, tree: Path, parent: str) -> str:
        """Store `tree`, with .nojekyll, CNAME and foreign files, in the repository; return the tree's id."""
        paths = [".", *(f":(exclude,top,literal){name}" for name in (FILE_LIST, *self.others))]
        pathspecs = os.fsencode("\0".join(paths))
        with TemporaryDirectory() as folder:
            env = {"GIT_INDEX_FILE": f"{folder}/index"}
            files = self._list_foreign_files(parent)
            for name, content in ((OWNERSHIP_FILE, b""), (".nojekyll", b""), ("CNAME", self._get_cname(parent))):
                if content is not None:
                    blob = self._run("hash-object", "-w", "--stdin", stdin=content).decode().strip()
                    files[name] = f"100644 blob {blob}"
            index_info = "".join(f"{entry}\t{path}\0" for path, entry in files.items())
            self._run("update-index", "-z", "--index-info", stdin=os.fsencode(index_info), env=env)
            # Where both have a path, the site's file replaces the other one.
            add = ("add", "--ignore-removal", "--force", "--pathspec-from-file=-", "--pathspec-file-nul")
            self._run("-C", str(tree), "--work-tree=.", *add, env=env, stdin=pathspecs)
            return self._run("write-tree", env=env).decode().strip()

    def _list_foreign_files(self, commit: str) -> dict[str, str]:
        """Return, as `_list_files`, what others added to the branch since the first publish.

        The message of a publish's commit lists the foreign files that it kept.
        """
        if not commit:
            return {}
        last, *kept = os.fsdecode(self._run("log", "-1", "--format=%H%n%b", f"--grep=^{_SUBJECT}", commit)).split("\n")
        own = {*self._list_files(last or commit).keys() - set(kept), *_HOST_FILES, OWNERSHIP_FILE}
        return {path: entry for path, entry in self._list_files(commit).items() if path not in own}

    def _list_files(self, commit: str) -> dict[str, str]:
        """Return mode, type and id of every file of a commit or tree by path; none without a commit."""
        lines = os.fsdecode(self._run("ls-tree", "-r", "-z", commit)).split("\0") if commit else []
        return {path: entry for entry, _, path in (line.partition("\t") for line in lines) if path}

    def _get_cname(self, parent: str) -> bytes | None:
        """Return the content of CNAME; the branch's own if neither the settings nor the site's URL give a domain."""
        host = urlsplit(self.site.url).hostname or ""
        own = "" if host.endswith(".github.io") or "." not in host or host.replace(".", "").isdigit() else host
        domain = own if self.config.cname is None else self.config.cname
        if domain or self.config.cname is not None:
            return f"{domain}\n".encode() if domain else None
        return self._run("cat-file", "blob", f"{parent}:CNAME") if "CNAME" in self._list_files(parent) else None

    def _run(self, *arguments: str, env: dict[str, str] | None = None, stdin: bytes = b"") -> bytes:
        ssh = os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
        environment = {"GIT_DIR": str(self.git_dir), "GIT_SSH_COMMAND": ssh, **(env or {})}
        return run_command("git", *_NEUTRAL_CONFIG, *arguments, cwd=self.root, env=environment, stdin=stdin)

    def _get_identity(self) -> dict[str, str]:
        """Return the committer as environment variables if git has none, as on a machine of a hosted service."""
        try:
            run_command("git", "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT", cwd=self.root)
        except CommandError:
            defaults = {"NAME": "Publisher", "EMAIL": self.site.contact or "publisher@localhost"}
            names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in defaults.items()}
            return {name: os.environ.get(name, default) for name, default in names.items()}
        return {}
