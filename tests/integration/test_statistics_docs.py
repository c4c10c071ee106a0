"""The commands of docs/statistics.md, run as printed on a small log; each prints what is shown below it."""

import re
import shutil
import subprocess

import pytest
from conftest import ROOT

BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
COMMANDS = BLOCK.findall((ROOT / "docs/statistics.md").read_text("utf-8"))
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
REQUESTS = [
    ("192.0.2.7", "/", 200, FIREFOX),
    ("192.0.2.7", "/go/my-book/amazon-us/", 301, FIREFOX),
    ("192.0.2.8", "/go/my-book/amazon-us/", 200, FIREFOX),
    ("192.0.2.9", "/go/my-book/bookshop-us/", 200, FIREFOX),
    ("203.0.113.2", "/go/my-book/amazon-us/", 200, "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/)"),
    ("203.0.113.5", "/feed.xml", 304, "ReaderOne/1.0 (+https://reader-one.example; 120 subscribers)"),
    ("203.0.113.5", "/feed.xml", 304, "ReaderOne/1.0 (+https://reader-one.example; 120 subscribers)"),
    ("203.0.113.9", "/atom.xml", 200, "ReaderTwo/2.3 (https://reader-two.example/bot; 8 subscribers; feed-id=42)"),
    ("192.0.2.10", "/feed.xml", 304, "newsboat/2.21.0 (Linux x86_64)"),
    ("192.0.2.10", "/feed.xml", 200, "newsboat/2.21.0 (Linux x86_64)"),
    ("192.0.2.11", "/files/talk.mp3", 206, "PodcastApp/4.1"),
    ("192.0.2.11", "/files/talk.mp3", 206, "PodcastApp/4.1"),
    ("192.0.2.7", "/files/talk.mp3", 206, FIREFOX),
    ("192.0.2.7", "/books/my-book/sample.epub", 200, FIREFOX),
]
LOG = "".join(
    f'{address} - - [01/Mar/2020:09:14:{second:02} +0000] "GET {path} HTTP/2.0" {status} 5120 "-" "{agent}"\n'
    for second, (address, path, status, agent) in enumerate(REQUESTS)
)


def test_the_page_has_commands():
    assert len(COMMANDS) == 6
    assert sum(bool(printed) for _, printed in COMMANDS) == 4


@pytest.mark.parametrize(("command", "printed"), COMMANDS, ids=lambda text: text.split(" ")[0])
def test_a_command_prints_what_is_shown_below_it(command, printed, tmp_path):
    program = command.split()[0]
    if program == "scp" or shutil.which(program) is None:
        pytest.skip("it needs a server" if program == "scp" else f"no {program}: apt-get install {program}")
    (tmp_path / "access.log").write_text(LOG)
    result = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, timeout=30, capture_output=True, check=True, text=True
    )
    if printed:
        assert result.stdout.split() == printed.split()
    else:
        assert "amazon-us" in (tmp_path / "report.html").read_text("utf-8")
