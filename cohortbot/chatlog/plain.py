"""What bytes from a network say: decoded, and without formatting or control codes."""

from __future__ import annotations

import codecs
import re

# mIRC's colours take up to two digits each (`^C5,12`), hex colours six; ANSI's end with a letter. The rest
# are one byte: bold, reset, monospace, reverse, italics, strikethrough, underline
# (https://modern.ircdocs.horse/formatting), and they go with every other control code below.
_FORMATTING = re.compile(
    r"\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?"
    r"|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?"
    r"|\x1b\[[0-?]*[ -/]*[@-~]"
)
# Where a reader elsewhere may see the end of a line, words are still two words.
_BLANKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")

_WINDOWS_1252 = "cohortbot.windows-1252"


def plain(text: str) -> str:
    """`text` without formatting and control codes: always one line, always encodable as UTF-8.

    Tabs and everything that some reader takes for the end of a line (also U+0085, U+2028, U+2029) become a
    space, half surrogates U+FFFD; colour codes go with their digits. Joiners and other invisible letters
    stay: languages and emoji need them. `plain(plain(x)) == plain(x)`.
    """
    if text.isprintable():  # true of nearly all that people say, and costs nothing
        return text
    text = _FORMATTING.sub("", text)
    text = _BLANKS.sub(" ", text)
    text = _CONTROLS.sub("", text)
    return _SURROGATES.sub("\ufffd", text)


def decode(data: bytes) -> str:
    """`data` as UTF-8; bytes of it that are not UTF-8 are read as Windows-1252, undefined ones as U+FFFD.

    It never fails. Only the bytes in question are read so: a line that the network cut inside a character
    loses that character alone.
    """
    return data.decode("utf-8", _WINDOWS_1252)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error(_WINDOWS_1252, _as_windows_1252)
