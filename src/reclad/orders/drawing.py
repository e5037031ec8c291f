"""What a drawing asks of the laser cutter: length to cut, pierces, way between cuts."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from reclad.errors import FileError
from reclad.units import show, to_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SIZE_LIMIT = 100_000_000
PIECES_LIMIT = 200_000  # of one drawing, blocks resolved
JOINED = 5e-5  # m: ends that lie closer are one point; assumed, half of a narrow kerf
CURVE = 1e-5  # m: how far a chord may leave a spline or an ellipse
DEPTH = 20  # blocks within blocks
_UNITS = ("mm", "cm", "m", "inch", "feet")
_METRES = {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "inch": 0.0254, "feet": 0.3048}
_CODES = {1: "inch", 2: "feet", 4: "mm", 5: "cm", 6: "m"}  # of $INSUNITS, that cutters meet


@dataclass(frozen=True)
class Drawing:
    """A drawing measured for cutting.

    cut_length   m of all that is cut
    pierces      starts of the beam: one per contour, more where lines branch
    rapid_length m between cuts, each time to the nearest one left
    skipped      kinds of what is not cut (text, dimensions, points) and how many
    sha256       of the file
    """

    cut_length: float
    pierces: int
    rapid_length: float
    skipped: dict[str, int]
    sha256: str


@dataclass(frozen=True)
class _Piece:
    length: float
    start: tuple[float, float, float]
    end: tuple[float, float, float]


def read_drawing(path: Path, unit: str = "") -> Drawing:
    """A DXF drawing measured: lines, arcs, circles, ellipses, polylines with bulges, splines, and
    blocks wherever they are inserted; on layers that are neither off nor frozen.

    unit   of the drawing, one of mm, cm, m, inch, feet; "" takes that of its header
    Two lines drawn one on the other are cut twice. Raises FileError where the file is no drawing,
    states no unit, or has nothing to cut. Checked in tests/orders/test_drawing.py.
    """
    document, sha256 = _open(path)
    metres = _METRES[unit or _unit_of(document, path)] if unit in ("", *_UNITS) else 0.0
    if not metres:
        raise FileError(f"--unit {show(unit)}: is none of {', '.join(_UNITS)}; give one of them")
    skipped: Counter[str] = Counter()
    hidden = {one.dxf.name.casefold() for one in document.layers if one.is_off() or one.is_frozen()}
    pieces: list[_Piece] = []
    for entity in _entities(document.modelspace(), hidden, 0):
        piece = _measure(entity, metres)
        if piece is None:
            skipped[entity.dxftype()] += 1
        elif piece.length > 0:
            pieces.append(piece)
        if len(pieces) > PIECES_LIMIT:
            raise FileError(f"{path}: more than {PIECES_LIMIT} lines; cut it into several drawings")
    if not pieces:
        raise FileError(f"{path}: has nothing to cut on a visible layer; check the drawing")
    pierces, starts = _join(pieces)
    return Drawing(
        cut_length=math.fsum(piece.length for piece in pieces),
        pierces=pierces,
        rapid_length=_tour(starts),
        skipped=dict(sorted(skipped.items())),
        sha256=sha256,
    )


def _open(path: Path) -> tuple[Any, str]:
    try:
        from ezdxf.filemanagement import readfile
    except ImportError as error:
        raise FileError(f"{path}: drawings need the package ezdxf; install reclad[dxf]") from error
    if not path.is_file():
        raise FileError(f"{path}: no such drawing; check the name")
    if path.stat().st_size > SIZE_LIMIT:
        raise FileError(f"{path}: larger than 100 MB; save the parts to cut alone")
    try:
        return readfile(path), hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        reason = error.strerror or "no DXF file"
        raise FileError(f"{path}: cannot be read ({reason}); save it as DXF again") from error
    except Exception as error:  # a broken drawing lets errors of many types through
        raise FileError(
            f"{path}: is no DXF drawing or is damaged ({type(error).__name__}); save it "
            "as DXF again"
        ) from error


def _unit_of(document: Any, path: Path) -> str:
    code = int(document.header.get("$INSUNITS", 0))
    if code not in _CODES:
        told = "states no unit" if code == 0 else f"has the unit code {code}, which no cutter uses"
        raise FileError(f"{path}: {told}; give --unit mm or --unit inch")
    return _CODES[code]


def _entities(group: Iterable[Any], hidden: set[str], depth: int) -> Iterator[Any]:
    """Everything that is drawn, blocks and polylines taken apart."""
    for entity in group:
        if entity.dxf.get("layer", "0").casefold() in hidden or entity.dxf.get("invisible", 0):
            continue
        kind = entity.dxftype()
        if kind == "INSERT":
            if depth >= DEPTH:
                raise FileError(f"blocks stand within blocks more than {DEPTH} deep; explode them")
            rows = entity.multi_insert() if entity.mcount > 1 else [entity]
            for one in rows:
                yield from _entities(one.virtual_entities(), hidden, depth + 1)
        elif kind in ("LWPOLYLINE", "POLYLINE"):
            yield from entity.virtual_entities()
        else:
            yield entity


def _measure(entity: Any, metres: float) -> _Piece | None:
    kind = entity.dxftype()
    if kind == "LINE":
        start, end = entity.dxf.start, entity.dxf.end
        return _piece(start.distance(end), start, end, metres)
    if kind == "ARC":
        turned = math.radians((entity.dxf.end_angle - entity.dxf.start_angle) % 360.0 or 360.0)
        return _piece(abs(entity.dxf.radius) * turned, entity.start_point, entity.end_point, metres)
    if kind == "CIRCLE":
        at = entity.ocs().to_wcs(entity.dxf.center)
        return _piece(2.0 * math.pi * abs(entity.dxf.radius), at, at, metres)
    if kind in ("ELLIPSE", "SPLINE"):
        points = list(entity.flattening(CURVE / metres))
        length = math.fsum(a.distance(b) for a, b in pairwise(points))
        return _piece(length, points[0], points[-1], metres) if points else None
    return None


def _piece(length: float, start: Any, end: Any, metres: float) -> _Piece:
    ends = [(metres * at.x, metres * at.y, metres * at.z) for at in (start, end)]
    return _Piece(metres * length, ends[0], ends[1])


def _join(pieces: list[_Piece]) -> tuple[int, list[tuple[float, float, float]]]:
    """Pierces, and where each contour is begun.

    A connected figure with 2k odd ends is cut in max(1, k) strokes (Euler).
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    ends = [at for piece in pieces for at in (piece.start, piece.end)]
    size = len(ends)
    close = cKDTree(ends).query_pairs(JOINED, output_type="ndarray")
    at_one_point = coo_array(
        ([1] * len(close), (close[:, 0], close[:, 1])) if len(close) else ([0], ([0], [0])),
        shape=(size, size),
    )
    _, node = connected_components(at_one_point, directed=False)
    count = int(node.max()) + 1
    edges = coo_array(([1] * len(pieces), (node[0::2], node[1::2])), shape=(count, count))
    figures, figure = connected_components(edges, directed=False)
    degree = Counter(int(one) for one in node)
    odd: Counter[int] = Counter()
    for one, meeting in degree.items():
        odd[int(figure[one])] += meeting % 2
    begun: dict[int, tuple[float, float, float]] = {}
    for one, at in zip(node, ends, strict=True):
        begun.setdefault(int(figure[one]), at)
    pierces = sum(max(1, odd[one] // 2) for one in range(figures))
    return pierces, list(begun.values())


def _tour(starts: list[tuple[float, float, float]]) -> float:
    """Way (m) from the first contour over all others, each time to the nearest one left."""
    import numpy as np

    left = np.asarray(starts)
    at, way = left[0], 0.0
    left = left[1:]
    while len(left):
        distance = np.linalg.norm(left - at, axis=1)
        nearest = int(distance.argmin())
        way += float(distance[nearest])
        at = left[nearest].copy()
        left[nearest] = left[-1]
        left = left[:-1]
    return way


def drawing_text(drawing: Drawing) -> str:
    """One line for people: length, pierces, what was left out."""
    left = ", ".join(f"{count} {kind}" for kind, count in drawing.skipped.items())
    return (
        f"{to_unit(drawing.cut_length, 'm'):.4g} m to cut, {drawing.pierces} pierces"
        f"{f'; not cut: {left}' if left else ''}"
    )
