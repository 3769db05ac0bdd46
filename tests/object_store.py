"""A server that speaks S3, in this process, with a bucket of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest

BUCKET = "state-data"


@contextmanager
def object_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start the server on a free port of this machine; the address of the folder of releases in its bucket."""
    server_module = pytest.importorskip("moto.server", reason="the package moto is not installed")
    s3fs = pytest.importorskip("s3fs", reason="the package s3fs is not installed")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    try:
        s3fs.S3FileSystem.clear_instance_cache()
        # what an earlier server of this process held stays in the process
        urlopen(Request(f"{settings['AWS_ENDPOINT_URL']}/moto-api/reset", method="POST")).close()
        s3fs.S3FileSystem().mkdir(BUCKET)
        yield f"s3://{BUCKET}/releases"
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
        server.stop()
