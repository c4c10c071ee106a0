"""Run Lighthouse on the built site: `invoke audit` prints the scores and fails if one is below its threshold."""

import gzip
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from browser import FLAGS, find_browser
from serving import FolderHandler, serve_folder

ROOT = Path(__file__).parent.parent
LIGHTHOUSE = ROOT / "node_modules/lighthouse/cli/index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


class StaticHandler(FolderHandler):
    """Serves files as static hosting does: text is compressed; nothing is logged."""

    def do_GET(self):  # noqa: N802 - as http.server has it
        """Send a page or file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        kind, data = self.guess_type(path), path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if kind.startswith("text/"):
            data = gzip.compress(data, 9)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return self.wfile.write(data)


def run_lighthouse(url, categories):
    """Return the scores of one run, 0 to 100, by category."""
    command = ["node", str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--only-categories={','.join(categories)}"]
    command.append(f"--chrome-flags={' '.join(FLAGS)}")
    environment = {**os.environ, "CHROME_PATH": find_browser() or ""}
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, env=environment)
    if done.returncode:
        sys.exit(f"Lighthouse failed on {url}: {done.stderr.strip()[-300:]}")
    return {name: round(100 * category["score"]) for name, category in json.loads(done.stdout)["categories"].items()}


def sample_pages(output):
    """Return the path of one page of each kind; tests/browser/test_lighthouse.py has those that the site lacks."""
    post = max(path.parent.relative_to(output).as_posix() for path in output.glob("2*/*/*/*/index.html"))
    book = min(path.parent.relative_to(output).as_posix() for path in output.glob("books/*/index.html"))
    pages = {
        "home": "",
        "post": f"{post}/",
        "book": f"{book}/",
        "purchase": f"{book}/buy/",
        "press kit": f"{book}/press/",
    }
    kinds = ("about", "press", "subscribe")  # search results are for no index
    return pages | {name: f"{name}/" for name in kinds if (output / name / "index.html").exists()}


def main():
    """Print the scores; return 1 if one is below its threshold."""
    output, failed = ROOT / "output", False
    with serve_folder(output, StaticHandler) as base_url:
        print(f"{'page':10}" + "".join(f"{category:>16}" for category in CATEGORIES))
        for name, path in sample_pages(output).items():
            url = f"{base_url}/{path}"
            scores = run_lighthouse(url, CATEGORIES)
            runs = [scores["performance"], *(run_lighthouse(url, CATEGORIES[:1])["performance"] for _ in range(2))]
            scores["performance"] = round(statistics.median(runs))
            failed |= scores["performance"] < 99 or any(scores[category] < 100 for category in CATEGORIES[1:])
            print(f"{name:10}" + "".join(f"{scores[category]:16}" for category in CATEGORIES), flush=True)
    return int(failed)


if __name__ == "__main__":
    if not LIGHTHOUSE.exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, check=True, timeout=600)
    sys.exit(main())
