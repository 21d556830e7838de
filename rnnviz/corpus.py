"""Reading a visitor's own text: from a file, or as it was typed."""

import codecs
import re

from rnnviz.language import N_, BadValue, Message, Rounded
from rnnviz.settings.own import CORPUS_LIMIT

BYTES_LIMIT = 1_000_000
"""The largest file that is read."""
READ = 4 * CORPUS_LIMIT
"""Characters of a text that are looked at: most of those to be left out may come first."""
CHINESE = 0.8
"""The part of the letters beyond ASCII that stand side by side in a Chinese text; a text in another old encoding, taken
for Chinese, has them one by one."""

_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Control characters but tab and line feed, those that turn the direction of what follows, byte-order marks, and halves
of characters: none of them is a letter, and some would move the text around them."""

_BEYOND = re.compile(r"[^\x00-\x7f]+")


class BadCorpus(BadValue):
    """The file can't be used; the text tells its owner why, and what is allowed."""


def read_corpus(data: bytes) -> tuple[str, Message | None]:
    """Return the text of a file in UTF-8, UTF-16 with a mark at its beginning, or GB18030, and what is to be told.

    See `tidied` for what becomes of it. Raises BadCorpus for everything else.
    """
    if len(data) > BYTES_LIMIT:
        raise BadCorpus(
            N_(
                "The file has {size} MB; up to {most} MB are allowed.",
                size=Rounded(len(data) / 1e6, 3),
                most=BYTES_LIMIT / 1e6,
            )
        )
    return tidied(_decoded(data))


def tidied(text: str) -> tuple[str, Message | None]:
    """Return a text with line feeds alone between lines and without what can't be seen, cut to CORPUS_LIMIT bytes; and
    what is to be told of that. Raises BadCorpus where nothing is left."""
    whole = len(text) <= READ
    text = _INVISIBLE.sub("", text[:READ].replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        raise BadCorpus(N_("There is no text: some hundred letters are needed, better some ten thousand."))
    written = text.encode()
    if whole and len(written) <= CORPUS_LIMIT:
        return text, None
    text = written[:CORPUS_LIMIT].decode(errors="ignore")
    return text, N_("Of this text, the first {most} KB are used.", most=CORPUS_LIMIT // 1000)


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\x00" in data:
        raise BadCorpus(N_("This is not a plain text: save it as a .txt file in UTF-8, and choose that."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    runs = [len(run) for run in _BEYOND.findall(text)]
    if not runs or sum(run for run in runs if run > 1) < CHINESE * sum(runs):
        raise BadCorpus(
            N_("The file's letters are neither in UTF-8 nor in GB18030: save it as UTF-8 and choose it again.")
        )
    return text
