"""Hostile and unusual requests to the development server: each is answered, and none keeps others waiting."""

import http.client
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest
from authorsite.problems import Problem, Severity
from authorsite.publishing.server import Handler, Server

FILM = bytes(range(100))
MANY = "9" * 5000


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    root = tmp_path_factory.mktemp("output")
    (root / "index.html").write_text("<p>Home</p>")
    (root / "film.mp4").write_bytes(FILM)
    (root / "empty.txt").write_text("")
    os.mkfifo(root / "pipe.txt")
    server = Server(root, 0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def connect(server):
    return socket.create_connection(("127.0.0.1", server.server_port), timeout=5)


def send(server, target="/film.mp4", method="GET", *lines, version="HTTP/1.1", host="", body=b""):
    """Send a request byte by byte as given; return the status, the headers and the body."""
    host = host or f"127.0.0.1:{server.server_port}"
    head = "\r\n".join([f"{method} {target} {version}", f"Host: {host}", *lines, "", ""])
    with connect(server) as connection:
        connection.sendall(head.encode("latin-1") + body)
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        return response.status, response.headers, response.read()


@pytest.mark.parametrize(
    ("value", "status", "content", "content_range"),
    [
        (f"bytes=0-{MANY}", 206, FILM, "bytes 0-99/100"),
        (f"bytes=95-{MANY}", 206, FILM[95:], "bytes 95-99/100"),
        (f"bytes=-{MANY}", 206, FILM, "bytes 0-99/100"),
        (f"bytes={MANY}-", 416, b"", "bytes */100"),
        (f"bytes={MANY}-{MANY}", 416, b"", "bytes */100"),
        (f"bytes={'0' * 5000}5-{'0' * 5000}6", 206, FILM[5:7], "bytes 5-6/100"),
        ("bytes=-0", 416, b"", "bytes */100"),
        ("bytes=9-5", 200, FILM, None),  # invalid, so it is ignored (RFC 9110, 14.1.1)
        (f"bytes={MANY}-5", 200, FILM, None),
        ("bytes=--5", 200, FILM, None),
        ("bytes=0-4,6-9", 200, FILM, None),
        ("bytes=\xb2-\xb3", 200, FILM, None),
        ("bytes=" + "0-1," * 9000, 200, FILM, None),
    ],
)
def test_byte_ranges(server, value, status, content, content_range):
    actual, headers, body = send(server, "/film.mp4", "GET", f"Range: {value}")
    assert (actual, body, headers["Content-Range"]) == (status, content, content_range)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/" + "a" * 300, 404),  # longer than a file name can be
        ("/" + "a/" * 5000, 404),  # longer than a path can be
        ("/%00", 404),
        ("/%ff%fe", 404),
        ("/\xff", 404),
        ("/pipe.txt", 404),  # reading it would never end
        ("/" + "a" * 70_000, 414),
        ("//evil.test/", 404),
        ("/%2f%2fevil.test/%2e%2e/%2e%2e/", 200),
        ("/[", 404),
        ("//[", 404),
        ("/?" + "q" * 5000, 200),
        ("/empty.txt", 200),
    ],
)
def test_odd_targets(server, target, status):
    assert send(server, target)[0] == status


def test_a_url_as_target_is_that_of_its_path(server):
    assert send(server, f"http://127.0.0.1:{server.server_port}/film.mp4")[::2] == (200, FILM)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "X" * 5000])
def test_other_methods_are_refused(server, method):
    status, headers, _ = send(server, "/", method, "Content-Length: 5", body=b"GET /")
    assert (status, headers["Connection"]) == (501, "close")


def test_a_request_for_the_headers_of_the_events_ends(server):
    status, headers, body = send(server, "/_serve/events", "HEAD")
    assert (status, headers["Content-Type"], body) == (200, "text/event-stream", b"")
    assert server.listeners == []


def test_the_body_of_a_request_is_never_read_as_the_next_request(server):
    smuggled = f"GET /film.mp4 HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode()
    for line in (f"Content-Length: {len(smuggled)}", "Transfer-Encoding: chunked"):
        with connect(server) as connection:
            head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n{line}\r\n\r\n"
            connection.sendall(head.encode() + smuggled)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([f"X-{number}: 1" for number in range(2000)], 431),
        (["X: " + "1" * 70_000], 431),
        (["Host: evil.test"], 200),  # the first one counts
        (["no colon"], 200),
        (["Range"], 200),
    ],
)
def test_header_floods_and_odd_headers(server, lines, status):
    assert send(server, "/film.mp4", "GET", *lines)[0] == status


@pytest.mark.parametrize("version", ["HTTP/9.9", "HTTP/x", "HTTP/1.1.1", "ICY"])
def test_odd_versions(server, version):
    with connect(server) as connection:
        connection.sendall(f"GET / {version}\r\n\r\n".encode())
        assert connection.recv(65536).startswith((b"HTTP/1.1 400", b"HTTP/1.1 505", b"<!DOCTYPE"))


def test_two_hundred_connections_at_once_are_all_answered(server, monkeypatch):
    # Hold the listener back as a busy machine does: the system must keep the connections that wait.
    accept = server.get_request
    monkeypatch.setattr(server, "get_request", lambda: time.sleep(0.005) or accept())
    barrier = threading.Barrier(200)

    def fetch(_):
        barrier.wait()
        return send(server)[2]

    with ThreadPoolExecutor(200) as pool:
        assert [*pool.map(fetch, range(200))] == [FILM] * 200


def test_slow_and_silent_clients_keep_nobody_waiting(server):
    connections = [connect(server) for _ in range(100)]
    try:
        for number, connection in enumerate(connections):
            connection.sendall([b"", b"G", b"GET /film.mp4 HTTP/1.1\r\nHost: x\r\nX: ", b"\r\n"][number % 4])
        started = time.monotonic()
        assert send(server)[2] == FILM
        assert time.monotonic() - started < 2
    finally:
        for connection in connections:
            connection.close()


def test_a_silent_client_is_disconnected(server, monkeypatch):
    monkeypatch.setattr(Handler, "timeout", 0.1)
    with connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert connection.recv(100) == b""


def test_an_unexpected_error_is_answered_with_its_message(server, monkeypatch):
    def fail(*_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(Handler, "guess_type", fail)
    status, _, body = send(server)
    assert (status, body) == (500, b"RuntimeError: a fault")


def test_notices_are_not_shown_on_pages(server):
    problems = [Problem("a.md", 1, "wrong"), Problem("/tag/x/", 0, "removed", severity=Severity.NOTICE)]
    server.send_problems([asdict(problem) for problem in problems])
    assert b"wrong" in server.problems
    assert b"removed" not in server.problems
    server.send_problems([])
