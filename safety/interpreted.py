"""Stands in for the module `micropython` where there is none (CPython): the same code, interpreted."""


def viper(function):
    """`micropython.viper` compiles for the chip; here the function stays what it is."""
    return function


def native(function):
    """`micropython.native` compiles for the chip, objects and all."""
    return function


def ptr16(buffer):
    """An array of 16-bit numbers is its own pointer."""
    return buffer
