"""The video: clips of 2 x 2 pixels, of which the network says the next frame."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.form import EQUAL
from rnnviz.tasks.task import MEAN, TRAINING, Batch, Drawn

CLIPS = 1000
"""How many clips there are to train on."""
SLOWEST, FASTEST = 0.1, 0.5
"""How far the light goes round a frame, in radians: once in some 63, or in 13 frames."""


class Video(Drawn):
    """A light goes round the square, at each clip's own speed, direction and first place.

    Where it stands at angle a, the pixel at angle b is (1 + cos(a - b)) / 2 bright, in [0, 1]; b goes from 0 at the top
    left over pi/2 at the top right and pi at the bottom right to 3 pi/2. A frame's pixels stand in reading order.
    """

    sentence = N_(
        "The network watches clips of 2 x 2 pixels in which a light goes round, either way, at a speed of the clip's "
        "own. After every frame it says the next. Saying the same frame again gives an error of about 0.013."
    )
    suggested = MappingProxyType({"hidden_size": 5, "seq_len": 50, "batch_size": 10, "learning_rate": 0.01})
    form = EQUAL
    mean_answer = 0.5
    baselines = MappingProxyType({**MEAN, "repeat": N_("saying the same frame again")})
    inputs = outputs = 4
    pixels = (2, 2)

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        self._clips = _clips(self.generator(TRAINING), CLIPS)

    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """See Drawn.draw."""
        return self._film(_clips(random, B))

    def training_batch(self, step: int) -> Batch:
        """Clips number step * B to step * B + B - 1 of the 1000, which come round again and again."""
        B = self.experiment.batch_size
        return self._film(self._clips[:, (step * B + np.arange(B)) % CLIPS])

    def _film(self, clips: npt.NDArray[np.float64]) -> Batch:
        place, speed = clips
        a = place + np.arange(self.steps + 1)[:, None] * speed  # (T + 1, B)
        cos, sin = np.cos(a), np.sin(a)
        frames = ((1 + np.stack([cos, sin, -sin, -cos], axis=-1)) / 2).astype(np.float32)
        return Batch(frames[:-1], frames[1:], self.asked)

    def code(self) -> list[str]:
        """See Task.code."""
        return [
            f"""
            CLIPS = {CLIPS}  # a light goes round in each, from a place and at a speed of its own, in radians a frame
            random = np.random.default_rng([SEED, {TRAINING}, 0])
            places = random.uniform(-np.pi, np.pi, CLIPS)
            speeds = random.uniform({SLOWEST}, {FASTEST}, CLIPS) * random.choice([-1, 1], CLIPS)
            """,
            f'''
            def batch(step):
                """Return the next clips, 2 x 2 pixels, (T, B, 4), and the frame after {self.each} one of theirs."""
                clips = (step * BATCH_SIZE + np.arange(BATCH_SIZE)) % CLIPS
                a = places[clips] + np.arange(SEQ_LEN + 1)[:, None] * speeds[clips]  # (T + 1, B)
                cos, sin = np.cos(a), np.sin(a)
                frames = (1 + np.stack([cos, sin, -sin, -cos], axis=-1)) / 2
                frames = torch.from_numpy(frames.astype(np.float32))
                return frames[:-1], frames[{"-1" if self.leaves_some else "1:"}]
            ''',
        ]


def _clips(random: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
    """Return the first place and the speed of clips, (2, count)."""
    place = random.uniform(-np.pi, np.pi, count)
    speed = random.uniform(SLOWEST, FASTEST, count) * random.choice([-1, 1], count)
    return np.stack([place, speed])
