"""Pauses of a repair: after some turns the beam rests, so that the part cools."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reclad.errors import ProcessError


@dataclass(frozen=True, order=True)
class Pause:
    """Once `turn` of `layer` is finished, stand still `seconds` (s) with beam and powder off.

    Layers count from 1, turns (on a plate: tracks) from 1 within their layer.
    Raises ProcessError when a number counts from 0 or the time is not above 0 s.
    """

    layer: int
    turn: int
    seconds: float

    def __post_init__(self) -> None:
        if self.layer < 1 or self.turn < 1:
            raise ProcessError(
                f"pause after layer {self.layer} turn {self.turn}: both count from 1 - correct them"
            )
        if not (math.isfinite(self.seconds) and self.seconds > 0.0):
            raise ProcessError(
                f"pause of {self.seconds} s after layer {self.layer} turn {self.turn}: it must "
                f"last longer than 0 s - give its seconds or leave it out"
            )


def waits_by_layer(
    pauses: Iterable[Pause], turns: Sequence[int], word: str = "turn"
) -> list[dict[int, float]]:
    """Turn -> s to wait after it, in order, for each layer; `turns` each layer has, called `word`.

    Raises ProcessError for a turn the path lacks, the very last one, or one named twice.
    """
    waits: list[dict[int, float]] = [{} for _ in turns]
    for pause in sorted(pauses):
        where = f"pause after layer {pause.layer} {word} {pause.turn}"
        if pause.layer > len(turns) or pause.turn > turns[pause.layer - 1]:
            last = turns[min(pause.layer, len(turns)) - 1]
            raise ProcessError(
                f"{where}: the path has {len(turns)} layer(s), this one {last} {word}(s) - "
                f"choose one of them"
            )
        if (pause.layer, pause.turn) == (len(turns), turns[-1]):
            raise ProcessError(f"{where}: nothing is laid after it - leave it out")
        if pause.turn in waits[pause.layer - 1]:
            raise ProcessError(f"{where} is named twice - add up the seconds")
        waits[pause.layer - 1][pause.turn] = pause.seconds
    return waits
