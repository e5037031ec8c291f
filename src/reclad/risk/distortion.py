"""How a clad bends, shortens and bows a part: closed forms over draws, SI.

Small, elastic answers of a straight part to the pull of its beads. What cold clamping adds, and
heat that came from one side only, are not in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from reclad.risk.tendon import ElasticMetal

    Floats = NDArray[np.float64]

# Pull across the beads of a layer over the pull along them. Assumed: a layer of overlapping beads
# is about as tight in both directions.
TRANSVERSE = 1.0


def round_section(radius: float, bore: float = 0.0) -> tuple[float, float]:
    """Area (m2) and second moment of area (m4) of a shaft of outer radius m, or of a pipe with a
    bore radius m. Raises ProcessError for a bore that leaves no wall."""
    if not 0.0 <= bore < radius:
        raise ProcessError(
            f"bore radius {bore:g} m must lie between 0 and the outer radius {radius:g} m"
        )
    return np.pi * (radius**2 - bore**2), 0.25 * np.pi * (radius**4 - bore**4)


def bow_of_lines(
    force: ArrayLike,
    azimuth: ArrayLike,
    *,
    radius: float,
    length: float,
    modulus: ArrayLike,
    inertia: float,
) -> Floats:
    """Bow (draws, 2) m of a shaft by beads along its whole length, ends held: how far its middle
    moves, along azimuth 0 and 90 degrees. It moves away from the beads.

    force    (draws,) or (draws, beads) N, see `tendon_force`;  azimuth (beads,) rad
    radius   m of the beads from the axis;  length m;  modulus (draws,) Pa;  inertia m4
    kappa = sum F R / (E I), bow = kappa L^2 / 8. Source: a beam under an end moment. Checked:
    tests/risk/test_distortion.py against stresses balanced over the section.
    """
    angles = np.atleast_1d(np.asarray(azimuth, dtype=np.float64))
    pull = np.atleast_1d(np.asarray(force, dtype=np.float64))
    pull = np.broadcast_to(pull if pull.ndim == 2 else pull[:, None], (len(pull), angles.size))
    resultant = pull @ np.column_stack([np.cos(angles), np.sin(angles)])
    stiffness = np.atleast_1d(modulus)[:, None] * inertia
    return np.asarray(-resultant * radius / stiffness * length**2 / 8.0)


def helix_kinks(
    force: ArrayLike,
    turns: float,
    *,
    start: float,
    radius: float,
    modulus: ArrayLike,
    inertia: float,
) -> Floats:
    """The kinks (draws, ends, 2) rad that a helix puts into a shaft where it begins and where it
    ends, about azimuth 0 and 90 degrees; between them its turns pull evenly all round.

    force  (draws,) N, see `tendon_force`;  turns: how many, parts included
    start  rad, azimuth where the helix begins;  radius m;  modulus (draws,) Pa;  inertia m4
    s F R^2 / (E I) int exp(i phi) d phi, taken at its two limits, with s = 1 (assumed) the pull
    across beads over that along them. Whole turns leave two kinks that cancel; the last part of a
    turn stays. Source: a beam under a line of axial forces. Checked: tests/risk/test_distortion.py.
    """
    end = start + 2.0 * np.pi * turns
    limits = np.array([[-np.sin(start), np.cos(start)], [np.sin(end), -np.cos(end)]])
    bent = TRANSVERSE * np.asarray(force) * radius**2 / (np.asarray(modulus) * inertia)
    return np.asarray(np.atleast_1d(bent)[:, None, None] * limits)


def bow_of_kinks(kinks: Floats, places: ArrayLike, length: float) -> Floats:
    """Bow (draws, 2) m of a shaft held at its ends, by kinks (draws, kinks, 2) rad at places
    (kinks,) m from one end: the displacement where it is largest, directions as in
    `bow_of_lines`.

    w = -theta z (L - z_k) / L up to a kink, falling off evenly beyond it. Source: a beam with
    kinks. Checked: tests/risk/test_distortion.py against a beam in differences. Raises ProcessError
    for a place outside the shaft.
    """
    at = np.atleast_1d(np.asarray(places, dtype=np.float64))
    wrong = ~((at >= 0.0) & (at <= length))
    if wrong.any():
        raise ProcessError(
            f"place {at[wrong][0]:g} m lies outside the shaft (0 to {length:g} m); count it from "
            "an end"
        )
    near, far = np.minimum(at, at[:, None]), np.maximum(at, at[:, None])
    moved = -np.einsum("zk,dkc->dzc", near * (length - far) / length, kinks)
    largest = np.linalg.norm(moved, axis=2).argmax(axis=1)
    return np.asarray(moved[np.arange(len(moved)), largest])


def axial_pull(force: ArrayLike, pitch: float, radius: float) -> Floats:
    """Axial force (draws,) N of a helix laid at a pitch (m) on a radius (m): its beads' pull across
    themselves, round the circumference. force (draws,) N along a bead. Assumed: as in
    `helix_kinks`. Checked: tests/risk/test_distortion.py."""
    return np.asarray(TRANSVERSE * np.asarray(force) * 2.0 * np.pi * radius / pitch)


def shortening(pull: ArrayLike, clad_length: float, modulus: ArrayLike, area: float) -> Floats:
    """How much shorter (draws,) m a part becomes: F_z L_c / (E A), pull (draws,) N along its axis
    over the clad length (m), section area m2. Source: a bar in compression. Checked:
    tests/risk/test_distortion.py."""
    return np.asarray(np.asarray(pull) * clad_length / (np.asarray(modulus) * area))


def misfit_strain(force: ArrayLike, pitch: float, layer: ArrayLike, metal: ElasticMetal) -> Floats:
    """Strain (draws,) by which a clad layer is too short for the plate under it.

    force (draws,) N per bead at a pitch (m), carried alike in both directions by a layer m thick.
    Source: biaxial stress of a thin layer. Checked: tests/risk/test_distortion.py.
    """
    stress = np.asarray(force) / (pitch * np.asarray(layer))
    return np.asarray(stress * (1.0 - metal.poisson) / metal.modulus)


def plate_curvature(
    misfit: ArrayLike,
    layer: ArrayLike,
    plate: ArrayLike,
    clad: ElasticMetal,
    parent: ElasticMetal,
) -> Floats:
    """Curvature (draws,) 1/m, hollow on the clad side, of a plate with a clad layer that is too
    short by `misfit` (draws,).

    layer, plate  m thick: the layer that pulls, and the rest
    Timoshenko's two strips with biaxial stiffness E / (1 - nu) each; Stoney's film where the layer
    is thin. Free plate, same curvature both ways, bow far under its thickness. Source:
    Timoshenko, Analysis of bi-metal thermostats, J. Opt. Soc. Am. 11 (1925) 233-255, as recalled
    and solved again in the test. Checked: tests/risk/test_distortion.py.
    """
    thin, thick = np.asarray(layer, dtype=np.float64), np.asarray(plate, dtype=np.float64)
    m = thin / thick
    stiff = clad.modulus * (1.0 - parent.poisson) / (parent.modulus * (1.0 - clad.poisson))
    across = 3.0 * (1.0 + m) ** 2 + (1.0 + m * stiff) * (m**2 + 1.0 / (m * stiff))
    return np.asarray(6.0 * np.asarray(misfit) * (1.0 + m) ** 2 / ((thin + thick) * across))


def bow(curvature: ArrayLike, length: float) -> Floats:
    """Bow (m) over a length (m) of a part bent to an even curvature (draws,) 1/m: kappa L^2 / 8."""
    return np.asarray(np.asarray(curvature) * length**2 / 8.0)
