"""A branch of a git repository, as GitHub Pages serves it: one commit a publish, on top of what is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from ...problems import Refused
from ...settings import GitTarget, SiteSettings
from ..tree_diff import Changes
from .commands import MARK, quiet, run

_HELD = "refs/authorsite/published"
_OF_THE_HOST = {"CNAME", ".nojekyll"}
"""What the service itself puts into a branch when it is asked to serve it."""

_SUBJECT = "Publish "
_TRIES = 4
_PLAIN = ("core.autocrlf=false", "core.safecrlf=false", "core.fileMode=false", f"core.attributesFile={os.devnull}")


class Git:
    """A branch of a remote; the working tree, the index and the author's own branches are never touched."""

    def __init__(self, to: GitTarget, site: SiteSettings, root: Path) -> None:
        self.to, self.site, self.root = to, site, root
        try:
            found = run("git", "rev-parse", "--absolute-git-dir", cwd=root).decode().strip()
        except Refused as refused:
            if "not a git repository" not in str(refused):
                raise
            raise Refused(f"{root} is no git repository: run git init, and git remote add origin ADDRESS") from None
        self.repository = Path(found)
        self.ref = f"refs/heads/{to.branch}"

    @property
    def name(self) -> str:
        """The branch and the remote, without a password."""
        return f"branch {self.to.branch} of {quiet(self.to.remote)}"

    def held(self, names: Sequence[str]) -> dict[str, bytes]:
        """Return files of the branch as it was last fetched."""
        return {name: self._git("cat-file", "blob", f"{_HELD}:{name}") for name in names}

    def changes(self, tree: Path) -> Changes:
        """Fetch the branch and compare its tree with `tree`."""
        old = self._fetch()
        before = f"{old}^{{tree}}" if old else self._git("hash-object", "-t", "tree", "-w", "--stdin").decode().strip()
        told = self._git("diff-tree", "-r", "-z", "--no-renames", "--name-status", before, self._tree(tree, old))
        parts = told.decode("utf-8", "surrogateescape").split("\0")
        found = list(zip(parts[::2], parts[1::2], strict=False))
        return Changes(*(tuple(path for status, path in found if status in letters) for letters in ("A", "MT", "D")))

    def upload(self, tree: Path, say: Callable[[str], None]) -> None:
        """Commit `tree` on top of the branch and push it; somebody else's commit in between is kept and built upon."""
        for _ in range(_TRIES):
            say("Committing …")
            old = self._fetch()
            new = self._tree(tree, old)
            if old and self._git("rev-parse", f"{old}^{{tree}}").decode().strip() == new:
                return
            parent = ("-p", old) if old else ()
            kept = sorted(self._files(new).keys() & self._others(old).keys())
            words = ("commit-tree", new, *parent, "-m", f"{_SUBJECT}{self.site.url}", "-m", "\n".join(kept))
            made = self._git(*words, env=self._identity()).decode().strip()
            say(f"Pushing to {self.name} …")
            try:
                self._git("push", "--quiet", "--no-verify", self.to.remote, f"{made}:{self.ref}")
            except Refused:
                if self._fetch() == old:
                    raise
                continue
            say("Pushed.")
            return
        raise Refused(f"{self.name} is being written to by somebody else: try again")

    def _fetch(self) -> str:
        """Fetch the branch; return its commit, or "" when there is no such branch."""
        # Left by a git that was killed: no other writes this name, for publishes go one at a time.
        (self.repository / f"{_HELD}.lock").unlink(missing_ok=True)
        if not self._git("ls-remote", "--heads", self.to.remote, self.ref).strip():
            self._git("update-ref", "-d", _HELD)
            return ""
        self._git("fetch", "--quiet", "--no-tags", self.to.remote, f"+{self.ref}:{_HELD}")
        names = self._files(_HELD).keys()
        if MARK not in names and names - _OF_THE_HOST:
            what = f"{self.name} holds something that was not published here"
            raise Refused(f"{what}: name a branch for the site alone, or add an empty file {MARK} to this one")
        return self._git("rev-parse", _HELD).decode().strip()

    def _tree(self, tree: Path, old: str) -> str:
        """Store `tree`, with .nojekyll, CNAME and what others brought, in the repository and return its id."""
        with TemporaryDirectory() as folder:
            env = {"GIT_INDEX_FILE": f"{folder}/index"}
            others = "".join(f"{entry}\t{path}\0" for path, entry in self._others(old).items())
            self._git("update-index", "-z", "--index-info", stdin=os.fsencode(others), env=env)
            # Where both have a path, the site's file takes it.
            self._git("add", "--ignore-removal", "--force", ".", work_tree=tree, env=env)
            for name, content in ((MARK, b""), (".nojekyll", b""), ("CNAME", self._domain(old))):
                if content is not None and not (tree / name).exists():
                    blob = self._git("hash-object", "-w", "--stdin", stdin=content).decode().strip()
                    self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}", env=env)
            return self._git("write-tree", env=env).decode().strip()

    def _others(self, old: str) -> dict[str, str]:
        """Return, as `_files`, what somebody put on the branch since this package published to it first.

        The text of a publish's commit lists what it kept of others.
        """
        if not old:
            return {}
        words = ("log", "-1", "--format=%H%n%b", f"--grep=^{_SUBJECT}", old)
        last, *kept = os.fsdecode(self._git(*words)).split("\n")
        ours = {*(self._files(last).keys() - set(kept) if last else self._files(old)), *_OF_THE_HOST, MARK}
        return {path: entry for path, entry in self._files(old).items() if path not in ours}

    def _files(self, commit: str) -> dict[str, str]:
        """Return mode, type and id of every file of a commit or tree by its path."""
        listed = os.fsdecode(self._git("ls-tree", "-r", "-z", commit)).split("\0")
        return {path: entry for entry, _, path in (line.partition("\t") for line in listed) if path}

    def _domain(self, old: str) -> bytes | None:
        """Return what CNAME holds; the branch's own when neither the settings nor the site's address say."""
        host = urlsplit(self.site.url).hostname or ""
        own = "" if host.endswith(".github.io") or "." not in host or host.replace(".", "").isdigit() else host
        domain = own if self.to.cname is None else self.to.cname
        if domain or self.to.cname is not None:
            return f"{domain}\n".encode() if domain else None
        return self.held(["CNAME"])["CNAME"] if old and "CNAME" in self._files(old) else None

    def _git(
        self, *words: str, work_tree: Path | None = None, env: dict[str, str] | None = None, stdin: bytes = b""
    ) -> bytes:
        options = [part for setting in _PLAIN for part in ("-c", setting)]
        place = {"GIT_DIR": str(self.repository), **(env or {})}
        if work_tree:
            place["GIT_WORK_TREE"] = str(work_tree)
        place.setdefault("GIT_SSH_COMMAND", os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"))
        return run("git", *options, *words, cwd=work_tree or self.root, env=place, stdin=stdin)

    def _identity(self) -> dict[str, str]:
        """Return who commits where git itself does not know, as on a machine of a hosted service."""
        try:
            run("git", "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT", cwd=self.root)
        except Refused:
            known = {"NAME": "Publisher", "EMAIL": self.site.contact or "publisher@localhost"}
            found = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in known.items()}
            return {name: os.environ.get(name, value) for name, value in found.items()}
        return {}
