"""Reversal: read letters first, then say the last of them backwards."""

from types import MappingProxyType

import numpy as np

from rnnviz.language import N_
from rnnviz.tasks.form import UNEQUAL
from rnnviz.tasks.task import CHANCE, NOTHING, STREAM, Batch, Drawn, Mask


class Reversal(Drawn):
    """n letters in, one a step, then m answers, T = n + m and m a third of it: the last m letters, newest first."""

    sentence = N_(
        "The network reads letters, one a step, then nothing more: now it says the last of them backwards, for the "
        "last third of the steps. Guessing is right one time in four."
    )
    suggested = MappingProxyType({"seq_len": 12, "batch_size": 32, "learning_rate": 0.01, "clip_norm": 1.0})
    form = UNEQUAL
    baselines = CHANCE
    vocabulary = classes = ("A", "B", "C", "D")
    between = ""
    inputs = outputs = len(classes)

    @property
    def answers(self) -> int:
        """How many letters are asked, m: a third of the steps, at least one."""
        return max(1, self.steps // 3)

    @property
    def given(self) -> Mask:
        """See Task.given."""
        return ~self.asked

    @property
    def asked(self) -> Mask:
        """See Task.asked."""
        return np.arange(self.steps) >= self.steps - self.answers

    @property
    def decisive(self) -> Mask:
        """See Task.decisive: the letters that are asked."""
        return self.given & (np.arange(self.steps) >= self.steps - 2 * self.answers)

    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """See Drawn.draw."""
        m = self.answers
        n = self.steps - m
        letters = random.integers(0, self.inputs, (n, B))
        targets = np.zeros((n + m, B), dtype=np.int64)
        targets[n:] = letters[::-1][:m]
        inputs = np.full((n + m, B), NOTHING)
        inputs[:n] = letters
        return Batch(inputs, targets, self.asked)

    def tokens_of(self, text: str) -> list[tuple[str, int]]:
        """See Task.tokens_of: after the letters come steps at which nothing is read, half as many."""
        letters = super().tokens_of(text)
        return [*letters, *[("", NOTHING)] * (len(letters) // 2)]

    def code(self) -> list[str]:
        """See Task.code."""
        m = self.answers
        if np.count_nonzero(self.marked(self.asked)) == 1:
            marked, what = f"{m - 1}", f"at the end: letter {m} from behind"
        else:
            marked, what = f":{m}", f"then: the last {m}, backwards"
        return [
            f'''
            def batch(step):
                """Return letters, then -1 for nothing, (T, B), and what to say {what}."""
                random = {STREAM}
                letters = random.integers(0, {self.inputs}, (SEQ_LEN - {m}, BATCH_SIZE))
                inputs = np.full((SEQ_LEN, BATCH_SIZE), -1)
                inputs[:-{m}] = letters
                return torch.from_numpy(inputs), torch.from_numpy(letters).flip(0)[{marked}]
            '''
        ]
