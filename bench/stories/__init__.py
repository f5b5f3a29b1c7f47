"""An invented newsroom with a known truth: which article is a copy of which.

    languages   word lists with the frequencies of prose, in several scripts
    texts       an article's body as paragraphs of sentences of words
    edits       what outlets do to a text they carry
    negatives   what looks like a copy and is none
    sets        the sets that are scored
    scoring     pairs, clusters, B-cubed
    assigner    the copy test over a set, in memory
    baselines   exact hashing, SimHash, MinHash-LSH

Everything is seeded: the same seed gives the same articles on every machine.
"""
