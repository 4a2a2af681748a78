"""What decides patches.npz, as one hash: a stale file cannot go unseen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BODYMAP = ROOT / "src" / "mesodash" / "bodymap"
MESH = BODYMAP / "frontend" / "turn" / "body.mesh"
ATLAS = BODYMAP / "frontend" / "atlas" / "atlas.json"
SEEN = BODYMAP / "mesh_places.npz"


def source_hash() -> str:
    """One hash of the mesh, the atlas, where the mesh is seen, and the scripts of this folder."""
    found = hashlib.sha256()
    for path in (MESH, ATLAS, *sorted(Path(__file__).parent.glob("*.py"))):
        found.update(path.read_bytes())
    with np.load(SEEN) as data:
        for name in sorted(data.files):
            if name.endswith("/clear"):
                found.update(data[name].tobytes())
    return found.hexdigest()
