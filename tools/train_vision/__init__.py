"""Synthetic pictures of boards, and the training of the two small nets that `vision` uses.

A scene follows one path: `boards` and `pieces` draw flat faces, `camera` chooses a view, `scene` puts
pieces, shadows and `occluders` into perspective, `photometry` spoils the picture as a camera would.
`samples` turns scenes into what the nets learn from, `shards` keeps them on disk, `nets` and `fit` train.
"""
