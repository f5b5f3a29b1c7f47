"""The servers the pipeline talks to: as processes on this machine, and as containers."""
