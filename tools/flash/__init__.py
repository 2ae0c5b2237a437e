"""What `qiyou flash` is made of: finding boards, empty ones, running ones, and MicroPython itself."""
