"""For how long a process has had no pulse, though it could have had one."""

import os
from dataclasses import dataclass
from pathlib import Path

LOOK = 0.5
"""Seconds between two looks at a process."""


@dataclass(frozen=True)
class Effort:
    """The seconds of a processor that a process has used, and whether it would use more now: it neither waits nor is
    stopped."""

    used: float
    willing: bool


def effort(pid: int) -> Effort | None:
    """Return that of a process, which is willing if its first thread is; None where the system does not say."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return Effort((int(fields[10]) + int(fields[11])) / os.sysconf("SC_CLK_TCK"), state == "R")


class Silence:
    """Seconds of silence, counted in looks and not by the clock: where the server itself was stopped, its workers may
    have been as well. Of a process that would work, while others have the processors, only what it had of them counts.

    looks: how many there were since the newest beat.
    """

    def __init__(self):
        self.seconds, self.looks, self._beats = 0.0, 0, 0
        self._before: Effort | None = None

    def look(self, beats: int, now: Effort | None) -> None:
        """To be called every LOOK seconds, with the beats there were and the effort until now."""
        if beats == self._beats:
            self.seconds += self._could_beat(now)
            self.looks += 1
        else:
            self.seconds, self.looks = 0.0, 0
        self._beats, self._before = beats, now

    def _could_beat(self, now: Effort | None) -> float:
        if now and now.willing and self._before:
            return min(LOOK, now.used - self._before.used)
        return LOOK
