"""What limits, measurements and unknowns are called to a person; keys of `words.toml`."""

from __future__ import annotations

# Kinds of damage, as data files name them.
DAMAGES = {
    "hard_zone": "Heat-affected zone too hard",
    "cold_cracking": "Cold cracking",
    "hot_cracking": "Hot cracking",
    "hard_phase_cracking": "Cracking of hard clad",
    "lack_of_fusion": "Lack of fusion",
    "over_dilution": "Too much dilution",
    "distortion": "Distortion over tolerance",
    "too_little_metal": "Too little metal to clean up",
    "stop_crater": "Crater where the beam stopped",
}
VERDICTS = {
    "accept": "Accept",
    "coupon first": "Coupon first",
    "refuse": "Refuse",
}
LIMITS = {
    "thickness": "thick enough to clean up",
    "excess": "not too thick to machine",
    "dilution_min": "bonded: dilution not too low",
    "dilution_max": "alloy kept: dilution not too high",
    "toe_angle": "bead flank not too steep",
    "seam": "fused between tracks",
    "overlap": "overlap where the model holds",
    "conduction": "no keyhole",
    "wall": "wall not melted through",
    "interpass": "part not too hot",
}
MEASUREMENTS = {
    "none": "no measurement",
    "powder_speed": "powder speed by camera",
    "weighed_coupon": "coupon weighed before and after",
    "bead_gauge": "bead width and height by gauge",
    "etched_section": "one etched section of a coupon: width, height, depth",
    "weighed_and_etched": "a coupon weighed before and after, then one etched section",
}
UNKNOWNS = {
    "absorptivity": ("share of the light the pool absorbs", ""),
    "grain_absorptivity": ("share of the light a powder grain absorbs", ""),
    "grain_speed": ("speed of the powder", "m/s"),
    "stream_radius": ("radius of the powder stream at its waist", "mm"),
    "stream_focus": ("distance of the powder waist from the nozzle", "mm"),
    "divergence": ("opening of the powder stream", ""),
    "sticking": ("share of grains kept of those landing in the pool", ""),
    "sink": ("heat the powder takes, over that of melting it", ""),
    "offset": ("lift of the pool floor, over bead height", ""),
    "convection": ("sideways stirring of the pool", ""),
    "bead_over_pool": ("bead width over pool width", ""),
    "melt_shape": ("melted area over width times depth", ""),
    "conductivity": ("scale on the conductivity of the parent metal", ""),
    "heat_capacity": ("scale on the specific heat of the parent metal", ""),
    "spot_scale": ("true spot diameter over the stated one", ""),
    "air_film": ("heat given to still air (W/m²/K)", ""),
    "emissivity": ("emissivity of the oxidised surface", ""),
}
WHY = {
    "thickness": "More powder, a slower track or a finer pitch lays more metal.",
    "excess": "Less powder, a faster track or a wider pitch lays less metal.",
    "dilution_min": "More power or less powder fuses deeper; too little may peel off.",
    "dilution_max": "Less power or more powder keeps the alloy cleaner.",
    "toe_angle": "A wider bead (more power) or less powder makes the flank flatter.",
    "seam": "A finer pitch or more power fuses the valley between tracks.",
    "overlap": "Beyond half overlap a measured layer thickness is needed.",
    "conduction": "A larger spot or less power keeps the beam from drilling in.",
    "wall": "Less power or a cooler part keeps the wall sound.",
    "interpass": "Pauses, less power or air on the bore keep the part cooler.",
}
# where a pipe's words do not fit another shape
_LIMITS_OF = {
    ("wall", "shaft"): "shaft not melted through",
    ("wall", "plate"): "plate not melted through",
}
_WHY_OF = {
    ("wall", "shaft"): "Less power or a cooler part keeps the shaft sound.",
    ("wall", "plate"): "Less power or a cooler part keeps the plate sound.",
    ("interpass", "shaft"): "Pauses, less power or moving air keep the part cooler.",
    ("interpass", "plate"): "Pauses, less power or moving air keep the part cooler.",
}


def name_limit(limit: str, shape: str) -> str:
    """What a limit is called on a part of that shape."""
    return _LIMITS_OF.get((limit, shape), LIMITS[limit])


def explain_limit(limit: str, shape: str) -> str:
    """What moves a limit on a part of that shape."""
    return _WHY_OF.get((limit, shape), WHY[limit])
