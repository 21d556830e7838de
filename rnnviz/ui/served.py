"""Files that never change at their address: kept in memory, compressed once, and kept by browsers."""

import gzip
from collections.abc import AsyncIterator
from functools import cached_property

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

CHUNK = 2**16
"""Bytes that are written at once: who reads nothing of a large file keeps no more of it waiting."""
SMALLEST = 1000
"""Bytes below which nothing is compressed."""


class Served:
    """One such file. Streamlit would compress it for every visitor anew, and let all others wait meanwhile."""

    def __init__(self, content: bytes, media_type: str = "text/javascript"):
        self.content = content
        self._media_type = media_type

    @cached_property
    def _compressed(self) -> bytes:
        return gzip.compress(self.content)

    async def answer(self, request: Request) -> Response:
        """Return what a browser gets."""
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        content = self.content
        if len(content) >= SMALLEST and "gzip" in request.headers.get("accept-encoding", ""):
            content = await run_in_threadpool(lambda: self._compressed)
            headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(content))
        return StreamingResponse(_chunks(content), media_type=self._media_type, headers=headers)


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), CHUNK):
        yield content[start : start + CHUNK]
