"""What every run checks beyond its own steps: the limits of the pipeline file."""
