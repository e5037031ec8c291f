"""`python -m reclad` is `reclad`."""

from reclad.app.cli import main

main()
