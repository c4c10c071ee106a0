"""A folder on a port of this machine, for as long as a test needs it."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class _Quiet(SimpleHTTPRequestHandler):
    def send_head(self):
        # Dates of files count whole seconds: two builds within one would look the same.
        del self.headers["If-Modified-Since"]
        return super().send_head()

    def log_message(self, *_):
        pass


@contextmanager
def serving(folder):
    """Serve `folder` on 127.0.0.1; give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
