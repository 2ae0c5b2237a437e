"""Measures the reader on composed pictures, scenario by scenario, with what is known about each figure's
error.
"""
