"""A posterior on disk: its draws, what they come from and on which terms they may be used."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field, StrictBool, StrictStr, ValidationError

from reclad.arrays import fingerprint, read_arrays, write_arrays
from reclad.errors import FileError
from reclad.job.declared import Name
from reclad.job.reading import refusal
from reclad.lab.convergence import Convergence
from reclad.lab.posterior import Posterior
from reclad.process import PARAMETERS, QUANTITIES
from reclad.units import Declared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from reclad.job import TrialSet
    from reclad.lab.mode import SetAside
    from reclad.lab.observations import Observations

Word = Annotated[StrictStr, Field(max_length=20_000)]


class Origin(Declared):
    """What a posterior comes from: the trials used and left out, their citation and terms.

    digest      of everything measured and set that went into it
    restricted  the trials may be used only as `agreement` says, and so may this
    """

    format: Literal["reclad posterior 1"] = "reclad posterior 1"
    trials: Name
    title: Word = ""
    citation: Word = ""
    licence: Word = ""
    restricted: StrictBool = False
    agreement: Word = ""
    used: tuple[Word, ...]
    set_aside: dict[str, Word]
    digest: Word

    @classmethod
    def of(cls, trials: TrialSet, observed: Observations, set_aside: Sequence[SetAside]) -> Origin:
        """That of a fit to `observed`, taken from a set of trials."""
        head = trials.head
        settings = [np.asarray([t.power, t.travel_speed, t.powder_rate]) for t in observed.trials]
        return cls(
            trials=trials.name,
            title=head.title,
            citation=head.citation,
            licence=head.licence,
            restricted=head.restricted,
            agreement=head.agreement if head.restricted else "",
            used=tuple(trial.id for trial in observed.trials),
            set_aside={one.id: one.reason for one in set_aside},
            digest=fingerprint([observed.measured, observed.known, observed.combined, *settings]),
        )


@dataclass(frozen=True, eq=False)
class SavedPosterior:
    """A posterior read back, with what it comes from."""

    posterior: Posterior
    origin: Origin


def write_posterior(path: Path, posterior: Posterior, origin: Origin) -> None:
    """Write the file; the same posterior gives the same bytes. FileError if it cannot be."""
    found = posterior.convergence
    told = {
        "origin": origin.model_dump(mode="json"),
        "parameters": PARAMETERS,
        "quantities": QUANTITIES,
        "levels": {factor: [*names] for factor, names in posterior.effects.items()},
        "rows": posterior.rows,
        "range": {name: [*span] for name, span in posterior.range.items()},
        "metals": posterior.metals,
        "unknowns": found.names,
        "effective": posterior.effective,
        "seed": posterior.seed,
    }
    arrays: dict[str, NDArray[np.generic]] = {
        "about": np.frombuffer(json.dumps(told, sort_keys=True).encode("ascii"), dtype=np.uint8),
        "scores": posterior.scores,
        "offset": posterior.offset,
        "slope": posterior.slope,
        "middle": posterior.middle,
        "scatter": posterior.scatter,
        "told": posterior.told,
        "convergence": np.stack((found.r_hat, found.bulk, found.tail)),
    }
    for factor, names in posterior.effects.items():
        arrays[f"spread {factor}"] = posterior.spread[factor]
        arrays[f"effect {factor}"] = np.stack([*names.values()])
    try:
        write_arrays(path, arrays)
    except OSError as error:
        raise FileError(
            f"{path}: cannot be written ({error.strerror}); choose another folder"
        ) from error


def restriction_in(raw: bytes) -> str:
    """The agreement that a posterior's bytes are bound by; "" for a free one and for any other
    file."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            about = np.lib.format.read_array(io.BytesIO(archive.read("about.npy")))
        return Origin.model_validate(json.loads(bytes(about))["origin"]).agreement
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error):
        return ""


def read_posterior(path: Path) -> SavedPosterior:
    """The posterior of a file that `reclad fit` wrote; FileError when it is not one, or was made
    for another set of model parameters."""
    if not path.is_file():
        raise FileError(f"{path}: no such file; `reclad fit TRIALS -o {path.name}` makes it")
    arrays = read_arrays(path)
    try:
        told = json.loads(bytes(arrays["about"]).decode("ascii"))
        origin = Origin.model_validate(told["origin"])
        if (told["parameters"], told["quantities"]) != ([*PARAMETERS], [*QUANTITIES]):
            raise FileError(
                f"{path}: made for another version of the process model; fit the trials again"
            )
        return SavedPosterior(_posterior(arrays, told), origin)
    except ValidationError as error:
        raise FileError(str(refusal(error, str(path)))) from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise FileError(
            f"{path}: no posterior of reclad ({error.__class__.__name__}); fit the trials again"
        ) from error


def _posterior(arrays: Mapping[str, NDArray[Any]], told: Mapping[str, Any]) -> Posterior:
    draws, kinds = arrays["scores"].shape[0], len(QUANTITIES)
    shapes: dict[str, tuple[int, ...]] = {
        "scores": (draws, len(PARAMETERS)),
        "middle": (kinds,),
        **dict.fromkeys(("offset", "slope", "scatter"), (draws, kinds)),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
            raise ValueError(name)
    convergence = Convergence(tuple(told["unknowns"]), *arrays["convergence"])
    return Posterior(
        scores=arrays["scores"],
        offset=arrays["offset"],
        slope=arrays["slope"],
        middle=arrays["middle"],
        scatter=arrays["scatter"],
        spread={factor: arrays[f"spread {factor}"] for factor in told["levels"]},
        effects={
            factor: dict(zip(names, arrays[f"effect {factor}"], strict=True))
            for factor, names in told["levels"].items()
        },
        told=arrays["told"],
        rows=int(told["rows"]),
        range={name: (span[0], span[1]) for name, span in told["range"].items()},
        metals=tuple((parent, clad) for parent, clad in told["metals"]),
        convergence=convergence,
        effective=float(told["effective"]),
        seed=int(told["seed"]),
    )
