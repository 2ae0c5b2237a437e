"""Composed pictures of a board: every piece, hand and lamp where the caller puts it.

`looks` makes sets of pieces and boards, `view` cameras, `stage` the pictures, `covers` hands and foreign
things, `conditions` light, glare and blur. The generator of the training pictures draws whatever comes; here
one thing at a time is changed, so that a figure says what it is about.
"""
