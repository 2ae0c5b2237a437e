"""The ladder: how strong the levels are and how they err, measured by games against each other."""
