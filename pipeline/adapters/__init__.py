"""The outside world behind the ports; the only importers of kafka, elasticsearch and aiohttp."""
