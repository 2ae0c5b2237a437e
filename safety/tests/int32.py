"""An integer for tests that fails where viper's would wrap."""

LEAST = -(1 << 31)
MOST = (1 << 31) - 1


class Int32(int):
    """An int that fails when a result does not fit 32 bits, as viper's would wrap."""

    def _made(self, value):
        assert LEAST <= value <= MOST, f"{value} does not fit 32 bits"
        return Int32(value)

    def __add__(self, other):
        return self._made(int(self) + int(other))

    __radd__ = __add__

    def __sub__(self, other):
        return self._made(int(self) - int(other))

    def __mul__(self, other):
        return self._made(int(self) * int(other))

    def __floordiv__(self, other):
        return self._made(int(self) // int(other))

    def __lshift__(self, other):
        return self._made(int(self) << int(other))

    def __rshift__(self, other):
        return self._made(int(self) >> int(other))

    def __rsub__(self, other):
        return self._made(int(other) - int(self))
