"""fetch, clean and index: from records to outcomes, with I/O only through the ports."""
