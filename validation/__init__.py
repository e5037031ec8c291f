"""The uncalibrated process model against published measurements, misses included."""
