"""How the reader and the whole way from picture to move behave under attack, and on pictures of other
things.
"""
