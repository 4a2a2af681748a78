"""Where injections go inside an area: grids, lines, evenly spread points."""
