"""Serve a folder over HTTP during a test."""

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
