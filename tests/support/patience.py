"""How long tests wait for what must come: far longer than it takes on a quiet machine."""

PATIENCE_SECONDS = 60
