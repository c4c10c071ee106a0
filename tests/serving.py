"""Serve a folder over HTTP during a test."""

import re
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class FolderHandler(SimpleHTTPRequestHandler):
    """Serves files without logging."""

    def send_head(self):
        # Last-Modified counts whole seconds: two builds within one second would look the same.
        del self.headers["If-Modified-Since"]
        return super().send_head()

    def log_message(self, *_):
        pass


@contextmanager
def run_server(handler):
    """Run a server on a free port of 127.0.0.1; yields the server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@contextmanager
def serve_folder(folder, handler=FolderHandler):
    """Serve `folder` with a handler class; yields its URL."""
    with run_server(partial(handler, directory=str(folder))) as server:
        yield server.url


def read_header_rules(folder):
    """Return (URL pattern, headers by name) for each rule of the file `_headers` in a folder."""
    text = (folder / "_headers").read_text("utf-8")
    blocks = [block.splitlines() for block in text.split("\n\n")]
    return [(block[0], dict(line.strip().split(": ", 1) for line in block[1:])) for block in blocks]


@contextmanager
def serve_with_headers(folder):
    """Serve a built site with the headers of its file `_headers`, as static hosts do; yields its URL."""
    rules = [(re.escape(pattern).replace(r"\*", ".*"), headers) for pattern, headers in read_header_rules(folder)]

    class Handler(FolderHandler):
        def end_headers(self):
            path = self.path.split("?")[0]
            for pattern, headers in rules:
                if re.fullmatch(pattern, path):
                    for name, value in headers.items():
                        self.send_header(name, value)
            super().end_headers()

    with serve_folder(folder, Handler) as url:
        yield url
