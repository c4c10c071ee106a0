"""Serve a folder over HTTP during a test."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class _QuietHandler(SimpleHTTPRequestHandler):
    def send_head(self):
        # Last-Modified counts whole seconds: two builds within one second would look the same.
        del self.headers["If-Modified-Since"]
        return super().send_head()

    def log_message(self, *_):
        pass


@contextmanager
def serve_folder(folder):
    """Serve `folder` on a free port of 127.0.0.1; yields its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
