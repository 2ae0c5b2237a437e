"""From games of the engine against itself to the evaluation net: records, features, training, export."""
