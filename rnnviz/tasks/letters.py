"""Letters: a word, and at every step the letter that comes next."""

from collections.abc import Sequence

from rnnviz.language import N_
from rnnviz.tasks.heart import ByHeart
from rnnviz.tasks.tokens import BLANK, letters, tidied


class Letters(ByHeart):
    """A visitor's own word, or namaskar: given seven letters, it says the eighth, and on the way there all others."""

    sentence = N_(
        "The network reads a word letter by letter and says, at every step, which letter comes next. In namaskar an a "
        "is followed by m, s or r, so that it has to remember more than the letter before. It learns this one word by "
        "heart: nothing is held out."
    )
    between = ""
    in_bits = N_("bits per letter")
    usual = "namaskar"
    too_short = N_("Type a word of three letters or more: from fewer there is no next letter to choose.")
    all_same = N_("Type another word: in this one the same letter always follows, and nothing has to be learned.")

    @staticmethod
    def taken_apart(text: str) -> list[str]:
        """See ByHeart.taken_apart."""
        return letters(tidied(text))

    def split(self, text: str) -> list[str]:
        """See ByHeart.split: its letters, and every blank."""
        return letters(text)

    def joined(self, tokens: Sequence[int]) -> str:
        """See Task.joined."""
        return super().joined(tokens).replace(BLANK, " ")
