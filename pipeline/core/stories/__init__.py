"""Stories: what one record of the log does to them, decided from what lies before it.

order     which member leads
growth    a story made larger by an article or by other stories
edits     a story changed by a decision of an operator or a publisher
decide    one record: its partners, the stories it touches, the outcome
"""
